"""The pages of a check of many serial numbers: hand in, wait, read, take away."""

import io
from datetime import date, timedelta
from tempfile import TemporaryFile
from typing import Any, cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from documents import storage
from documents.enums import MediaType
from documents.models import Document
from documents.policy import FileNotAccepted
from jobs import progress
from jobs.enums import JobStatus
from jobs.exports import write_csv, write_xlsx
from jobs.models import Job
from partners import clock
from partners.enums import Permission
from partners.pages import FormPage, OrganizationPage
from portal.bulk_check import HEADER
from portal.checks import results, workflow
from portal.checks.forms import CheckForm
from portal.checks.results import checks_of
from portal.checks.sample import ALL, MISTYPED, SHOWN
from warranty.enums import CoverStatus

PER_PAGE = 20
REFRESH = 3
"""Seconds after which a page of work in progress asks again."""
TABS = (
    (ALL, "All"),
    (CoverStatus.COVERED.value, "Covered"),
    (CoverStatus.NOT_STARTED.value, "Not started"),
    (CoverStatus.NOT_COVERED.value, "Not covered"),
    (CoverStatus.UNKNOWN.value, "Unknown"),
    (MISTYPED, "Looks mistyped"),
    (CoverStatus.INVALID.value, "Not a serial number"),
)
TONES = {
    CoverStatus.COVERED: "ok",
    CoverStatus.NOT_STARTED: "info",
    CoverStatus.NOT_COVERED: "stop",
    CoverStatus.UNKNOWN: "warn",
    CoverStatus.INVALID: "warn",
}


class Checks(FormPage):
    """Paste or choose a list; below it the earlier checks, the newest first."""

    permissions = {"GET": Permission.VIEW_UNITS, "POST": Permission.VIEW_UNITS}
    form_class = CheckForm
    template_name = "portal/checks.html"
    refusals = (FileNotAccepted,)

    def perform(self, form: CheckForm) -> str:
        at = clock.now()
        job = workflow.ask(
            form.cleaned_data["source"],
            lines=form.cleaned_data["lines"],
            on=clock.business_day(at),
            organization=self.organization,
            user=self.request.user,
            at=at,
        )
        return reverse("bulk-check", args=[job.reference])

    def context(self) -> dict[str, Any]:
        found = checks_of(self.organization).defer("preview", "problems").order_by("-pk")
        listed = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page"))
        return {"page": "checks", "listed": listed, "kept_days": workflow.KEPT.days}


class OneCheck(OrganizationPage):
    """What a page about one check of the organization shares."""

    def job(self, reference: UUID) -> Job:
        """Raises: Http404."""
        found = checks_of(self.organization).select_related("result").filter(reference=reference)
        job: Job | None = found.first()
        if job is None:
            raise Http404
        return job

    def outcome(self, job: Job) -> str:
        """Return which answers are asked for; all where that is nothing we know."""
        asked = self.request.GET.get("show", ALL)
        return asked if asked in dict(TABS) else ALL


class CheckPage(OneCheck):
    """One check, wherever it stands: its progress, or its counts and first rows."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest, reference: UUID) -> HttpResponse:
        job = self.job(reference)
        context = {
            "page": "checks",
            "job": job,
            "on": date.fromisoformat(job.order["on"]),
            "forgotten_on": job.started_at + workflow.KEPT,
            **(_waiting(job) if JobStatus(job.status).is_for_worker else self._done(job)),
            "is_still": "still" in request.GET,
        }
        return render(request, "portal/check_job.html", context)

    def _done(self, job: Job) -> dict[str, Any]:
        shown = self.outcome(job)
        rows = job.preview.get("rows", {}).get(shown, [])
        total = results.count_of(job, shown)
        tabs = [
            {"key": key, "label": label, "count": results.count_of(job, key)} for key, label in TABS
        ]
        return {
            "tabs": [tab for tab in tabs if tab["count"] or tab["key"] in (ALL, shown)],
            "shown": shown,
            "rows": [_in_words(row) for row in rows],
            "more": max(0, total - SHOWN),
            "total": total,
            "has_sheet": total <= results.SHEET,
        }


def _waiting(job: Job) -> dict[str, Any]:
    return {
        "refresh": REFRESH,
        "seen": progress.seen(job),
        "elapsed": max(timedelta(), clock.now() - job.asked_at).seconds,
    }


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    """Return a kept row with its state in words and its last covered day as a day."""
    status = CoverStatus(row["status"])
    until = max("" if row["is_void"] else row["warranty_ends_on"], row["support_ends_on"])
    return {
        **row,
        "label": status.label,
        "tone": TONES[status],
        "is_known": bool(row["model"]),
        "until": date.fromisoformat(until) if until else None,
    }


class CheckCsv(OneCheck):
    """The answers as CSV: the file as it was written, or the rows of one outcome."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest, reference: UUID) -> HttpResponseBase:
        job = self.job(reference)
        outcome = self.outcome(job)
        if job.result is None:
            raise Http404
        if outcome == ALL:
            path = storage.path_of(cast(Document, job.result).reference)
            return _as_file(path.open("rb"), MediaType.CSV, "serial-check.csv")
        file = TemporaryFile()  # noqa: SIM115 (the response closes it)
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        write_csv(text, HEADER, results.rows_of(job, outcome))
        text.flush()
        text.detach()
        return _as_file(file, MediaType.CSV, f"serial-check-{outcome.replace('_', '-')}.csv")


class CheckXlsx(OneCheck):
    """The answers as a workbook, every cell text; for lists that are not too long."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest, reference: UUID) -> HttpResponseBase:
        job = self.job(reference)
        outcome = self.outcome(job)
        if job.result is None or results.count_of(job, outcome) > results.SHEET:
            raise Http404
        file = TemporaryFile()  # noqa: SIM115 (the response closes it)
        write_xlsx(file, HEADER, results.rows_of(job, outcome))
        return _as_file(file, MediaType.XLSX, "serial-check.xlsx")


def _as_file(file: Any, kind: MediaType, name: str) -> FileResponse:
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=name)
    response.headers["Content-Type"] = (
        f"{kind.value}; charset=utf-8" if kind == "text/csv" else kind
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
