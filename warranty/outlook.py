"""What a report does to each of its units, looked up: the dates as they stand, by the policy."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from partners import clock
from warranty.effects import Effect, report_effect
from warranty.enums import Leg, ReportStatus
from warranty.models import InstallationReport, PolicyVersion, Shipment, ShipmentLine, Unit

JOINS = ("part_number__product", "huawei_shipment", "warranty")
"""What the effect on a unit hangs on, beside its first signature."""


def for_effects(units: Any, *, besides: Iterable[InstallationReport] = ()) -> Any:
    """Join to a queryset of units what `effects_on` needs."""
    keys = [report.pk for report in besides]
    return units.select_related(*JOINS).with_first_signature(besides=keys)


def effects_on(
    units: Iterable[Unit], *, signed_on: date, today: date
) -> Iterator[tuple[Unit, Effect]]:
    """Yield each unit with what a report signed on `signed_on` does to it."""
    versions = list(PolicyVersion.objects.order_by("-effective_from"))
    for unit in units:
        shipped_on = unit.huawei_shipment.shipped_on
        version = next((v for v in versions if v.effective_from <= shipped_on), None)
        version = version or PolicyVersion.objects.in_force(shipped_on)
        stored = getattr(unit, "warranty", None)
        own_months = unit.product.warranty_months or version.default_warranty_months
        yield (
            unit,
            report_effect(
                shipped_on=shipped_on,
                installation_service=unit.installation_service,
                signed_on=signed_on,
                counted_on=unit.signed_on,
                months=stored.months if stored else own_months,
                is_void=bool(stored and stored.voided_at),
                today=today,
                terms=version.terms(),
            ),
        )


def effects_of(
    report: InstallationReport,
    *,
    today: date,
    as_decided: bool = True,
    without: Sequence[InstallationReport] = (),
) -> list[tuple[Unit, Effect]]:
    """Return what a stored report does to its units, where those in `without` do not count.

    With `as_decided` that of an accepted report is told as of its acceptance, else all
    as of today.
    """
    as_of = today
    if as_decided and report.status == ReportStatus.ACCEPTED and report.decided_at:
        as_of = clock.business_day(report.decided_at)
    units = Unit.unscoped.filter(reportline__report=report)
    units = for_effects(units, besides=[report, *without])
    units = units.select_related(*JOINS, *Unit.CHAIN)
    return list(effects_on(units.order_by("serial", "pk"), signed_on=report.signed_on, today=as_of))


def units_in(shipment: Shipment, units: Any) -> Any:
    """Keep of `units` those that a shipment carried, whichever leg it was."""
    in_it = Q(huawei_shipment=shipment)
    if shipment.leg != Leg.HUAWEI:
        lines = ShipmentLine.unscoped.filter(shipment=shipment)
        in_it = Q(pk__in=lines.values("unit_id"))
    return units.filter(in_it).order_by("serial", "pk")
