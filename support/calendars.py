"""Business calendars as people write them: opening hours, and exceptions by day."""

import re
from collections.abc import Iterator
from datetime import date, time
from functools import cache
from itertools import pairwise

import holidays

from support.business_time import Hours

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CLOSED = "closed"
_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_DAYS = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))?")

Week = tuple[tuple[Hours, ...], ...]


class Unreadable(ValueError):
    """Opening hours or exceptions that cannot be read; the message says how to write them."""


def parse_week(text: str) -> Week:
    """Return the hours of Monday to Sunday from text such as `Mon-Fri 09:00-18:00; Sat closed`.

    Parts are separated by semicolons; a day that is not named is closed.
    Raises: Unreadable.
    """
    week: list[tuple[Hours, ...] | None] = [None] * 7
    for part in filter(None, (p.strip() for p in text.split(";"))):
        named, *spans = part.split()
        hours = parse_hours(spans)
        for weekday in _weekdays(named):
            if week[weekday] is not None:
                raise Unreadable(f"{DAYS[weekday]} is named twice. Name each day once.")
            week[weekday] = hours
    return tuple(hours or () for hours in week)


def _weekdays(named: str) -> range:
    match = _DAYS.fullmatch(named)
    if match is None:
        raise Unreadable(f"{named!r} names no days. Write Mon, Mon-Fri or Mon-Sun.")
    first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
    if last < first:
        raise Unreadable(f"{named!r} runs backwards. Write the earlier day first.")
    return range(first, last + 1)


def parse_hours(spans: list[str]) -> tuple[Hours, ...]:
    """Return hours in order from words such as `09:00-12:30`; `closed` is none.

    24:00 is the end of the day. Raises: Unreadable for hours that overlap or run backwards.
    """
    if spans == [CLOSED]:
        return ()
    if not spans:
        raise Unreadable("Hours are missing. Write 09:00-18:00, or closed.")
    found = [_hours(span) for span in spans]
    for earlier, later in pairwise(found):
        if earlier.closes is None or later.opens < earlier.closes:
            raise Unreadable("Hours of a day overlap. Write them in order, without overlap.")
    return tuple(found)


def _hours(span: str) -> Hours:
    match = _HOURS.fullmatch(span)
    if match is None:
        raise Unreadable(f"{span!r} is no opening time. Write it as 09:00-18:00.")
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    try:
        closes = None if (to_hour, to_minute) == (24, 0) else time(to_hour, to_minute)
        return Hours(time(from_hour, from_minute), closes)
    except ValueError:
        raise Unreadable(f"{span!r} ends before it begins, or is no time of day.") from None


def parse_exceptions(text: str) -> dict[date, tuple[Hours, ...]]:
    """Return the exceptions of text with a line for each day.

    `2026-12-24 09:00-13:00 Christmas Eve` or `2026-11-27 closed`; words after the hours
    are a note. Raises: Unreadable with the number of the line.
    """
    found: dict[date, tuple[Hours, ...]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            day, hours = _exception(line)
            if day in found:
                raise Unreadable(f"{day} is on an earlier line. Keep one of both.")
        except Unreadable as problem:
            raise Unreadable(f"Line {number}: {problem}") from None
        found[day] = hours
    return found


def _exception(line: str) -> tuple[date, tuple[Hours, ...]]:
    day, *words = line.split()
    try:
        when = date.fromisoformat(day) if len(day) == 10 else None
    except ValueError:
        when = None
    if when is None:
        raise Unreadable(f"{day!r} is no day. Write it as 2026-12-24.")
    return when, parse_hours(list(_leading_spans(words)))


def _leading_spans(words: list[str]) -> Iterator[str]:
    for word in words:
        if word != CLOSED and not word[:1].isdigit():
            return
        yield word
        if word == CLOSED:
            return


@cache
def holidays_of(place: str, years: tuple[int, ...]) -> frozenset[date]:
    """Return the public holidays of a country or a part of it, such as US or US-TX.

    No place has none. Raises: Unreadable for a place that is not known.
    """
    if not place:
        return frozenset()
    country, _, part = place.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=years))
    except NotImplementedError:
        raise Unreadable(f"{place!r} is not known. Write US, or US-TX for a state.") from None
