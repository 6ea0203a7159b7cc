"""What the mails about accounts say: their links are made here, when the mail is sent."""

from datetime import datetime

from accounts.enums import CredentialChange
from accounts.models import Invitation
from accounts.tokens import invitation_link, reset_link
from notifications import content, kinds
from notifications.content import Content, NothingToSay
from notifications.models import Message
from partners.models import User

kinds.declare(
    kinds.Kind(
        name="invitation",
        number=1,
        label="Invitation",
        because="somebody at {organization} invited this address",
        templates=("accounts/invitation",),
        always="Nobody can join without it.",
        holds_secret=True,
    )
)
kinds.declare(
    kinds.Kind(
        name="password-reset",
        number=2,
        label="Password reset",
        because="your e-mail address opens an account",
        templates=("accounts/password_reset",),
        always="It comes when somebody asks for it.",
        holds_secret=True,
    )
)
kinds.declare(
    kinds.Kind(
        name="credential-changed",
        number=2,
        label="Change of what opens your account",
        because="your e-mail address opens the account",
        templates=("accounts/credential_changed",),
        always="It warns you of a change that was not yours.",
    )
)


@content.of("accounts/invitation")
def invitation(message: Message) -> Content:
    found = Invitation.unscoped.select_related("organization", "invited_by").get(
        pk=message.context["invitation"]
    )
    if found.accepted_at or found.withdrawn_at:
        raise NothingToSay("The invitation was answered or withdrawn before its mail went.")
    return Content({"invitation": found, "link": invitation_link(found)})


@content.of("accounts/password_reset")
def password_reset(message: Message) -> Content:
    user = User.objects.get(pk=message.context["user"])
    if not user.is_active:
        raise NothingToSay("The account was deactivated before the mail went.")
    return Content({"person": user, "link": reset_link(user)})


@content.of("accounts/credential_changed")
def credential_changed(message: Message) -> Content:
    change = CredentialChange(message.context["change"])
    return Content(
        {
            "what": change.label,
            "at": datetime.fromisoformat(message.context["at"]),
            "reason": message.context["reason"],
        }
    )
