"""Units, and the chain behind them."""

from collections.abc import Collection
from datetime import date
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject

from catalog.models import PartNumber, Product
from partners.enums import OrganizationKind
from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager
from warranty.enums import ReportStatus
from warranty.models.shipments import Shipment
from warranty.models.sights import seen_by
from warranty.models.versions import PolicyVersion


class UnitQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        """A unit is seen by whoever received it from Huawei, ships it on, or holds it."""
        return self.filter(pk__in=seen_by(organization))

    def listed(self, organization: Organization) -> Self:
        """Keep what `organization` may see, and add `listed_serial`, which it sorts by.

        It is the serial number, taken from where an index holds these units in its order.
        """
        if organization.is_huawei:
            return self.annotate(listed_serial=F("serial"))
        own = FilteredRelation("sights", condition=Q(sights__organization=organization))
        seen = self.annotate(sight=own).filter(sight__organization=organization)
        return seen.annotate(listed_serial=F("sight__serial"))

    def with_serial(self, serial: str) -> Self:
        """Keep the units of one normalised serial number, by part number."""
        return self.filter(serial=serial).order_by("part_number__number", "pk")

    def sold_on(self) -> Self:
        """Keep what has left distribution: its latest consignee is outside of it."""
        return self.exclude(
            consignee__kind__in=[OrganizationKind.HUAWEI, OrganizationKind.DISTRIBUTOR]
        )

    def for_answer(self) -> Self:
        """Join what the answer about a unit needs, so that it costs one query."""
        return self.select_related(
            "part_number__product",
            *Unit.CHAIN,
            "consignee",
            "warranty__policy_version",
            "warranty__report",
            "warranty__inherited_from",
            "replacement__new",
            "origin__old",
        )

    def for_facts(self) -> Self:
        """Select what the facts of the API need, and nothing else.

        Adds `signed_on` as with_first_signature() does, and `terms_in_force` with the
        numbers of the policy version in force at Huawei's shipment.
        """
        return (
            self.select_related(
                "part_number__product",
                "huawei_shipment__shipped_by",
                "huawei_shipment__consignee",
                "warranty__policy_version",
                "warranty__inherited_from",
                "replacement__new",
                "origin__old",
            )
            .only(*Unit.FACTS)
            .annotate(signed_on=_first_signature(), terms_in_force=_terms_in_force())
        )

    def for_rows(self) -> Self:
        """Select what a row of a list says of a unit and its warranty, and nothing else.

        Adds `signed_on` as with_first_signature() does, and `terms_applying` with the numbers
        of the policy version of the warranty, or else of that in force at Huawei's shipment.
        """
        kept = PolicyVersion.objects.filter(pk=OuterRef("warranty__policy_version"))
        return (
            self.select_related("part_number__product", "huawei_shipment", "warranty")
            .only(*Unit.ROWS)
            .annotate(
                signed_on=_first_signature(),
                terms_applying=Coalesce(_terms(kept), _terms_in_force()),
            )
        )

    def with_first_signature(self, *, besides: Collection[int] = ()) -> Self:
        """Add `signed_on` and `signed_report_id` of the earliest accepted signature.

        A signature before Huawei's shipment does not count (policy section 2), nor
        do those of the reports with the keys `besides`.
        """
        accepted = _accepted().exclude(report__in=besides) if besides else _accepted()
        return self.annotate(
            signed_on=Subquery(accepted.values("report__signed_on")[:1]),
            signed_report_id=Subquery(accepted.values("report_id")[:1]),
        )


def _first_signature() -> Subquery:
    return Subquery(_accepted().values("report__signed_on")[:1])


def _terms_in_force() -> Subquery:
    in_force = PolicyVersion.objects.filter(
        effective_from__lte=OuterRef("huawei_shipment__shipped_on")
    ).order_by("-effective_from")
    return _terms(in_force)


def _terms(versions: Any) -> Subquery:
    return Subquery(versions.values(terms=JSONObject(**PolicyVersion.TERMS))[:1])


def _accepted() -> Any:
    """Return the accepted signatures of a unit, the earliest first."""
    since = OuterRef("huawei_shipment__shipped_on")
    return accepted_signatures(since=since).filter(unit=OuterRef("pk"))


