"""Work that takes a while: what was asked, how far it is, what came of it."""

from typing import Self
from urllib.parse import parse_qsl

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from audit.trail import Actor
from documents.models import Document
from jobs.enums import AT_WORK, FOR_WORKERS, JobKind, JobStatus
from partners.models import Organization, User
from partners.references import RandomReference
from partners.scoping import OrganizationQuerySet, ScopedManager


class JobQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(organization=organization)

    def uploads(self) -> Self:
        """Keep what people handed in on a page."""
        return self.filter(document__isnull=False)

    def for_workers(self) -> Self:
        """Keep what a worker has to act on, or acts on."""
        return self.filter(status__in=FOR_WORKERS)


class Job(models.Model):
    """One run of an import, a check or the night: its file, counts and refusals.

    `counts` holds whole numbers by word (`created`, `changed`, `started` …),
    `problems` the first hundred refusals as {line, field, message}. An upload rests on
    a document and is previewed before it is saved; `preview` says what saving would do.
    Work without a file keeps in `order` what was asked; `preview` says what came of it.
    Work that answers with a file rests on a second document, its `result`.
    Whoever works on a job renews `claimed_until`; behind it the job is taken for abandoned.
    """

    reference = models.UUIDField(unique=True, editable=False, db_default=RandomReference())
    kind = models.CharField(max_length=24, choices=JobKind)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    actor_label = models.CharField(max_length=254)
    file_name = models.CharField(max_length=200, blank=True)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="jobs"
    )
    bad_rows = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="jobs_refused"
    )
    result = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="jobs_answered"
    )
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.RUNNING)
    leaves_out_lines = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    preview = models.JSONField(default=dict)
    order = models.JSONField(default=dict)

    unscoped = JobQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=JobStatus.values), name="jobs_job_known_status"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(status__in=sorted(FOR_WORKERS | AT_WORK)),
                name="jobs_job_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.file_name}".strip()

    @property
    def tone(self) -> str:
        return JobStatus(self.status).tone

    @property
    def actor(self) -> Actor:
        """Return in whose name a worker goes on with an upload."""
        return Actor("person", self.asked_by_id, self.actor_label, self.organization_id)


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def of(self, user: User, organization: Organization) -> Self:
        """Keep what a person named in the name of an organization: nobody else sees it."""
        return self.filter(user=user, organization=organization)


class SavedView(models.Model):
    """A question to a list that a person named, as the filters of its address.

    What the filters mean is read anew with each look: a list may lose one.
    """

    LONGEST = 2000

    user = models.ForeignKey(User, models.CASCADE)
    organization = models.ForeignKey(Organization, models.CASCADE)
    list = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=LONGEST)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "user", "organization", "list", Lower("name"), name="jobs_savedview_name_once"
            ),
        ]

    def __str__(self) -> str:
        return f"A view of {self.list}"

    @property
    def given(self) -> dict[str, str]:
        return dict(parse_qsl(self.query))


class Heartbeat(models.Model):
    """When a part of the house was last seen alive: `beat` or `worker`."""

    part = models.CharField(max_length=20, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.part
