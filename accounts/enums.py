"""The words for what people sign in with, and for what becomes of an invitation."""

from django.db.models import TextChoices


class CredentialChange(TextChoices):
    """What happened to somebody's credentials; the label is told to them by mail."""

    PASSWORD_CHANGED = "password_changed", "Your password was changed."
    PASSWORD_RESET = "password_reset", "Your password was set anew with a link from a mail."
    TOTP_ADDED = "totp_added", "An authenticator app was added."
    TOTP_REMOVED = "totp_removed", "The authenticator app was removed."
    PASSKEY_ADDED = "passkey_added", "A passkey was added."
    PASSKEY_REMOVED = "passkey_removed", "A passkey was removed."
    CODES_MADE = "codes_made", "New recovery codes were made. The old ones no longer work."
    CODE_USED = "code_used", "A recovery code was used. It does not work a second time."
    FACTORS_RESET = "factors_reset", "Huawei's service desk reset your second factor."


class InvitationState(TextChoices):
    OPEN = "open", "Waiting"
    ACCEPTED = "accepted", "Accepted"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"
