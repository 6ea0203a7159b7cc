"""Reminders of missing installation reports: whom, about which shipment, at which step."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)  # fmt: skip
from django.db.models.functions import Coalesce

from partners.enums import OrganizationKind
from partners.models import Organization
from warranty import reminders
from warranty.enums import Leg, ReportStatus
from warranty.models.reports import ReportLine
from warranty.models.shipments import Shipment
from warranty.models.units import Unit
from warranty.models.versions import PolicyVersion


class Nudge(models.Model):
    """One partner was reminded of one shipment at one step, on one day.

    `step` counts days from Huawei's shipment. That a step is told once is what the
    constraint says, and nothing in code.
    """

    partner = models.ForeignKey(Organization, models.PROTECT)
    shipment = models.ForeignKey(Shipment, models.PROTECT)
    step = models.PositiveSmallIntegerField()
    cap_on = models.DateField()
    told_on = models.DateField()
    told_at = models.DateTimeField()

    unscoped = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "shipment", "step"], name="warranty_nudge_once"
            ),
        ]
        indexes = [models.Index(fields=["partner", "told_on"], name="warranty_nudge_told")]

    def __str__(self) -> str:
        return f"Day {self.step} of {self.shipment} to {self.partner}"


def without_report(units: QuerySet[Unit]) -> QuerySet[Any]:
    """Keep what waits for a report: service bought, not started, and none accepted.

    Adds `told`, the key of the organization to tell, as `Unit.partner` says of one
    unit, and `is_handed_in` where a report waits for its check: nothing is missing then.
    """
    lines = ReportLine.unscoped.filter(unit=OuterRef("pk"))
    accepted = lines.filter(report__status=ReportStatus.ACCEPTED)
    waiting = lines.filter(report__status=ReportStatus.SUBMITTED)
    shipper = Coalesce("distributor_shipment__shipped_by", "huawei_shipment__shipped_by")
    to_customer = When(consignee__kind=OrganizationKind.END_CUSTOMER, then=shipper)
    kept: QuerySet[Any] = units.filter(
        ~Exists(accepted), installation_service=True, warranty=None
    ).annotate(
        told=Case(to_customer, default=F("consignee"), output_field=BigIntegerField()),
        is_handed_in=Exists(waiting),
    )
    return kept


def due_nudges(*, as_of: date) -> list[Nudge]:
    """Return what to tell on `as_of`, unsaved and without its instant, by partner.

    One query for each policy version, whatever the number of units: it begins with
    the shipments between the first step and the cap.
    """
    versions = list(PolicyVersion.objects.order_by("effective_from"))
    found: list[Nudge] = []
    for version, successor in zip(versions, [*versions[1:], None], strict=True):
        found += _due_under(version, successor, as_of=as_of)
    return sorted(found, key=lambda nudge: (nudge.partner_id, nudge.shipment_id))


def _due_under(
    version: PolicyVersion, successor: PolicyVersion | None, *, as_of: date
) -> Iterable[Nudge]:
    days, cap_days = reminders.days_of(version.reminder_days), version.latest_start_days
    window = reminders.shipped_between(as_of=as_of, first=days[0], cap_days=cap_days)
    shipments = Shipment.unscoped.filter(
        leg=Leg.HUAWEI,
        pending=True,
        shipped_on__range=window,
        shipped_on__gte=version.effective_from,
    )
    if successor is not None:
        shipments = shipments.filter(shipped_on__lt=successor.effective_from)
    reached = [
        When(huawei_shipment__shipped_on__lte=as_of - timedelta(days=day), then=Value(day))
        for day in reversed(days)
    ]
    told = Nudge.unscoped.filter(
        shipment=OuterRef("huawei_shipment"), partner=OuterRef("told"), step__gte=OuterRef("step")
    )
    rows = (
        without_report(Unit.unscoped.filter(huawei_shipment__in=shipments.values("pk")))
        .annotate(step=Case(*reached, output_field=IntegerField()))
        .filter(~Exists(told), is_handed_in=False)
        .values_list("told", "huawei_shipment", "step", "huawei_shipment__shipped_on")
        .distinct()
    )
    for partner, shipment, step, shipped_on in rows:
        cap_on = shipped_on + timedelta(days=cap_days)
        yield Nudge(
            partner_id=partner, shipment_id=shipment, step=step, cap_on=cap_on, told_on=as_of
        )


def waiting_in(shipments: Iterable[int], *, partner_id: int | None) -> dict[int, tuple[int, int]]:
    """Count per shipment what this partner has without a report, and what waits for its check."""
    units = without_report(Unit.unscoped.filter(huawei_shipment__in=list(shipments)))
    rows = (
        units.filter(told=partner_id)
        .values("huawei_shipment")
        .annotate(
            missing=Count("pk", filter=Q(is_handed_in=False)),
            handed_in=Count("pk", filter=Q(is_handed_in=True)),
        )
    )
    return {row["huawei_shipment"]: (row["missing"], row["handed_in"]) for row in rows}
