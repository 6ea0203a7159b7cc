"""A large contract on its way: how far the worker is, and what became of it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from jobs import progress
from jobs.enums import FOR_WORKERS, JobKind, JobStatus
from jobs.models import Job
from partners import clock
from partners.enums import Permission
from partners.pages import OrganizationPage
from support.models import SupportContract

REFRESH = 3
"""Seconds after which a page of work in progress asks again."""
RECENT = timedelta(days=7)
"""For how long the list of contracts names one that could not be registered."""
LISTED = 10


def registrations_of(page: OrganizationPage) -> Any:
    """Return what the page's own organization has asked workers to register."""
    asked = Job.objects.for_organization(page.organization)
    return asked.filter(organization=page.organization, kind=JobKind.REGISTER_CONTRACT)


def under_way(page: OrganizationPage, *, at: datetime) -> list[Job]:
    """Return what is being registered, and what was refused lately, the newest first."""
    found = registrations_of(page).filter(
        status__in=[*FOR_WORKERS, JobStatus.REFUSED, JobStatus.FAILED], asked_at__gt=at - RECENT
    )
    return list(found.defer("order", "problems", "preview").order_by("-pk")[:LISTED])


class RegistrationJob(OrganizationPage):
    """One registration in the background, wherever it stands."""

    permissions = {"GET": Permission.REGISTER_CONTRACTS}

    def get(self, request: HttpRequest, reference: UUID) -> HttpResponse:
        job = registrations_of(self).filter(reference=reference).first()
        if job is None:
            raise Http404
        context = {"page": "contracts", "job": job, "is_still": "still" in request.GET}
        return render(request, "support/registration.html", context | self._state(job))

    def _state(self, job: Job) -> dict[str, Any]:
        units = len(job.order["units"])
        if JobStatus(job.status).is_for_worker:
            return {
                "units": units,
                "refresh": REFRESH,
                "seen": progress.seen(job),
                "elapsed": max(timedelta(), clock.now() - job.asked_at).seconds,
            }
        contracts = SupportContract.objects.for_organization(self.organization)
        return {
            "units": units,
            "contract": contracts.filter(reference=job.preview.get("contract")).first(),
            "more": job.counts.get("rejected", 0) - len(job.problems),
        }
