"""The shipments whose units reach their latest start soon, and how far reports cover them.

Every question here is one query however many units there are: shipments are counted,
never units read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from partners.models import Organization
from warranty.enums import ReportStatus
from warranty.models import PolicyVersion, ReportLine, Shipment, Unit
from warranty.shipment_facts import Caps

DAYS_AHEAD = 90
"""How far ahead the calendar looks: by then every shipment of today has reached its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach:
    """A shipment by Huawei on its way to day 90, with the units that somebody may see."""

    shipment: Shipment
    cap_on: date
    cap_days: int
    today: date
    units: int
    starting: int
    service: int
    reported: int
    waiting: int
    is_open: bool
    """Whether the page of the shipment opens to whoever asks: they are one of its ends."""

    @property
    def days_left(self) -> int:
        return (self.cap_on - self.today).days

    @property
    def day(self) -> int:
        """Today's number; the day of shipment is day 0."""
        return self.cap_days - self.days_left

    @property
    def handed_in(self) -> int:
        """How many units wait for Huawei to accept a report, not for a report."""
        return self.service - self.reported - self.waiting


def shipments_ahead(
    organization: Organization, *, today: date, days: int, are_waiting: bool = False
) -> QuerySet[Any, dict[str, Any]]:
    """Count the units of each shipment that reaches day 90 within `days`, the next one first.

    `are_waiting` keeps the shipments of which a unit still waits for a report.
    """
    counted = (
        _units_ahead(organization, today=today, days=days)
        .annotate(
            is_reported=_line(ReportStatus.ACCEPTED), is_handed_in=_line(ReportStatus.SUBMITTED)
        )
        .values("huawei_shipment")
        .annotate(
            units=Count("pk"),
            starting=Count("pk", filter=_NOT_STARTED),
            service=Count("pk", filter=Q(installation_service=True)),
            reported=Count("pk", filter=Q(installation_service=True, is_reported=True)),
            waiting=Count("pk", filter=_WAITING),
        )
        .order_by("huawei_shipment__shipped_on", "huawei_shipment")
    )
    return counted.filter(waiting__gt=0) if are_waiting else counted.filter(starting__gt=0)


def approaches(
    rows: Iterable[dict[str, Any]], organization: Organization, *, today: date
) -> list[Approach]:
    """Join the shipments to counted rows; three queries."""
    counted = {row["huawei_shipment"]: dict(row) for row in rows}
    shipments = Shipment.unscoped.filter(pk__in=counted).select_related("consignee")
    own = Shipment.objects.for_organization(organization).filter(pk__in=counted)
    open_ones = set(own.values_list("pk", flat=True))
    days_of = _DaysOf()
    found = []
    for shipment in shipments:
        row, days = counted[shipment.pk], days_of(shipment.shipped_on)
        del row["huawei_shipment"]
        approach = Approach(
            shipment=shipment,
            cap_on=shipment.shipped_on + timedelta(days=days),
            cap_days=days,
            today=today,
            is_open=shipment.pk in open_ones,
            **row,
        )
        found.append(approach)
    return sorted(found, key=lambda a: (a.cap_on, a.shipment.pk))


def starting_by_day(organization: Organization, *, today: date, days: int) -> list[dict[str, Any]]:
    """Count the units that start by day 90 on each of the next days, reported or not."""
    counted = (
        _units_ahead(organization, today=today, days=days)
        .filter(_NOT_STARTED)
        .values("huawei_shipment__shipped_on")
        .annotate(units=Count("pk"), shipments=Count("huawei_shipment", distinct=True))
        .order_by("huawei_shipment__shipped_on")
    )
    days_of = _DaysOf()
    rows = [
        {
            "day": shipped_on + timedelta(days=days_of(shipped_on)),
            "units": row["units"],
            "shipments": row["shipments"],
        }
        for row in counted
        for shipped_on in [row["huawei_shipment__shipped_on"]]
    ]
    return sorted(rows, key=lambda row: row["day"])


def next_day(organization: Organization, *, today: date) -> date | None:
    """Return the next day on which a unit starts by day 90, if one is known."""
    ahead = shipments_ahead(organization, today=today, days=DAYS_AHEAD)
    found = approaches(ahead[:1], organization, today=today)
    return found[0].cap_on if found else None


_NOT_STARTED = Q(warranty=None)
_WAITING = Q(warranty=None, installation_service=True, is_reported=False, is_handed_in=False)


def _line(status: ReportStatus) -> Exists:
    return Exists(ReportLine.unscoped.filter(unit=OuterRef("pk"), report__status=status))


def _units_ahead(organization: Organization, *, today: date, days: int) -> Any:
    """Keep the units of Huawei's shipments that reach day 90 from today to `days` ahead."""
    last, column = today + timedelta(days=days), "huawei_shipment__shipped_on"
    return Unit.objects.for_organization(organization).filter(
        Caps().reached(today, last, column=column), huawei_shipment__pending=True
    )


class _DaysOf:
    """How many days after shipment the latest start lies, by the version of that day."""

    def __init__(self) -> None:
        self._versions = list(PolicyVersion.objects.order_by("-effective_from"))

    def __call__(self, shipped_on: date) -> int:
        version = next(v for v in self._versions if v.effective_from <= shipped_on)
        return version.latest_start_days
