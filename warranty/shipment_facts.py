"""What pages say about shipments: day 90, units as far as the reader sees them, reports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.db.models import Count, DateField, Exists, Min, OuterRef, Q, Value

from partners.models import Organization
from partners.prepared import ByKeys, LaterOrganization, Prepared
from warranty import policy
from warranty.enums import Leg, ReportStatus, WarrantyStatus
from warranty.models import PolicyVersion, ReportLine, Shipment, ShipmentLine, Unit

TONES = {
    WarrantyStatus.PENDING: "info",
    WarrantyStatus.ACTIVE: "ok",
    WarrantyStatus.EXPIRED: "wait",
    WarrantyStatus.VOID: "stop",
}

COLUMNS = {Leg.HUAWEI: "huawei_shipment", Leg.DISTRIBUTOR: "shipmentline__shipment"}
"""How a unit points at its shipment of each leg."""


@cache
def _versions() -> Prepared:
    return Prepared(PolicyVersion.objects.order_by("-effective_from"))


class Caps:
    """Day 90 of any day of shipment; the policy versions are read once."""

    def __init__(self) -> None:
        self.versions: list[PolicyVersion] = _versions()()

    def on(self, shipped_on: date | None) -> date | None:
        """Return day 90 under the version in force on that day, None before the first."""
        if shipped_on is None:
            return None
        found = next((v for v in self.versions if v.effective_from <= shipped_on), None)
        return policy.cap_on(shipped_on=shipped_on, terms=found.terms()) if found else None

    def reached(self, first: date, last: date, *, column: str) -> Q:
        """Say which days of shipment reach day 90 between two days, each under its version."""
        window, until = Q(pk__in=[]), date.max
        for version in self.versions:
            length = timedelta(days=version.latest_start_days)
            begin, end = max(first - length, version.effective_from), min(last - length, until)
            window |= Q(**{f"{column}__range": (begin, end)})
            until = version.effective_from - timedelta(days=1)
        return window


@dataclass(frozen=True, slots=True)
class Row:
    """A shipment in a list, and what its units say of which the reader sees.

    `missing` counts the units that still need a report, of `service` with installation service.
    """

    shipment: Shipment
    units: int
    service: int
    missing: int
    cap_on: date | None


def rows_by_keys(keys: Sequence[int], organization: Organization) -> list[Row]:
    """Return the shipments with these keys that the organization sees, in this order."""
    found = _shipments(is_huawei=organization.is_huawei)(keys, organization=organization.pk)
    shipments = {shipment.pk: shipment for shipment in found}
    return rows([shipments[key] for key in keys if key in shipments], organization)


def rows(shipments: Iterable[Shipment], organization: Organization) -> list[Row]:
    """Return the shipments with what their units say, in three queries whatever their number."""
    shipments, caps = list(shipments), Caps()
    told: dict[int, Sequence[Any]] = {}
    for leg in COLUMNS:
        counted = _counted(leg, is_huawei=organization.is_huawei)
        keys = [shipment.pk for shipment in shipments if shipment.leg == leg]
        told |= {key: rest for key, *rest in counted(keys, organization=organization.pk)}
    return [_row(shipment, told.get(shipment.pk, _NO_UNITS), caps) for shipment in shipments]


_NO_UNITS = (0, 0, 0, None)
_NO_DAY = Value(None, output_field=DateField())


def _row(shipment: Shipment, told: Sequence[Any], caps: Caps) -> Row:
    units, service, missing, first = told
    anchor = shipment.shipped_on if shipment.leg == Leg.HUAWEI else first
    return Row(shipment, units, service, missing, caps.on(anchor))


@cache
def _shipments(*, is_huawei: bool) -> ByKeys:
    organization: Any = LaterOrganization("organization", is_huawei=is_huawei)
    seen = Shipment.objects.for_organization(organization)
    joined = seen.select_related("shipped_by", "consignee").only(
        *("reference", "number", "leg", "shipped_on", "shipped_by__name", "consignee__name")
    )
    return ByKeys(lambda keys: joined.filter(pk__in=keys))


@cache
def _counted(leg: Leg, *, is_huawei: bool) -> ByKeys:
    """Count the units of shipments of a leg by key: all, with service, without report.

    The first day of shipment by Huawei comes last, for a leg whose own day is another.
    """
    organization: Any = LaterOrganization("organization", is_huawei=is_huawei)
    seen, column = with_reports(Unit.objects.for_organization(organization)), COLUMNS[leg]
    first = _NO_DAY if leg == Leg.HUAWEI else Min("huawei_shipment__shipped_on")

    def asked(keys: Any) -> Any:
        inside = seen.filter(**{f"{column}__pk__in": keys}).order_by()
        return inside.values_list(column).annotate(
            units=Count("pk"),
            service=Count("pk", filter=Q(installation_service=True)),
            missing=Count("pk", filter=_MISSING),
            first=first,
        )

    return ByKeys(asked)


def units_of(shipment: Shipment, organization: Organization) -> Any:
    """Return the units of a shipment that the organization may see."""
    units = Unit.objects.for_organization(organization)
    if shipment.leg == Leg.HUAWEI:
        return units.filter(huawei_shipment=shipment)
    inside = ShipmentLine.unscoped.filter(shipment=shipment)
    return units.filter(pk__in=inside.values("unit_id"))


def with_reports(units: Any) -> Any:
    """Add whether a report that covers the unit is accepted, and whether one waits."""

    def named(status: str) -> Exists:
        lines = ReportLine.unscoped.filter(unit=OuterRef("pk"), report__status=status)
        return Exists(lines)

    return units.annotate(
        has_report=named(ReportStatus.ACCEPTED), has_waiting=named(ReportStatus.SUBMITTED)
    )


_MISSING = Q(installation_service=True, has_report=False, has_waiting=False)


def without_report(units: Any) -> Any:
    """Keep the units with installation service that no accepted or waiting report names."""
    return with_reports(units).filter(_MISSING)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Units with installation service, and how far reports cover them."""

    total: int
    covered: int
    waiting: int

    @property
    def open(self) -> int:
        return self.total - self.covered - self.waiting


