"""What partners say is wrong, and the serial numbers that units had before."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from documents.models import Document
from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager
from warranty.enums import DisputeStatus, DisputeSubject
from warranty.models.reports import InstallationReport
from warranty.models.sights import seen_by
from warranty.models.units import Unit


class DisputeQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(organization=organization)

    def open(self) -> Self:
        return self.filter(status=DisputeStatus.OPEN)

    def newest_first(self) -> Self:
        return self.order_by("-opened_at", "-pk")


class Dispute(models.Model):
    """One fact about one unit that an organization says is wrong, with its document.

    `on_file` is what the record said when the dispute was opened, `claimed` what it should
    say: a day as ISO text, `yes` or `no`, a serial or part number. An empty claim about a
    report says that it does not count. `answer` is what staff wrote to the partner.
    """

    reference = models.CharField(max_length=16, unique=True)
    organization = models.ForeignKey(Organization, models.PROTECT)
    unit = models.ForeignKey(Unit, models.PROTECT)
    subject = models.CharField(max_length=20, choices=DisputeSubject)
    report = models.ForeignKey(InstallationReport, models.PROTECT, null=True, blank=True)
    on_file = models.CharField(max_length=40)
    claimed = models.CharField(max_length=40, blank=True)
    explanation = models.CharField(max_length=1000)
    document = models.ForeignKey(Document, models.PROTECT)
    status = models.CharField(
        max_length=9, choices=DisputeStatus, default=DisputeStatus.OPEN, db_index=True
    )
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=254)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=254, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    unscoped = DisputeQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        indexes = [models.Index(fields=["opened_at", "id"], name="warranty_dispute_opened")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "organization", "subject"],
                condition=Q(status=DisputeStatus.OPEN),
                name="warranty_dispute_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status__in=DisputeStatus.values, subject__in=DisputeSubject.values),
                name="warranty_dispute_known_words",
            ),
            models.CheckConstraint(
                condition=Q(status=DisputeStatus.OPEN, decided_at=None, decided_by="")
                | (~Q(status=DisputeStatus.OPEN) & Q(decided_at__isnull=False)),
                name="warranty_dispute_decided_has_instant",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def claimed_day(self) -> date | None:
        """Return the day that the partner names, where the fact is a day."""
        is_day = self.claimed and DisputeSubject(self.subject).is_day
        return date.fromisoformat(self.claimed) if is_day else None


class FormerSerialQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        """A former serial number is seen by whoever sees the unit."""
        return self.filter(unit__in=seen_by(organization))


class FormerSerial(models.Model):
    """A serial number that a unit had until staff corrected it, so that it is still found."""

    unit = models.ForeignKey(Unit, models.PROTECT)
    serial = models.CharField(max_length=32, db_index=True)
    until = models.DateTimeField()

    unscoped = FormerSerialQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "serial"], name="warranty_formerserial_once"),
        ]

    def __str__(self) -> str:
        return self.serial
