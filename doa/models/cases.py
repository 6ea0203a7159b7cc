"""Cases: who applied, where the case stands, and the clocks that run on it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from doa.enums import CaseStatus, ClosingCode, Intake
from partners.models import Organization, User
from partners.scoping import OrganizationQuerySet, ScopedManager
from support.models import ServiceLevel

NUMBERED = "DOA"
"""How the reference of a case begins."""


class CaseCounter(models.Model):
    """The last number given out for a kind of reference in a year, locked while one is taken."""

    prefix = models.CharField(max_length=3)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prefix", "year"], name="doa_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}-{self.last:05}"


class CaseQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        """A case is seen by the organization that applies."""
        return self.filter(organization=organization)

    def open(self) -> Self:
        """Keep what is handed in and not at its end."""
        return self.filter(status__in=[status for status in CaseStatus if status.is_open])

    def drafts(self) -> Self:
        return self.filter(status=CaseStatus.DRAFT)

    def waiting_for_applicant(self) -> Self:
        """Keep what goes on only when the applicant acts: draft, call, answer."""
        return self.filter(
            status__in=[CaseStatus.DRAFT, CaseStatus.SUBMITTED, CaseStatus.INFO_NEEDED]
        )

    def unassigned(self) -> Self:
        return self.filter(assignee=None, status__in=[CaseStatus.REGISTERED, CaseStatus.IN_REVIEW])

    def for_list(self) -> Self:
        """Join what a row of a list shows, newest first."""
        return self.select_related("organization", "assignee").order_by("-created_at", "-pk")


class Case(models.Model):
    """An application for a unit that arrived dead, from draft to closing.

    `sr_number` is what the TAC gave when it registered the call. `response_due_at` and
    `resolution_due_at` repeat what the clocks reckon, pauses included, for queues;
    `paused_at` is set while the case waits for the applicant.
    """

    reference = models.CharField(max_length=16, unique=True)
    organization = models.ForeignKey(Organization, models.PROTECT)
    status = models.CharField(max_length=12, choices=CaseStatus, default=CaseStatus.DRAFT)
    title = models.CharField(max_length=120, blank=True)
    intake = models.CharField(max_length=8, choices=Intake, default=Intake.PORTAL)
    applicant = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="applied_cases"
    )
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    site = models.CharField(max_length=120, blank=True)
    ship_to = models.TextField(max_length=400, blank=True)
    ship_to_country = models.CharField(max_length=2, blank=True)
    level = models.ForeignKey(ServiceLevel, models.PROTECT, null=True, blank=True)

    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=254)
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    sr_number = models.CharField(max_length=32, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField(null=True, blank=True)
    assignee = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="assigned_cases"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_code = models.CharField(max_length=20, choices=ClosingCode, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)

    response_due_at = models.DateTimeField(null=True, blank=True)
    resolution_due_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)

    unscoped = CaseQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sr_number"], condition=~Q(sr_number=""), name="doa_case_sr_number_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=CaseStatus.values, intake__in=Intake.values),
                name="doa_case_known_words",
            ),
            models.CheckConstraint(
                condition=Q(sr_number="", registered_at=None)
                | (~Q(sr_number="") & Q(registered_at__isnull=False)),
                name="doa_case_registered_with_number",
            ),
            models.CheckConstraint(
                condition=~Q(status=CaseStatus.CLOSED)
                | (Q(closed_at__isnull=False) & ~Q(closing_code="")),
                name="doa_case_closed_with_code",
            ),
            models.CheckConstraint(
                condition=~Q(status=CaseStatus.CANCELLED)
                | (Q(cancelled_at__isnull=False) & ~Q(cancel_reason="")),
                name="doa_case_cancelled_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status=CaseStatus.INFO_NEEDED) | Q(paused_at__isnull=False),
                name="doa_case_waits_with_clock_paused",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at"], name="doa_case_list"),
            models.Index(fields=["status", "created_at"], name="doa_case_queue"),
            models.Index(fields=["assignee", "status"], name="doa_case_mine"),
            models.Index(fields=["created_at", "id"], name="doa_case_created"),
            models.Index(
                fields=["organization", "status"],
                condition=~Q(status__in=(CaseStatus.CLOSED, CaseStatus.CANCELLED)),
                name="doa_case_going_on",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def subject(self) -> str:
        """Return the one subject of every mail about this case."""
        return f"[{self.reference}] {self.title}"

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    @property
    def is_open(self) -> bool:
        return CaseStatus(self.status).is_open

    def is_late(self, at: datetime) -> bool:
        """Tell whether a clock that still runs has passed its target."""
        if self.is_paused or not self.is_open:
            return False
        return any(
            due is not None and met is None and due < at
            for due, met in (
                (self.response_due_at, self.taken_at),
                (self.resolution_due_at, self.resolved_at),
            )
        )


class CasePause(models.Model):
    """A time during which a case waited for its applicant, so that its clocks stood still."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="pauses")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="doa_pause_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="doa_pause_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"Pause of {self.case_id} from {self.began_at:%Y-%m-%d %H:%M}"
