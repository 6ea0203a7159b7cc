"""The ends of a contract: grouped for a reader, and as a calendar file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, Max, Min
from django.urls import reverse
from icalendar import Calendar, Event

from support import lifetimes
from support.models import SupportContract


@dataclass(frozen=True, slots=True)
class Group:
    """How many units of a contract are covered from one day to another, both included."""

    starts_on: date
    ends_on: date
    units: int

    @property
    def count_text(self) -> str:
        return "1 unit" if self.units == 1 else f"{self.units:,} units"


def groups(contract: SupportContract) -> list[Group]:
    """Return the units of a contract by the days that they are covered; one query."""
    found = contract.lines.values_list("starts_on", "ends_on").order_by("ends_on", "starts_on")
    return [Group(*row) for row in found.annotate(units=Count("pk"))]


@dataclass(frozen=True, slots=True)
class Summary:
    """A contract in one line of a list: its units, and the days between their ends."""

    units: int
    starts_on: date
    ends_on: date


def summaries(contracts: Iterable[SupportContract]) -> dict[int, Summary]:
    """Return the summary of each contract by key; one query."""
    counted = (
        SupportContract.unscoped.filter(pk__in=[contract.pk for contract in contracts])
        .values("pk")
        .annotate(units=Count("lines"), first=Min("lines__starts_on"), last=Max("lines__ends_on"))
    )
    return {row["pk"]: Summary(row["units"], row["first"], row["last"]) for row in counted}


def past_service(contract: SupportContract) -> list[tuple[date, int]]:
    """Return the days on which service and support end before the contract, with the units.

    Three queries, whatever the number of units.
    """
    counted = (
        contract.lines.values_list("unit__part_number", "ends_on")
        .annotate(units=Count("pk"))
        .order_by()
    )
    rows = list(counted)
    until = lifetimes.service_ends_of({part_number for part_number, _, _ in rows})
    found: dict[date, int] = {}
    for part_number, ends_on, units in rows:
        last_on = until.get(part_number)
        if last_on and last_on < ends_on:
            found[last_on] = found.get(last_on, 0) + units
    return sorted(found.items())


def calendar_of(contract: SupportContract, found: Iterable[Group], *, at: datetime) -> bytes:
    """Return the last covered days of a contract as all-day events, one for each day."""
    calendar = Calendar()
    calendar.add("prodid", "-//Ninety//Contracts//EN")
    calendar.add("version", "2.0")
    units: dict[date, int] = {}
    for group in found:
        units[group.ends_on] = units.get(group.ends_on, 0) + group.units
    address = f"{settings.BASE_URL}{reverse('contract', args=[contract.reference])}"
    for ends_on, count in units.items():
        event = Event()
        event.add("uid", f"{contract.reference}-{ends_on:%Y%m%d}@ninety")
        event.add("dtstamp", at)
        event.add("dtstart", ends_on)
        said = Group(ends_on, ends_on, count).count_text
        event.add("summary", f"{contract.level}, {contract}: last covered day of {said}")
        event.add("url", address)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
