"""What a session says of itself: when it began, when it was last used, and on what."""

from datetime import UTC, datetime

from django.http import HttpRequest

from accounts import policy

BEGAN, SEEN, AGENT = "began", "seen", "agent"
LONGEST_AGENT = 300


def begin(request: HttpRequest, *, at: datetime) -> None:
    """Start the clock of a session that somebody has just signed in to."""
    request.session[BEGAN] = request.session[SEEN] = at.timestamp()
    request.session[AGENT] = request.headers.get("User-Agent", "")[:LONGEST_AGENT]


def note_seen(request: HttpRequest, *, at: datetime) -> None:
    """Write down that the session is in use, once a minute at most."""
    if at - instant(request.session[SEEN]) >= policy.SEEN_NOTED_EVERY:
        request.session[SEEN] = at.timestamp()


def is_over(request: HttpRequest, *, at: datetime, is_staff: bool) -> bool:
    """Tell whether the session has ended by the clock; one that does not know has."""
    if BEGAN not in request.session or SEEN not in request.session:
        return True
    began_at, seen_at = instant(request.session[BEGAN]), instant(request.session[SEEN])
    return policy.is_over(began_at=began_at, seen_at=seen_at, at=at, is_staff=is_staff)


def instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
