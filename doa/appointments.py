"""The days that a mail of a case is about, as a calendar file."""

from collections.abc import Iterator
from datetime import date, datetime

from django.conf import settings
from icalendar import Calendar, Event

from doa.enums import ReturnTrack
from doa.models import CaseLine
from notifications.content import Attachment


def attached(line: CaseLine, *, at: datetime) -> tuple[Attachment, ...]:
    """Return a file with the days known of a line; none where no day is known.

    An event keeps its identity from mail to mail, so that a later one moves it.
    """
    events = list(_events(line, at=at))
    if not events:
        return ()
    calendar = Calendar()
    calendar.add("prodid", "-//Ninety//Cases//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for event in events:
        calendar.add_component(event)
    body = bytes(calendar.to_ical())
    return (Attachment(f"{line.case.reference}.ics", body, "text/calendar"),)


def _events(line: CaseLine, *, at: datetime) -> Iterator[Event]:
    if line.expected_on and line.delivered_on is None:
        said = f"Replacement {line.replacement} of {line.unit} expected"
        tracked = f"{line.carrier}, tracking number {line.tracking}"
        arrives = _event(line, "arrival", line.expected_on, said, at=at)
        arrives.add("description", tracked)
        arrives.add("location", ", ".join(line.case.ship_to.split("\n")))
        yield arrives
    if line.return_due_on and line.return_track == ReturnTrack.AWAITED:
        yield _event(line, "return", line.return_due_on, f"{line.unit} due back", at=at)


def _event(line: CaseLine, name: str, day: date, said: str, *, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{line.case.reference}-{line.pk}-{name}@ninety")
    event.add("dtstamp", at)
    event.add("dtstart", day)
    event.add("summary", f"{line.case.reference}: {said}")
    event.add("url", f"{settings.BASE_URL}/cases/{line.case.reference}/")
    event.add("transp", "TRANSPARENT")
    return event
