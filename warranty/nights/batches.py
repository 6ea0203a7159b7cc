"""Which shipments a night has to look at, a batch at a time, and what a batch knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from audit.trail import Actor
from warranty.models import PolicyVersion, Shipment, ShipmentQuerySet


@dataclass(frozen=True, slots=True)
class Found:
    """Shipments of one policy version, by key, each with its date when it was found."""

    version: PolicyVersion
    shipments: dict[int, date]

    def without(self, pks: set[int]) -> "Found":
        kept = {pk: day for pk, day in self.shipments.items() if pk not in pks}
        return Found(self.version, kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is started together, in whose name, when, and on which day's notice."""

    found: Found
    actor: Actor
    at: datetime
    notice_on: date

    @property
    def version(self) -> PolicyVersion:
        return self.found.version

    @property
    def shipment_ids(self) -> list[int]:
        return list(self.found.shipments)

    @property
    def cause(self) -> str:
        return f"day {self.version.latest_start_days}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many units of a batch were due, and how many started for which partner."""

    due: int
    started: dict[int, int]


def find(*, as_of: date, size: int) -> Iterator[Found]:
    """Yield what may be due on `as_of`, in the order of the pending index.

    Each batch begins behind the one before, so a run ends even when a shipment
    stays pending because somebody adds units to it meanwhile.
    """
    for version, due in _by_version(as_of):
        shipments = _next(due, None, size)
        while shipments:
            yield Found(version, dict(shipments))
            shipments = _next(due, shipments[-1], size)


def _by_version(as_of: date) -> Iterator[tuple[PolicyVersion, ShipmentQuerySet]]:
    """Pair each version with the due shipments made while it was in force."""
    versions = list(PolicyVersion.objects.order_by("effective_from"))
    for version, successor in zip(versions, [*versions[1:], None], strict=True):
        due = Shipment.unscoped.with_starts_due(
            as_of=as_of, latest_start_days=version.latest_start_days
        ).filter(shipped_on__gte=version.effective_from)
        if successor is not None:
            due = due.filter(shipped_on__lt=successor.effective_from)
        yield version, due


def _next(
    due: ShipmentQuerySet, last: tuple[int, date] | None, size: int
) -> list[tuple[int, date]]:
    if last is not None:
        pk, shipped_on = last
        behind = Q(shipped_on__gt=shipped_on) | Q(shipped_on=shipped_on, pk__gt=pk)
        due = due.filter(behind, shipped_on__gte=shipped_on)
    rows = due.order_by("shipped_on", "pk").values_list("pk", "shipped_on")
    return list(rows[:size])
