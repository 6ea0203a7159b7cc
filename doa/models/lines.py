"""Lines: the units of a case, each with its failure, its decision and its two tracks."""

from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from doa.enums import DoaRule, FailureKind, Finding, Remedy, ReplacementTrack, ReturnTrack, Symptom
from doa.models.cases import Case
from doa.policy import Failure
from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager
from warranty.enums import ReplacementKind
from warranty.models import Unit

RETURNED = (ReturnTrack.INSPECTED, ReturnTrack.WAIVED)
"""The ends of the way back."""


class CaseLineQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(case__organization=organization)

    def for_page(self) -> Self:
        """Join what the page of a case shows of its lines, in the order they were named."""
        return self.select_related(
            "unit__part_number__product",
            "unit__huawei_shipment",
            "unit__distributor_shipment",
            "unit__warranty",
            "unit__origin",
            "replacement__part_number__product",
            "decided_by",
        ).order_by("pk")

    def open_for(self, unit: Unit) -> Self:
        """Keep the line, at most one, that keeps a unit from another case."""
        return self.filter(unit=unit, is_open=True)

    def to_ship(self) -> Self:
        """Keep what is granted and has not left yet."""
        return self.filter(
            is_open=True,
            replacement_track__in=[ReplacementTrack.NONE, ReplacementTrack.ORDERED],
        ).exclude(remedy__in=["", Remedy.NONE])

    def not_matched(self) -> Self:
        """Keep what came back under another serial number than the faulty one."""
        return self.filter(return_track=ReturnTrack.RECEIVED, is_mismatch=True)

    def overdue(self, on: date) -> Self:
        """Keep what should have been on its way back before `on`."""
        return self.filter(return_track=ReturnTrack.AWAITED, return_due_on__lt=on)


class CaseLine(models.Model):
    """One unit of a case: how it failed, what was decided, what goes out and comes back.

    Of a moment only the day may be known: then the column in `_on` is set, and that in
    `_at` is empty. `time_zone` is that in which the applicant gave the times. `remedy` is
    empty until decided; the remedy "none" is a refusal. `is_open` keeps the unit from a
    second case: from submission until the line, or the case, is at its end.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="lines")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="case_lines")
    is_open = models.BooleanField(default=False)

    symptom = models.CharField(max_length=12, choices=Symptom, blank=True)
    description = models.TextField(max_length=2000, blank=True)
    failure_kind = models.CharField(max_length=10, choices=FailureKind, blank=True)
    powered_on_at = models.DateTimeField(null=True, blank=True)
    powered_on_on = models.DateField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failed_on = models.DateField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    is_new = models.BooleanField(null=True, blank=True)
    delivery_project = models.BooleanField(null=True, blank=True)
    pac_issued_on = models.DateField(null=True, blank=True)

    remedy = models.CharField(max_length=20, choices=Remedy, blank=True)
    rule = models.CharField(max_length=2, choices=DoaRule, blank=True)
    decision_text = models.CharField(max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "partners.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    replacement_track = models.CharField(
        max_length=9, choices=ReplacementTrack, default=ReplacementTrack.NONE
    )
    ordered_part_number = models.CharField(max_length=40, blank=True)
    replacement = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="replaces_in_lines"
    )
    ordered_at = models.DateTimeField(null=True, blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    tracking = models.CharField(max_length=60, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    delivery_signer = models.CharField(max_length=120, blank=True)

    return_track = models.CharField(max_length=10, choices=ReturnTrack, default=ReturnTrack.NOT_DUE)
    return_due_on = models.DateField(null=True, blank=True)
    return_carrier = models.CharField(max_length=60, blank=True)
    return_tracking = models.CharField(max_length=60, blank=True)
    data_removed = models.BooleanField(null=True, blank=True)
    sent_back_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    received_serial = models.CharField(max_length=32, blank=True)
    is_mismatch = models.BooleanField(default=False)
    condition = models.CharField(max_length=300, blank=True)
    finding = models.CharField(max_length=16, choices=Finding, blank=True)
    inspected_at = models.DateTimeField(null=True, blank=True)
    waive_reason = models.CharField(max_length=300, blank=True)
    billing = models.CharField(max_length=300, blank=True)

    unscoped = CaseLineQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "unit"], name="doa_line_unit_once"),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(is_open=True), name="doa_line_one_open_case"
            ),
            models.UniqueConstraint(
                fields=["replacement"],
                condition=Q(replacement__isnull=False),
                name="doa_line_replacement_once",
            ),
            models.CheckConstraint(
                condition=Q(remedy="", decided_at=None)
                | (~Q(remedy="") & Q(decided_at__isnull=False)),
                name="doa_line_decided_has_instant",
            ),
            models.CheckConstraint(
                condition=Q(powered_on_at=None) | Q(powered_on_on=None),
                name="doa_line_power_on_said_once",
            ),
            models.CheckConstraint(
                condition=Q(failed_at=None) | Q(failed_on=None),
                name="doa_line_failure_said_once",
            ),
            models.CheckConstraint(
                condition=~Q(return_track=ReturnTrack.WAIVED) | ~Q(waive_reason=""),
                name="doa_line_waived_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(return_track=ReturnTrack.INSPECTED) | ~Q(finding=""),
                name="doa_line_inspected_with_finding",
            ),
            models.CheckConstraint(
                condition=~Q(replacement_track=ReplacementTrack.DELIVERED)
                | Q(delivered_on__isnull=False),
                name="doa_line_delivered_with_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["return_due_on"],
                condition=Q(return_track=ReturnTrack.AWAITED),
                name="doa_line_return_due",
            ),
            models.Index(
                fields=["case"], condition=Q(is_mismatch=True), name="doa_line_mismatched"
            ),
            models.Index(
                fields=["replacement_track", "case"],
                condition=Q(is_open=True),
                name="doa_line_to_ship",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} in {self.case}"

    @property
    def powered_on(self) -> datetime | date | None:
        return self._in_zone(self.powered_on_at) or self.powered_on_on

    @property
    def failed(self) -> datetime | date | None:
        return self._in_zone(self.failed_at) or self.failed_on

    def _in_zone(self, at: datetime | None) -> datetime | None:
        """Return an instant on the clock of the applicant, whose day is the day of record."""
        return at and (at.astimezone(ZoneInfo(self.time_zone)) if self.time_zone else at)

    @property
    def failure(self) -> Failure:
        """Return what the rules of policy section 4 ask, as far as it has been answered."""
        return Failure(
            shipped_on=self.unit.huawei_shipment.shipped_on,
            failed_at=self.failed,
            powered_on_at=self.powered_on,
            first_boot=self.failure_kind == FailureKind.FIRST_BOOT,
            delivery_project=bool(self.delivery_project),
            pac_issued_on=self.pac_issued_on,
            is_new=self.is_new is not False,
            is_spare_part=self.is_spare_part,
        )

    @property
    def is_spare_part(self) -> bool:
        """Tell whether the unit came as a spare itself, in exchange or under support.

        Reading: a DOA replacement is new equipment with a clock of its own; any other
        replacement is a spare part.
        """
        origin = getattr(self.unit, "origin", None)
        return origin is not None and ReplacementKind(origin.kind).inherits_term

    @property
    def is_refused(self) -> bool:
        return self.remedy == Remedy.NONE

    @property
    def is_granted(self) -> bool:
        return self.remedy not in ("", Remedy.NONE)

    @property
    def is_at_end(self) -> bool:
        """Tell whether nothing is left to do: refused, or both tracks at their end."""
        return self.is_refused or (
            self.replacement_track == ReplacementTrack.DELIVERED and self.return_track in RETURNED
        )
