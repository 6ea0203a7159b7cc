"""What the first page after sign-in shows of an organization's units."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from partners.models import Organization
from warranty.enums import Leg, ReportStatus
from warranty.models import PolicyVersion, ReportLine, Shipment, Unit, Warranty
from warranty.policy import cap_on

AHEAD = timedelta(days=14)
"""How far ahead day 90 is announced."""
LISTED = 10
"""How many shipments and units a list shows."""


def overview(organization: Organization, *, today: date) -> dict[str, Any]:
    """Return the parts of the page; Huawei's units are too many to count on each visit."""
    return {
        "counts": None if organization.is_huawei else _counts(organization, today),
        "approaching": _approaching(organization, today),
        "started": _started(organization),
        "today": today,
    }


def _counts(organization: Organization, today: date) -> dict[str, int]:
    running = Q(warranty__starts_on__lte=today, warranty__ends_on__gte=today)
    return Unit.objects.for_organization(organization).aggregate(
        total=Count("pk"),
        not_started=Count("pk", filter=Q(warranty=None)),
        covered=Count("pk", filter=running & Q(warranty__voided_at=None)),
    )


def _approaching(organization: Organization, today: date) -> list[dict[str, Any]]:
    """Return the shipments that reach day 90 soon, with their units still without a report."""
    terms = PolicyVersion.objects.in_force(today).terms()
    first = today - timedelta(days=terms.cap_days)
    accepted = ReportLine.unscoped.filter(unit=OuterRef("pk"), report__status=ReportStatus.ACCEPTED)
    waiting = (
        Unit.objects.for_organization(organization)
        .filter(
            Q(warranty=None),
            ~Exists(accepted),
            huawei_shipment__leg=Leg.HUAWEI,
            huawei_shipment__shipped_on__range=(first, first + AHEAD),
            installation_service=True,
        )
        .values("huawei_shipment")
        .annotate(units=Count("pk"))
        .order_by("huawei_shipment__shipped_on", "huawei_shipment")[:LISTED]
    )
    counts = {row["huawei_shipment"]: row["units"] for row in waiting}
    shipments = Shipment.unscoped.filter(pk__in=counts).select_related("consignee")
    return [
        {
            "shipment": shipment,
            "units": counts[shipment.pk],
            "cap_on": cap_on(shipped_on=shipment.shipped_on, terms=terms),
        }
        for shipment in shipments.order_by("shipped_on", "pk")
    ]


def _started(organization: Organization) -> list[Warranty]:
    warranties = Warranty.objects.for_organization(organization)
    return list(
        warranties.select_related("unit__part_number__product").order_by("-starts_on", "-unit_id")[
            :LISTED
        ]
    )
