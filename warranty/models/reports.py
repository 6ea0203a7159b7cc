"""Installation reports: the signed papers, the units they name, what became of them."""

import secrets
from collections.abc import Collection
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from documents.models import Document
from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager
from warranty.enums import ReportStatus
from warranty.models.units import Unit

STANDING = (ReportStatus.SUBMITTED, ReportStatus.ACCEPTED)
"""The states in which a report counts, or may still come to count."""


def new_reference() -> str:
    """Return a word for addresses that nobody can guess."""
    return secrets.token_hex(8)


class InstallationReportQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(organization=organization)

    def standing(self) -> Self:
        return self.filter(status__in=STANDING)

    def newest_first(self) -> Self:
        return self.order_by("-submitted_at", "-pk")

    def same_as(self, unit_ids: Collection[int], *, signed_on: date) -> "InstallationReport | None":
        """Return the standing report that says just this: these units, signed that day."""
        wanted = set(unit_ids)
        alike = self.standing().filter(signed_on=signed_on, reportline__unit__in=list(wanted)[:1])
        for report in alike.order_by("pk"):
            if set(report.reportline_set.values_list("unit_id", flat=True)) == wanted:
                return report
        return None


class InstallationReport(models.Model):
    """A signed paper that says which units were installed, and when it was signed.

    `document` is the paper itself; where there is none, `file_name` notes what it is
    called. `decided_at`, `decided_by` and `reason` tell of the latest decision: by staff,
    or the withdrawal. A document rests in one standing report at most, so that a form
    sent twice makes one report.
    """

    number = models.CharField(max_length=40)
    reference = models.CharField(max_length=32, unique=True, default=new_reference)
    organization = models.ForeignKey(Organization, models.PROTECT)
    signed_on = models.DateField()
    signed_by = models.CharField(max_length=120)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=9, choices=ReportStatus, default=ReportStatus.SUBMITTED)
    submitted_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=254, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=254, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    units = models.ManyToManyField(Unit, through="ReportLine")

    unscoped = InstallationReportQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"], name="warranty_report_number_once"
            ),
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(status__in=STANDING),
                name="warranty_report_document_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "submitted_at"], name="warranty_report_newest"),
            models.Index(fields=["submitted_at", "id"], name="warranty_report_submitted"),
            models.Index(fields=["signed_on", "id"], name="warranty_report_signed"),
            models.Index(fields=["number", "id"], name="warranty_report_number"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_standing(self) -> bool:
        return self.status in STANDING


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