def accepted_signatures(*, since: Any) -> Any:
    """Return the accepted signatures of units, the earliest first.

    `since` is the day of Huawei's shipment as the query names it: a signature before it
    does not count (policy section 2).
    """
    lines: Any = apps.get_model("warranty", "ReportLine")
    return lines.unscoped.filter(
        report__status=ReportStatus.ACCEPTED, report__signed_on__gte=since
    ).order_by("report__signed_on", "report_id")


class Unit(models.Model):
    """A piece of equipment. Its serial number is kept normalised.

    `consignee` repeats the consignee of the latest shipment, for lists and
    scoping; the workflow that records a shipment keeps it in step.
    """

    signed_on: date | None  # these two are added by with_first_signature()
    signed_report_id: int | None
    terms_in_force: dict[str, Any] | None  # added by for_facts()
    terms_applying: dict[str, Any]  # added by for_rows()

    serial = models.CharField(max_length=32)
    part_number = models.ForeignKey(PartNumber, models.PROTECT)
    huawei_shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="units")
    distributor_shipment = models.ForeignKey(
        Shipment,
        models.PROTECT,
        null=True,
        related_name="onward_units",
        db_index=False,
        db_constraint=False,
    )
    consignee = models.ForeignKey(Organization, models.PROTECT, db_constraint=False)
    installation_service = models.BooleanField()
    end_customer = models.CharField(max_length=120, blank=True)
    site_country = models.CharField(max_length=2, blank=True)
    purchase_order = models.CharField(max_length=40, blank=True)

    CHAIN = (
        "huawei_shipment__shipped_by",
        "huawei_shipment__consignee",
        "distributor_shipment__shipped_by",
        "distributor_shipment__consignee",
    )
    """The joins that tell who shipped this unit to whom."""

    COVER = (
        "serial",
        "installation_service",
        "part_number__number",
        "part_number__product",
        "part_number__product__model",
        "part_number__product__warranty_months",
        "huawei_shipment__shipped_on",
        "warranty__months",
        "warranty__starts_on",
        "warranty__ends_on",
        "warranty__rule",
        "warranty__inherited_from",
        "warranty__voided_at",
        "warranty__void_reason",
    )
    ROWS = (*COVER, "end_customer", "purchase_order", "part_number__product__product_line")
    FACTS = (
        *COVER,
        *(f"warranty__policy_version__{name}" for name in PolicyVersion.TERMS.values()),
        "warranty__inherited_from__serial",
        "distributor_shipment",
        "huawei_shipment__leg",
        "huawei_shipment__number",
        "huawei_shipment__shipped_by__code",
        "huawei_shipment__shipped_by__name",
        "huawei_shipment__shipped_by__kind",
        "huawei_shipment__consignee__code",
        "huawei_shipment__consignee__name",
        "huawei_shipment__consignee__kind",
        "replacement__kind",
        "replacement__replaced_on",
        "replacement__new__serial",
        "origin__kind",
        "origin__replaced_on",
        "origin__old__serial",
    )
    """The columns that the facts of the API are made of."""

    unscoped = UnitQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["serial", "part_number"], name="warranty_unit_serial_once"
            ),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def product(self) -> Product:
        return self.part_number.product

    @property
    def latest_shipment(self) -> Shipment:
        """Return the distributor's shipment where there is one, else Huawei's."""
        return self.distributor_shipment or self.huawei_shipment

    @property
    def partner(self) -> Organization:
        """Return who is told about this unit.

        The consignee of the latest shipment; where that is an end customer, who
        has no account here, the organization that shipped it.
        """
        latest = self.latest_shipment
        if latest.consignee.kind == OrganizationKind.END_CUSTOMER:
            return latest.shipped_by
        return latest.consignee


class ShipmentLineQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(
            Q(shipment__shipped_by=organization) | Q(shipment__consignee=organization)
        )


class ShipmentLine(models.Model):
    """A unit in a distributor's shipment: the chain behind its first leg."""

    unit = models.ForeignKey(Unit, models.PROTECT)
    shipment = models.ForeignKey(Shipment, models.PROTECT)

    unscoped = ShipmentLineQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "shipment"], name="warranty_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} in {self.shipment}"
