"""Dispatches by Huawei and by distributors."""

from datetime import date
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from partners.models import Organization
from partners.references import RandomReference
from partners.scoping import OrganizationQuerySet, ScopedManager
from warranty.enums import Leg


class ShipmentQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        """A shipment is seen by its two ends."""
        return self.filter(Q(shipped_by=organization) | Q(consignee=organization))

    def of_huawei(self) -> Self:
        return self.filter(leg=Leg.HUAWEI)

    def with_unit_counts(self) -> Self:
        """Add `units_shipped`, and both ends, for lists.

        Huawei's shipment is counted by its units, a distributor's by its lines.
        """
        return self.select_related("shipped_by", "consignee").annotate(
            units_shipped=Case(
                When(leg=Leg.HUAWEI, then=_count_of("Unit", "huawei_shipment")),
                default=_count_of("ShipmentLine", "shipment"),
            )
        )

    def with_starts_due(self, *, as_of: date, latest_start_days: int) -> Self:
        """Keep Huawei's shipments of which a unit may be due on or before `as_of`."""
        last = date.fromordinal(as_of.toordinal() - latest_start_days)
        return self.of_huawei().filter(pending=True, shipped_on__lte=last)


def _count_of(model: str, column: str) -> Any:
    """Return the number of rows of a model that stand by the shipment."""
    rows: Any = apps.get_model("warranty", model)
    found = rows.unscoped.filter(**{column: OuterRef("pk")}).order_by().values(column)
    return Coalesce(Subquery(found.annotate(n=Count("pk")).values("n")), 0)


class Shipment(models.Model):
    """A dispatch by Huawei (leg `huawei`) or by a distributor (leg `distributor`).

    `number` is unique per shipper only; `reference` is its name in addresses.
    `shipped_on` is the calendar date on the papers: day 0. `pending` says that
    a unit of it may still be without a warranty; the night job looks nowhere else.
    """

    units_shipped: int  # added by with_unit_counts()

    reference = models.UUIDField(unique=True, editable=False, db_default=RandomReference())
    number = models.CharField(max_length=40)
    leg = models.CharField(max_length=11, choices=Leg)
    shipped_on = models.DateField()
    shipped_by = models.ForeignKey(Organization, models.PROTECT, related_name="dispatches")
    consignee = models.ForeignKey(Organization, models.PROTECT, related_name="receipts")
    pending = models.BooleanField(default=True)

    unscoped = ShipmentQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipped_by", "number"], name="warranty_shipment_number_once"
            ),
            models.CheckConstraint(
                condition=Q(leg__in=Leg.values), name="warranty_shipment_known_leg"
            ),
        ]
        indexes = [
            models.Index(
                fields=["shipped_on", "id"],
                condition=Q(pending=True, leg="huawei"),
                name="warranty_shipment_pending",
            ),
            models.Index(fields=["shipped_on", "id"], name="warranty_shipment_day"),
            models.Index(fields=["number", "id"], name="warranty_shipment_number"),
        ]

    def __str__(self) -> str:
        return self.number
