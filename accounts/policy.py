"""How long sessions and invitations last, and how often somebody may guess."""

from datetime import datetime, timedelta

LONGEST_SESSION = timedelta(hours=12)
LONGEST_PAUSE_OF_STAFF = timedelta(minutes=30)
LONGEST_PAUSE = timedelta(hours=3)
SEEN_NOTED_EVERY = timedelta(minutes=1)
"""How often at most it is written down that a session is in use."""

INVITATION_LASTS = timedelta(days=7)
INVITATIONS_A_DAY = 50
"""How many people one organization may invite a day."""

GUESSES = 5
"""How many wrong guesses one account, or one known device of it, has in a window.

Windows follow each other, so that any five minutes hold twice as many at most.
"""
GUESSES_OF_ADDRESS = 50
"""How many attempts one address has in a window: a company may sit behind it."""
GUESS_WINDOW = timedelta(minutes=5)

RESETS = 3
"""How many mails with a link one account gets in a window, whoever asks for them."""
RESETS_OF_ADDRESS = 20
RESET_WINDOW = timedelta(hours=1)

TOTP_PERIOD = 30
"""Seconds for which an authenticator app shows one code."""
TOTP_TOLERANCE = 1
"""How many periods a clock may be ahead or behind."""


def is_over(*, began_at: datetime, seen_at: datetime, at: datetime, is_staff: bool) -> bool:
    """Tell whether a session has lasted, or paused, for too long."""
    pause = LONGEST_PAUSE_OF_STAFF if is_staff else LONGEST_PAUSE
    return at - began_at >= LONGEST_SESSION or at - seen_at >= pause


def totp_counters(at: datetime) -> range:
    """Return the periods whose codes count at `at`, the oldest first."""
    period = int(at.timestamp()) // TOTP_PERIOD
    return range(period - TOTP_TOLERANCE, period + TOTP_TOLERANCE + 1)


_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "Windows": "Windows",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def device_name(agent: str) -> str:
    """Say in two words what a browser calls itself in many."""
    browser = next((name for sign, name in _BROWSERS.items() if sign in agent), "A browser")
    system = next((name for sign, name in _SYSTEMS.items() if sign in agent), "")
    return f"{browser} on {system}" if system else browser