def coverage_of(units: Any) -> Coverage:
    """Count the units whose start a report may decide: those with installation service."""
    counted = with_reports(units.filter(installation_service=True)).aggregate(
        total=Count("pk"),
        covered=Count("pk", filter=Q(has_report=True)),
        waiting=Count("pk", filter=Q(has_report=False, has_waiting=True)),
    )
    return Coverage(**counted)


@dataclass(frozen=True, slots=True)
class Line:
    """A unit of a shipment, as its row shows it."""

    unit: Unit
    status: WarrantyStatus
    starts_on: date | None
    ends_on: date | None
    report: str

    @property
    def tone(self) -> str:
        return TONES[self.status]


def lines(units: Sequence[Any], *, today: date) -> list[Line]:
    """Return units joined by `with_reports()`, each with its warranty as it stands today."""
    caps = Caps()
    return [_line(unit, caps, today) for unit in units]


def _line(unit: Any, caps: Caps, today: date) -> Line:
    warranty = getattr(unit, "warranty", None)
    if warranty is None:
        cap = caps.on(unit.huawei_shipment.shipped_on)
        return Line(unit, WarrantyStatus.PENDING, cap, None, _report(unit))
    status = policy.warranty_status(
        starts_on=warranty.starts_on,
        ends_on=warranty.ends_on,
        on=today,
        is_void=warranty.voided_at is not None,
    )
    return Line(unit, status, warranty.starts_on, warranty.ends_on, _report(unit))


def _report(unit: Any) -> str:
    """Say how the unit stands with reports, in the words of the page."""
    if not unit.installation_service:
        return "Not needed"
    if unit.has_report:
        return "Accepted"
    return "Waits for acceptance" if unit.has_waiting else "None yet"
