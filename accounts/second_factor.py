"""The second factor: who has passed it, which code counts, and seeds kept encrypted."""

import base64
import hmac
import unicodedata
from datetime import datetime

from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts import policy
from partners.models import User

LAST_COUNTER = "last_counter"
"""Where an authenticator app keeps the period whose code was used last."""
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Encrypts what is stored, and names the house to authenticator apps and browsers."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code does not count. Wait for the next one and type that.",
    }

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return "Ninety"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": "Ninety"}


def _fernet() -> MultiFernet:
    """Return the key that follows from `SECRET_KEY`, and those of its predecessors."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in keys])


def _key(secret: str | bytes) -> bytes:
    digest = salted_hmac(
        "accounts.second_factor", "key", secret=secret, algorithm="sha256"
    ).digest()
    return base64.urlsafe_b64encode(digest)


def has_factor(user: User) -> bool:
    """Tell whether somebody has an authenticator app or a passkey."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def has_passed(request: HttpRequest) -> bool:
    """Tell whether the second factor was passed in this very session."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def matching_counter(secret: str, code: str, *, at: datetime) -> int | None:
    """Return the period whose code this is, if it counts at `at`."""
    digits = plain_digits(code)
    for counter in policy.totp_counters(at):
        if hmac.compare_digest(format_hotp_value(hotp_value(secret, counter)), digits):
            return counter
    return None


def next_code(totp: Authenticator, *, at: datetime) -> str | None:
    """Return the first code of an authenticator app that counts at `at` and was not used."""
    secret = SecondFactorAdapter().decrypt(totp.data["secret"])
    now, later = policy.totp_counters(at)[policy.TOTP_TOLERANCE :]
    used = totp.data.get(LAST_COUNTER, 0)
    unused = next((counter for counter in (now, later) if counter > used), None)
    return None if unused is None else format_hotp_value(hotp_value(secret, unused))


def plain_digits(code: str) -> str:
    """Return a code as typed without what people and keyboards put between its digits."""
    ascii_code = unicodedata.normalize("NFKC", code)
    return "".join(c for c in ascii_code if c.isascii() and c.isalnum())
