"""Dates as iCalendar: all-day events that keep their identity when a date is corrected.

The same facts give the same bytes: an event is stamped with the instant of the last
correction, and counts the corrections as its sequence.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Max
from icalendar import Calendar, Event

from audit.models import Event as Happened
from partners.models import Organization
from portal.day90 import Approach
from portal.support_facts import support_of
from portal.unit_facts import unit_cover, unit_version
from support.enums import ContractStatus
from warranty.enums import WarrantyRule, WarrantyStatus
from warranty.models import Unit
from warranty.policy import Cover

CORRECTED = "shipment.date_corrected"
MOVES = (
    *("warranty.moved", "warranty.unstarted", "warranty.voided", "warranty.reinstated"),
    *("support.start_chosen", "support.anchor_moved", "support.cancelled", "support.term_kept"),
)
"""What changes the dates of a unit that somebody may have in a calendar."""
ASKED_AGAIN = timedelta(hours=12)
"""How often a calendar program is asked to look again."""


class Revision(NamedTuple):
    """How often the dates of an event were changed, and when last."""

    sequence: int
    stamp: datetime


def day_90_calendar(approaches: list[Approach], *, organization: Organization, name: str) -> bytes:
    """Return one all-day event for each shipment, on its day 90."""
    calendar = _calendar(name)
    corrected = _corrections([approach.shipment.pk for approach in approaches])
    for approach in approaches:
        shipment = approach.shipment
        revision = corrected.get(shipment.pk) or Revision(0, _midnight(shipment.shipped_on))
        uid = f"day-90-{shipment.pk}-{organization.pk}"
        event = _event(uid, approach.cap_on, revision)
        event.add("summary", f"Day 90 of {shipment.number}: {_counted(approach.starting)} to start")
        event.add("description", "\n".join(_effects(approach)))
        event.add("url", f"{settings.BASE_URL}/day-90/")
        calendar.add_component(event)
    return calendar.to_ical()


def _effects(approach: Approach) -> Iterable[str]:
    """Yield what happens on day 90, and what a report would change."""
    yield (
        f"Shipment {approach.shipment.number} to {approach.shipment.consignee}: "
        f"{_counted(approach.starting)} of {approach.units} without a started warranty."
    )
    yield f"Their warranty starts today, day {approach.cap_days}, by itself."
    if approach.waiting:
        yield (
            f"{_counted(approach.waiting)} with installation service without a report: "
            "a report signed by today starts the warranty on the day it was signed."
        )
    if approach.handed_in:
        yield f"{_counted(approach.handed_in)} on a report that waits for Huawei."
    if not approach.service:
        yield "Installation service was not purchased: a report does not change this date."


def unit_calendar(unit: Unit, *, on: date) -> bytes:
    """Return the start and end of a unit's warranty and the ends of its support, on a day.

    A void warranty and a cancelled contract are cancelled in the calendars that have them.
    """
    version = unit_version(unit)
    cover = unit_cover(unit, version.terms(), on=on)
    revision = _revision_of(unit)
    calendar = _calendar(f"Warranty of {unit.serial}")
    named = [
        ("start", cover.starts_on, _start_words(cover)),
        ("end", cover.ends_on, "Warranty ends"),
    ]
    for name, day, words in named:
        event = _event(f"unit-{unit.pk}-{name}", day, revision)
        event.add("summary", f"{words}: {unit.product.model} {unit.serial}")
        event.add("description", "\n".join(reason.sentence for reason in cover.reasons))
        event.add("url", f"{settings.BASE_URL}/units/{unit.serial}/")
        if cover.status is WarrantyStatus.VOID:
            event.add("status", "CANCELLED")
        calendar.add_component(event)
    for event in _support_ends(unit, revision, on=on):
        calendar.add_component(event)
    return calendar.to_ical()


def _support_ends(unit: Unit, revision: Revision, *, on: date) -> Iterator[Event]:
    for line in support_of(unit, on=on).lines:
        event = _event(f"support-{line.pk}-end", line.ends_on, revision)
        event.add("summary", f"{line.contract.level} ends: {unit.product.model} {unit.serial}")
        event.add("description", "\n".join(reason.sentence for reason in line.reasons()))
        event.add("url", f"{settings.BASE_URL}/units/{unit.serial}/")
        if line.status(on) is ContractStatus.CANCELLED:
            event.add("status", "CANCELLED")
        yield event


def _start_words(cover: Cover) -> str:
    if cover.status is not WarrantyStatus.PENDING:
        return "Warranty started"
    at_the_latest = cover.rule is WarrantyRule.W3
    return "Day 90, warranty starts at the latest" if at_the_latest else "Warranty starts"


def _revision_of(unit: Unit) -> Revision:
    own = Happened.objects.about("warranty.unit", unit.pk).filter(name__in=MOVES)
    told = own.order_by().aggregate(count=Count("pk"), last=Max("at"))
    corrected = _corrections([unit.huawei_shipment_id]).get(unit.huawei_shipment_id)
    first = Revision(0, _midnight(unit.huawei_shipment.shipped_on))
    moved = Revision(told["count"], told["last"] or first.stamp)
    corrected = corrected or first
    return Revision(moved.sequence + corrected.sequence, max(moved.stamp, corrected.stamp))


def _corrections(shipment_ids: list[int]) -> dict[int, Revision]:
    """Return how often the dates of these shipments were corrected; one query."""
    events = Happened.objects.about("warranty.shipment", *shipment_ids).filter(name=CORRECTED)
    counted = events.order_by().values("record_id").annotate(count=Count("pk"), last=Max("at"))
    return {row["record_id"]: Revision(row["count"], row["last"]) for row in counted}


def _calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Ninety//Dates of warranty//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", ASKED_AGAIN, parameters={"VALUE": "DURATION"})
    return calendar


def _event(uid: str, day: date, revision: Revision) -> Event:
    """Return an event of one whole day; it makes nobody busy."""
    event = Event()
    event.add("uid", f"{uid}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("dtstamp", revision.stamp)
    event.add("sequence", revision.sequence)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=UTC)


def _counted(units: int) -> str:
    return "1 unit" if units == 1 else f"{units:,} units"
