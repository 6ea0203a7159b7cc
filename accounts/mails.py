"""What the mails about accounts say: their links are made here, when the mail is sent."""

from datetime import datetime

from accounts.enums import CredentialChange
from accounts.models import Invitation
from accounts.tokens import invitation_link, reset_link
from notifications import content
from notifications.content import Content, NothingToSay
from notifications.models import Message
from partners.models import User


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
