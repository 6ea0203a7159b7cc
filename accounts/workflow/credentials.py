"""Every change of what somebody signs in with: stored, recorded and told, all or nothing."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.enums import CredentialChange
from accounts.workflow.sessions import end_sessions
from audit import trail
from audit.trail import Actor
from notifications import outbox
from partners.models import User


@transaction.atomic
def note_change(
    user: User, change: CredentialChange, *, actor: Actor, at: datetime, reason: str = ""
) -> None:
    """Record a change of credentials, and tell the person by mail."""
    detail = {"reason": reason} if reason else {}
    event = trail.record(f"accounts.credential.{change}", user, actor=actor, at=at, **detail)
    outbox.enqueue(
        "accounts/credential_changed",
        key=f"credential:{event.pk}",
        to=user.email,
        organization=None,
        context={"change": str(change), "at": at.isoformat(), "reason": reason},
        at=at,
    )


@transaction.atomic
def change_password(user: User, password: str, *, session_key: str | None, at: datetime) -> None:
    """Set the password that a signed-in person chose; their other sessions end."""
    _set_password(user, password)
    end_sessions(user, but=session_key)
    note_change(user, CredentialChange.PASSWORD_CHANGED, actor=user.actor(), at=at)


@transaction.atomic
def reset_password(user: User, password: str, *, at: datetime) -> None:
    """Set the password that somebody with a link chose; every session ends."""
    _set_password(user, password)
    end_sessions(user)
    note_change(user, CredentialChange.PASSWORD_RESET, actor=user.actor(), at=at)


def _set_password(user: User, password: str) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])


@transaction.atomic
def start_reset(user: User, *, actor: Actor, at: datetime) -> None:
    """Queue the mail with the link; the link itself is made when the mail is sent."""
    event = trail.record("accounts.reset.started", user, actor=actor, at=at)
    outbox.enqueue(
        "accounts/password_reset",
        key=f"reset:{event.pk}",
        to=user.email,
        organization=None,
        context={"user": user.pk},
        at=at,
    )


@transaction.atomic
def reset_second_factor(user: User, *, actor: Actor, at: datetime, reason: str) -> None:
    """Take away every second factor of somebody who has lost theirs, and end their sessions."""
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    note_change(user, CredentialChange.FACTORS_RESET, actor=actor, at=at, reason=reason)
