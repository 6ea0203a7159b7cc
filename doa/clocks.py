"""The clocks of a case: pure rules over business time, in the calendar of its service level.

Steps are instants at which somebody is told something, never outside opening hours. Where
a rule counts business days, the day of the event is day 0 and the next business day is
day 1. What comes "on" a day comes when that day opens.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from doa.enums import Remedy
from support.business_time import (
    BusinessCalendar,
    Pause,
    add_business_days,
    add_business_time,
    business_day_of,
    business_time_between,
    closing_of,
)
from support.levels import Level, promised

CALL_AFTER = timedelta(hours=4)
"""Opening hours after which a case that waits for the call is recalled the first time."""
CALL_AGAIN_DAYS = 1
ANSWER_DAYS = (2, 5)
"""Business days after a question on which it is recalled."""
PATIENCE_DAYS = 14
"""Business days after which a case without an answer is cancelled."""
RETURN_DAYS = (5, 2, 0)
"""Business days before a return is due on which it is recalled."""
BILLING_DAYS = 5
"""Business days after a return was due on which staff decide whether to bill it."""
DRAFT_KEPT = timedelta(days=30)
"""Since the last change to it."""
RESPONSE = timedelta(hours=8)
"""Opening hours until the TAC takes a case that no contract covers: a sample value."""
RESOLUTION_DAYS = {
    Remedy.DOA_REPLACEMENT: 2,
    Remedy.WARRANTY_EXCHANGE: 10,
    Remedy.SUPPORT_REPLACEMENT: 2,
    Remedy.NONE: 2,
}
"""Business days until a replacement leaves where no contract says it: sample values."""
WARNED_AT = 0.75


class Clock(StrEnum):
    RESPONSE = "response"
    RESOLUTION = "resolution"


def opening(calendar: BusinessCalendar, at: datetime) -> datetime:
    """Return `at` where the calendar is open then, else its next opening."""
    return add_business_time(calendar, at, timedelta(0))


def opening_on(calendar: BusinessCalendar, day: date) -> datetime:
    """Return when a day opens, or where it is closed the next one that does."""
    return opening(calendar, datetime.combine(day, time(0), tzinfo=calendar.zone))


def days_after(calendar: BusinessCalendar, start: datetime, days: int) -> datetime:
    """Return the opening of the `days`-th business day after the day of `start`."""
    return opening_on(calendar, add_business_days(calendar, calendar.local_day(start), days))


def days_before(calendar: BusinessCalendar, day: date, days: int) -> date:
    """Return the day from which it is `days` business days to `day`."""
    while days:
        if calendar.is_business_day(day):
            days -= 1
        day -= timedelta(days=1)
    while not calendar.is_business_day(day):
        day -= timedelta(days=1)
    return day


def call_steps(calendar: BusinessCalendar, submitted_at: datetime) -> list[datetime]:
    """Return when an applicant is recalled to call: after 4 opening hours, and a day later.

    A day later is the same opening hour on the next business day.
    """
    begins = opening(calendar, submitted_at)
    local = begins.astimezone(calendar.zone)
    day = add_business_days(calendar, local.date(), CALL_AGAIN_DAYS)
    again = datetime.combine(day, local.time(), tzinfo=calendar.zone)
    return [add_business_time(calendar, begins, CALL_AFTER), opening(calendar, again)]


def answer_steps(calendar: BusinessCalendar, asked_at: datetime) -> list[datetime]:
    """Return when an applicant is recalled to answer: on business days 2 and 5."""
    return [days_after(calendar, asked_at, days) for days in ANSWER_DAYS]


def patience_ends(
    calendar: BusinessCalendar, asked_at: datetime, reply_by: datetime | None = None
) -> datetime:
    """Return when a case without an answer is cancelled: as business day 14 closes.

    Not before the instant by which the TAC itself said that it waits.
    """
    day = add_business_days(calendar, calendar.local_day(asked_at), PATIENCE_DAYS)
    ends = closing_of(calendar, day)
    return max(ends, reply_by) if reply_by else ends


def return_steps(calendar: BusinessCalendar, due_on: date) -> list[datetime]:
    """Return when the holder of a faulty unit is recalled: 5, 2 and 0 business days before."""
    return [opening_on(calendar, days_before(calendar, due_on, days)) for days in RETURN_DAYS]


def overdue_at(calendar: BusinessCalendar, due_on: date) -> datetime:
    """Return when a return is overdue: as the business day after its last day opens."""
    return opening_on(calendar, add_business_days(calendar, due_on, 1))


def billing_at(calendar: BusinessCalendar, due_on: date) -> datetime:
    """Return when staff are asked whether to bill it."""
    return opening_on(calendar, add_business_days(calendar, due_on, BILLING_DAYS))


def response_time(response_hours: int | None) -> timedelta:
    """Return in how much opening time the TAC takes a case."""
    return timedelta(hours=response_hours) if response_hours else RESPONSE


def resolution_time(
    calendar: BusinessCalendar,
    start: datetime,
    *,
    level: Level | None,
    remedies: Iterable[str],
) -> timedelta:
    """Return the opening time from `start` until what was promised has happened.

    The level of a contract says it; without one the slowest of the remedies does. A
    promise of a day holds until that day closes.
    """
    if level is not None:
        promise = promised(level, calendar, requested_at=start)
        if promise.at is not None:
            return business_time_between(calendar, start, promise.at)
        day = promise.on
    else:
        days = [RESOLUTION_DAYS[Remedy(remedy)] for remedy in remedies if remedy]
        count = max(days, default=RESOLUTION_DAYS[Remedy.DOA_REPLACEMENT])
        day = add_business_days(calendar, business_day_of(calendar, start), count)
    if day is None:
        raise ValueError("A promise names an instant or a day.")
    return business_time_between(calendar, start, closing_of(calendar, day))


def due_at(
    calendar: BusinessCalendar, start: datetime, amount: timedelta, pauses: Sequence[Pause]
) -> datetime:
    """Return when a clock has run `amount` of opening time, leaving out its pauses."""
    return add_business_time(calendar, start, amount, pauses)


def warned_at(
    calendar: BusinessCalendar, start: datetime, amount: timedelta, pauses: Sequence[Pause]
) -> datetime:
    """Return when three quarters of a clock have run."""
    return add_business_time(calendar, start, amount * WARNED_AT, pauses)


def is_welcome(calendar: BusinessCalendar, at: datetime) -> bool:
    """Tell whether mail may be written now: the calendar is open."""
    return opening(calendar, at) == at
