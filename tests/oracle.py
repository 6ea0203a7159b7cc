"""What a warranty ought to be, found by walking through the calendar one day at a time.

Written apart from `warranty.policy` and sharing nothing with it, so that the two
can be compared: on the pure functions, and end to end through the database.
"""

from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that decides a warranty. `signatures` are those of accepted reports."""

    shipped_on: date
    installation_service: bool
    signatures: tuple[date, ...] = ()
    months: int = 12
    today: date


@dataclass(frozen=True, slots=True)
class ExpectedStart:
    """The first covered day and the rule that gives it."""

    starts_on: date
    rule: str


def expected_start(history: History) -> ExpectedStart:
    """Walk from the day of shipment until a signature, or until 90 days have passed."""
    day, passed = history.shipped_on, 0
    while passed < 90:
        if history.installation_service and _is_signed(history, day):
            return ExpectedStart(day, "W2")
        day, passed = day + ONE_DAY, passed + 1
    if not history.installation_service:
        return ExpectedStart(day, "W1")
    return ExpectedStart(day, "W2" if _is_signed(history, day) else "W3")


def _is_signed(history: History, day: date) -> bool:
    return day <= history.today and day in history.signatures


def expected_end(history: History) -> date:
    """Walk from the start until the month `months` later shows the same day number.

    Where that month never shows it, the walk enters the next month: its 1st.
    """
    first = expected_start(history).starts_on
    day, turned = first, 0
    while True:
        before, day = day, day + ONE_DAY
        turned += day.day == 1
        if turned == history.months and day.day == first.day:
            return before
        if turned > history.months:
            return before


def expected_status(history: History) -> str:
    """Return the status on `history.today`."""
    if history.today < expected_start(history).starts_on:
        return "pending"
    return "active" if history.today <= expected_end(history) else "expired"
