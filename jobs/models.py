"""Work that takes a while: what was asked, how far it is, what came of it."""

from typing import Self

from django.db import models

from jobs.enums import JobKind, JobStatus
from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager


class JobQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(organization=organization)


class Job(models.Model):
    """One run of an import, a check or the night: its file, counts and refusals.

    `counts` holds whole numbers by word (`created`, `changed`, `started` …),
    `problems` the first hundred refusals as {line, field, message}.
    """

    kind = models.CharField(max_length=24, choices=JobKind)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True)
    actor_label = models.CharField(max_length=254)
    file_name = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=8, choices=JobStatus, default=JobStatus.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)

    unscoped = JobQuerySet.as_manager()
    objects = ScopedManager()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.file_name}".strip()


class Heartbeat(models.Model):
    """When a part of the house was last seen alive: `beat` or `worker`."""

    part = models.CharField(max_length=20, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.part
