"""How staff of the demonstration pass the second factor, which they need here as everywhere."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.db import transaction

from accounts import second_factor
from partners.enums import Role
from partners.models import User
from portal.demo.cast import PEOPLE

SHOWN = 3
"""How many recovery codes the console names: enough for whoever has a look."""


@transaction.atomic
def staff_codes() -> dict[str, list[str]]:
    """Return fresh recovery codes of each member of staff; those of an earlier run end.

    The secret of the authenticator app is made once and kept in the database alone.
    """
    staff = [person.email for person in PEOPLE if person.role == Role.STAFF]
    return {user.email: _codes(user) for user in User.objects.filter(email__in=staff)}


def _codes(user: User) -> list[str]:
    mine = Authenticator.objects.filter(user=user)
    if not mine.filter(type=Authenticator.Type.TOTP).exists():
        secret = second_factor.SecondFactorAdapter().encrypt(generate_totp_secret())
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.TOTP, data={"secret": secret}
        )
    mine.filter(type=Authenticator.Type.RECOVERY_CODES).delete()
    return list(RecoveryCodes.activate(user).get_unused_codes()[:SHOWN])


def current_code(user: User, *, at: datetime) -> str | None:
    """Return the next code of an authenticator app that still counts, if there is an app."""
    totp = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return second_factor.next_code(totp, at=at) if totp else None
