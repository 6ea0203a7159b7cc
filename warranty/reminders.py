"""When partners are reminded of a missing installation report: pure rules (policy section 8)."""

from datetime import date, timedelta
from itertools import pairwise


def days_of(text: str) -> tuple[int, ...]:
    """Read reminder days such as "60, 75, 85", counted from Huawei's shipment.

    Raises: ValueError unless they are whole days in rising order.
    """
    words = [word.strip() for word in text.split(",")]
    if not all(word.isdecimal() for word in words):
        raise ValueError("Write whole days separated by commas, such as 60, 75, 85.")
    days = tuple(int(word) for word in words)
    if not days[0] or any(later <= earlier for earlier, later in pairwise(days)):
        raise ValueError("Write the days in rising order, such as 60, 75, 85.")
    return days


def reached_step(*, shipped_on: date, as_of: date, days: tuple[int, ...]) -> int | None:
    """Return the latest reminder day that has come, None before the first.

    A missed day is made up for once the next run comes, and never two at once.
    """
    age = (as_of - shipped_on).days
    return max((day for day in days if day <= age), default=None)


def shipped_between(*, as_of: date, first: int, cap_days: int) -> tuple[date, date]:
    """Return the first and last day of shipment that a reminder of `as_of` concerns.

    From the first reminder day to the day before the cap: on the cap the warranty
    starts by itself, and a reminder would come too late.
    """
    return as_of - timedelta(days=cap_days - 1), as_of - timedelta(days=first)
