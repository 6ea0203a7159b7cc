"""Ending sessions: on the server, where nobody can keep one."""

from datetime import datetime

from accounts.models import Session
from partners.models import User


def end_sessions(user: User, *, but: str | None = None) -> None:
    """End every session of a person, but the one with this key."""
    Session.objects.filter(user=user).exclude(session_key=but).delete()


def end_session(user: User, reference: str) -> bool:
    """End the one session that its owner names; tell whether there was one."""
    for session in Session.objects.filter(user=user):
        if session.reference == reference:
            session.delete()
            return True
    return False


def forget_ended_sessions(*, at: datetime) -> None:
    """Delete what can no longer be used anyway."""
    Session.objects.filter(expire_date__lt=at).delete()
