"""What is covered, from when: shipments, units, reports, warranties, policy versions."""

from datetime import date
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from catalog.models import PartNumber, Product
from partners.enums import OrganizationKind
from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager
from warranty.enums import Leg, ReportStatus, WarrantyRule
from warranty.policy import Terms


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def in_force(self, on: date) -> "PolicyVersion":
        """Return the version in force on `on`.

        Raises: PolicyVersion.DoesNotExist before the first one.
        """
        version = self.filter(effective_from__lte=on).order_by("-effective_from").first()
        if version is None:
            raise self.model.DoesNotExist(f"No policy version is in force on {on}.")
        return version


class PolicyVersion(models.Model):
    """The numbers of the service policies, from one day on (policy section 8).

    Lengths are whole days, hours and months as the names say. The version in
    force on the day of Huawei's shipment applies to a unit for good.
    """

    label = models.CharField(max_length=40, unique=True)
    effective_from = models.DateField(unique=True)
    latest_start_days = models.PositiveSmallIntegerField(default=90)
    support_window_days = models.PositiveSmallIntegerField(default=90)
    doa_hours = models.PositiveSmallIntegerField(default=48)
    default_warranty_months = models.PositiveSmallIntegerField(
        default=12, validators=[MinValueValidator(1), MaxValueValidator(600)]
    )
    return_business_days = models.PositiveSmallIntegerField(default=15)
    tac_number = models.CharField(max_length=20, default="1-877-9HUAWEI")
    sample_values = models.CharField(
        max_length=200, blank=True, help_text="Which values are samples, not the vendor's."
    )

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(default_warranty_months__gte=1, default_warranty_months__lte=600),
                name="warranty_policyversion_term_1_to_600",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def terms(self) -> Terms:
        """Return the numbers as the policy functions take them."""
        return Terms(
            version=self.label,
            cap_days=self.latest_start_days,
            support_window_days=self.support_window_days,
            doa_hours=self.doa_hours,
            default_warranty_months=self.default_warranty_months,
            tac_number=self.tac_number,
        )


class ShipmentQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        """A shipment is seen by its two ends."""
        return self.filter(Q(shipped_by=organization) | Q(consignee=organization))

    def of_huawei(self) -> Self:
        return self.filter(leg=Leg.HUAWEI)

    def with_starts_due(self, *, as_of: date, latest_start_days: int) -> Self:
        """Keep Huawei's shipments of which a unit may be due on or before `as_of`."""
        last = date.fromordinal(as_of.toordinal() - latest_start_days)
        return self.of_huawei().filter(pending=True, shipped_on__lte=last)


class Shipment(models.Model):
    """A dispatch by Huawei (leg `huawei`) or by a distributor (leg `distributor`).

    `shipped_on` is the calendar date on the papers: day 0. `pending` says that
    a unit of it may still be without a warranty; the night job looks nowhere else.
    """

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
        ]

    def __str__(self) -> str:
        return self.number


class UnitQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        """A unit is seen by whoever received it from Huawei, ships it on, or holds it."""
        passed_on = ShipmentLine.unscoped.filter(shipment__shipped_by=organization)
        return self.filter(
            Q(huawei_shipment__consignee=organization)
            | Q(consignee=organization)
            | Q(pk__in=passed_on.values("unit_id"))
        )

    def with_serial(self, serial: str) -> Self:
        """Keep the units of one normalised serial number, by part number."""
        return self.filter(serial=serial).order_by("part_number__number", "pk")

    def for_answer(self) -> Self:
        """Join what the answer about a unit needs, so that it costs one query."""
        return self.select_related(
            "part_number__product",
            *Unit.CHAIN,
            "consignee",
            "warranty__policy_version",
            "warranty__report",
        )

    def with_first_signature(self) -> Self:
        """Add `signed_on` and `signed_report_id` of the earliest accepted signature.

        A signature before Huawei's shipment does not count (policy section 2).
        """
        accepted = ReportLine.unscoped.filter(
            unit=OuterRef("pk"),
            report__status=ReportStatus.ACCEPTED,
            report__signed_on__gte=OuterRef("huawei_shipment__shipped_on"),
        ).order_by("report__signed_on", "report_id")
        return self.annotate(
            signed_on=Subquery(accepted.values("report__signed_on")[:1]),
            signed_report_id=Subquery(accepted.values("report_id")[:1]),
        )


class Unit(models.Model):
    """A piece of equipment. Its serial number is kept normalised.

    `consignee` repeats the consignee of the latest shipment, for lists and
    scoping; the workflow that records a shipment keeps it in step.
    """

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


class InstallationReportQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(organization=organization)


class InstallationReport(models.Model):
    """A signed paper that says which units were installed, and when it was signed."""

    number = models.CharField(max_length=40)
    organization = models.ForeignKey(Organization, models.PROTECT)
    signed_on = models.DateField()
    signed_by = models.CharField(max_length=120)
    file_name = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=9, choices=ReportStatus, default=ReportStatus.SUBMITTED)
    submitted_at = models.DateTimeField()
    units = models.ManyToManyField(Unit, through="ReportLine")

    unscoped = InstallationReportQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"], name="warranty_report_number_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ReportLine(models.Model):
    """One serial number on an installation report."""

    report = models.ForeignKey(InstallationReport, models.CASCADE)
    unit = models.ForeignKey(Unit, models.PROTECT)

    unscoped = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "unit"], name="warranty_reportline_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} on {self.report}"


class WarrantyQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        units = Unit.unscoped.visible_to(organization)
        return self.filter(unit__in=units.values("pk"))


class Warranty(models.Model):
    """A warranty that has started. A unit without one is waiting for its start.

    `starts_on` and `ends_on` are both covered days, dated by the rule;
    `started_at` is when it was recorded. The primary key is the unit's: that,
    and nothing in code, is why a warranty starts once.
    """

    unit = models.OneToOneField(Unit, models.PROTECT, primary_key=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    rule = models.CharField(max_length=2, choices=WarrantyRule)
    months = models.PositiveSmallIntegerField()
    policy_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, db_constraint=False, db_index=False
    )
    report = models.ForeignKey(
        InstallationReport, models.PROTECT, null=True, blank=True, db_index=False
    )
    started_at = models.DateTimeField()
    notice_on = models.DateField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    unscoped = WarrantyQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="warranty_warranty_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(rule__in=WarrantyRule.values), name="warranty_warranty_known_rule"
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="warranty_warranty_void_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Warranty of {self.unit_id}"


class StartNight(models.Model):
    """The day's list of warranties started: open while it is written, then told.

    Starts recorded after `closed_at` go on the next day's list, so that each
    stands on exactly one notice and each partner gets one a day.
    """

    day = models.DateField(primary_key=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Night of {self.day}"
