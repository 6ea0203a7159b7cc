"""What stands in the links of mails: signed, made when the mail is sent, and kept nowhere."""

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import Invitation
from partners.models import User

_SALT = "accounts.invitation"


class ResetTokens(PasswordResetTokenGenerator):
    """Tokens that die with the password, the next sign-in, the address or the account."""

    def _make_hash_value(self, user, timestamp):
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}"


reset_tokens = ResetTokens()


def reset_link(user: User) -> str:
    """Return the address at which `user` chooses a new password."""
    where = {
        "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": reset_tokens.make_token(user),
    }
    return settings.BASE_URL + reverse("password-new", kwargs=where)


def invitation_link(invitation: Invitation) -> str:
    token = signing.dumps(invitation.pk, salt=_SALT)
    return settings.BASE_URL + reverse("invitation", args=[token])


def invitation_of(token: str) -> Invitation | None:
    """Return the invitation that a link is for; whether it still counts, its state says."""
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    found = Invitation.unscoped.filter(pk=pk).select_related("organization", "invited_by")
    return found.first()
