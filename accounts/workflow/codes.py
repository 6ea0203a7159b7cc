"""Codes of a second factor, each used up by the one who gives it."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import transaction

from accounts.second_factor import (
    LAST_COUNTER,
    SecondFactorAdapter,
    matching_counter,
    plain_digits,
)
from partners.models import User


@transaction.atomic
def use_totp(user: User, code: str, *, at: datetime) -> Authenticator | None:
    """Return the authenticator app whose code this is, and use the code up.

    A code counts once: neither it nor an older one counts after it, in any session.
    """
    totp = _app_of(user)
    if totp is None:
        return None
    try:
        secret = SecondFactorAdapter().decrypt(totp.data["secret"])
    except InvalidToken:
        return None
    counter = matching_counter(secret, code, at=at)
    if counter is None or counter <= totp.data.get(LAST_COUNTER, 0):
        return None
    _use_up(totp, counter)
    return totp


@transaction.atomic
def use_first_code(user: User, counter: int) -> None:
    """Use up the code with which a new authenticator app has answered."""
    totp = _app_of(user)
    if totp is not None:
        _use_up(totp, counter)


def _app_of(user: User) -> Authenticator | None:
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
    return app.select_for_update().first()


def _use_up(totp: Authenticator, counter: int) -> None:
    totp.data[LAST_COUNTER] = counter
    totp.save(update_fields=["data"])


def use_recovery_code(user: User, code: str) -> Authenticator | None:
    """Return the recovery codes of which this is one, and use it up."""
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    if codes is None:
        return None
    try:
        return codes if codes.wrap().validate_code(plain_digits(code)) else None
    except InvalidToken:
        return None
