"""Business time: pure arithmetic over opening hours, holidays and clock changes.

Hours are wall-clock hours of the calendar's zone; what is measured is real time, counted
in UTC, so a clock change neither gives nor takes an hour. An opening hour that a clock
change skips begins when the clocks have changed; one that comes twice begins the first
time, and a closing hour that comes twice ends the second time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FURTHEST = timedelta(days=3 * 366)
"""How far ahead an opening is looked for."""


class NeverOpen(ValueError):
    """A calendar without an opening hour in the next three years."""


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """From `opens`, included, to `closes`, not included; `closes` of None is midnight."""

    opens: time
    closes: time | None

    def __post_init__(self) -> None:
        if self.closes is not None and self.closes <= self.opens:
            raise ValueError("Hours end after they begin, on the same day.")


ALL_DAY = (Hours(time(0), None),)
Pause = tuple[datetime, datetime | None]
"""From and until; None is a pause that still lasts."""
Span = tuple[datetime, datetime]
"""Open from the first instant, included, to the second, not included; both in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCalendar:
    """When somebody works: hours for Monday to Sunday, holidays, and exceptions by day.

    An exception replaces a day's hours, also those of a holiday; no hours: closed.
    `cut_off` is the wall-clock instant after which a request counts for the next
    business day; None: the whole day counts.
    """

    zone: ZoneInfo
    week: tuple[tuple[Hours, ...], ...]
    holidays: frozenset[date] = frozenset()
    exceptions: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict)
    cut_off: time | None = None

    def hours_on(self, day: date) -> tuple[Hours, ...]:
        """Return the opening hours of a day, in order; none where it is closed."""
        if day in self.exceptions:
            return self.exceptions[day]
        return () if day in self.holidays else self.week[day.weekday()]

    def is_business_day(self, day: date) -> bool:
        return bool(self.hours_on(day))

    def local_day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def add_business_time(
    calendar: BusinessCalendar, start: datetime, amount: timedelta, pauses: Sequence[Pause] = ()
) -> datetime:
    """Return the instant, in UTC, at which `amount` of open time has passed since `start`.

    Open time within a pause does not count. Without an amount it is the first open
    instant. The end of an amount that fills a day is that day's closing, not the next
    opening. Raises: NeverOpen; ValueError for a negative amount.
    """
    if amount < timedelta(0):
        raise ValueError("Business time is added, not taken away.")
    left = amount
    for opens, closes in _without(_spans_from(calendar, start), pauses):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    raise NeverOpen("This calendar has no opening hours to count in.")


def business_time_between(
    calendar: BusinessCalendar, start: datetime, end: datetime, pauses: Sequence[Pause] = ()
) -> timedelta:
    """Return how much open time lies in [start, end), leaving out what a pause covers.

    Zero where `end` is not after `start`.
    """
    total = timedelta(0)
    if end <= start:
        return total
    for opens, closes in _without(_spans_from(calendar, start, until=end), pauses):
        total += closes - opens
    return total


def business_day_of(calendar: BusinessCalendar, at: datetime) -> date:
    """Return the business day for which a request at `at` counts.

    The day itself up to and including its cut-off; the next business day after it,
    and where the day is closed.
    """
    local = at.astimezone(calendar.zone)
    day = local.date()
    in_time = calendar.cut_off is None or local.time() <= calendar.cut_off
    if calendar.is_business_day(day) and in_time:
        return day
    return add_business_days(calendar, day, 1)


def add_business_days(calendar: BusinessCalendar, day: date, count: int) -> date:
    """Return the `count`-th business day after `day`; the next one is the first.

    With no count it is the day itself, open or not. Raises: NeverOpen; ValueError for a
    negative count.
    """
    if count < 0:
        raise ValueError("Business days are added, not taken away.")
    last = day + FURTHEST
    for _ in range(count):
        day += timedelta(days=1)
        while not calendar.is_business_day(day):
            day += timedelta(days=1)
            if day > last:
                raise NeverOpen("This calendar has no business day in three years.")
    return day


def business_days_between(calendar: BusinessCalendar, first: date, last: date) -> int:
    """Count the business days after `first` up to and including `last`; negative backwards."""
    if last < first:
        return -business_days_between(calendar, last, first)
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(calendar.is_business_day(day) for day in days)


def closing_of(calendar: BusinessCalendar, day: date) -> datetime:
    """Return the instant, in UTC, at which a business day ends.

    Raises: ValueError where the day is closed.
    """
    spans = list(_spans_on(calendar, day))
    if not spans:
        raise ValueError(f"{day} is no business day.")
    return max(closes for _, closes in spans)


def _spans_from(
    calendar: BusinessCalendar, start: datetime, until: datetime | None = None
) -> Iterator[Span]:
    """Yield the open spans from `start` on, cut at both ends, as far as one may look."""
    start = start.astimezone(UTC)
    end = until.astimezone(UTC) if until else None
    day = calendar.local_day(start) - timedelta(days=1)
    last_seen = day
    while day - last_seen <= FURTHEST:
        for opens, closes in _spans_on(calendar, day):
            if end is not None and opens >= end:
                return
            cut = (max(opens, start), min(closes, end) if end else closes)
            if cut[0] < cut[1]:
                last_seen = day
                yield cut
        if end is not None and calendar.local_day(end) < day:
            return
        day += timedelta(days=1)


def _spans_on(calendar: BusinessCalendar, day: date) -> Iterator[Span]:
    for hours in calendar.hours_on(day):
        opens = _opening(calendar.zone, datetime.combine(day, hours.opens))
        if hours.closes is None:
            closes = _opening(calendar.zone, datetime.combine(day + timedelta(days=1), time(0)))
        else:
            closes = _closing(calendar.zone, datetime.combine(day, hours.closes))
        if opens < closes:
            yield opens, closes


def _opening(zone: ZoneInfo, wall: datetime) -> datetime:
    """Return the first instant at which the zone's clocks show `wall` or later."""
    first, second = _readings(zone, wall)
    return first if first <= second else _change_between(zone, second, first)


def _closing(zone: ZoneInfo, wall: datetime) -> datetime:
    """Return the last instant until which the zone's clocks show less than `wall`."""
    first, second = _readings(zone, wall)
    return second if first <= second else _change_between(zone, second, first)


def _readings(zone: ZoneInfo, wall: datetime) -> tuple[datetime, datetime]:
    """Return both readings of a wall-clock time; they differ only at a clock change.

    Where it comes twice the first is the earlier; where it is skipped, the later.
    """
    return (
        wall.replace(tzinfo=zone, fold=0).astimezone(UTC),
        wall.replace(tzinfo=zone, fold=1).astimezone(UTC),
    )


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the instant, to the second, at which the zone's offset changes in (before, after]."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _without(spans: Iterable[Span], pauses: Sequence[Pause]) -> Iterator[Span]:
    """Yield what is left of the spans, in order, outside every pause."""
    cuts = sorted((a.astimezone(UTC), b.astimezone(UTC) if b else None) for a, b in pauses)
    for begin, closes in spans:
        opens = begin
        for paused, resumed in cuts:
            if paused >= closes:
                break
            if opens < paused:
                yield opens, paused
            if resumed is None:
                return
            opens = max(opens, min(resumed, closes))
        if opens < closes:
            yield opens, closes
