"""Handing in a shipments file: upload, preview, save; and the list of what was handed in."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from audit.transitions import IllegalTransition
from documents import workflow as documents
from documents.policy import TABLE, FileNotAccepted
from jobs import progress
from jobs import workflow as jobs
from jobs.enums import JobKind, JobStatus
from jobs.exports import write_csv, write_xlsx
from jobs.models import Job
from partners import clock
from partners.enums import Permission
from partners.pages import FormPage, OrganizationPage
from warranty.columns import COLUMNS, EXAMPLE
from warranty.enums import Leg
from warranty.forms.uploads import ShipmentUploadForm
from warranty.imports import SHIPMENTS
from warranty.models import PolicyVersion
from warranty.policy import cap_on

REFRESH = 3
"""Seconds after which a page of work in progress asks again."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def uploads_of(page: OrganizationPage) -> Any:
    """Return the uploads of the page's own organization; Huawei has its own, too."""
    jobs_seen = Job.objects.for_organization(page.organization).uploads()
    return jobs_seen.filter(organization=page.organization, kind=JobKind.IMPORT_SHIPMENTS)


class Upload(FormPage):
    """Choose a file; it is kept, and a worker previews it."""

    permissions = {"GET": Permission.UPLOAD_SHIPMENTS, "POST": Permission.UPLOAD_SHIPMENTS}
    form_class = ShipmentUploadForm
    template_name = "warranty/upload.html"
    refusals = (FileNotAccepted,)

    def perform(self, form: ShipmentUploadForm) -> str:
        at, user = clock.now(), self.request.user
        document = documents.keep(
            form.cleaned_data["file"],
            TABLE,
            organization=self.organization,
            actor=user.actor(),
            at=at,
        )
        job = jobs.queue_upload(JobKind.IMPORT_SHIPMENTS, document, user=user, at=at)
        return reverse("shipment-job", args=[job.reference])

    def context(self) -> dict[str, Any]:
        return {"page": "shipments", "columns": COLUMNS}


class TemplateCsv(OrganizationPage):
    """The header and one example, as CSV."""

    permissions = {"GET": Permission.UPLOAD_SHIPMENTS}

    def get(self, request: HttpRequest) -> HttpResponse:
        response = _attachment("text/csv; charset=utf-8", "shipments.csv")
        response.write("\ufeff")
        write_csv(response, SHIPMENTS.columns, [EXAMPLE])
        return response


class TemplateXlsx(OrganizationPage):
    """The same as a workbook, every cell text, so that no zero is lost."""

    permissions = {"GET": Permission.UPLOAD_SHIPMENTS}

    def get(self, request: HttpRequest) -> HttpResponse:
        response = _attachment(XLSX, "shipments.xlsx")
        write_xlsx(response, SHIPMENTS.columns, [EXAMPLE])
        return response


def _attachment(kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content_type=kind, headers=headers)


class UploadJob(OrganizationPage):
    """One upload, wherever it stands: its progress, its preview, what became of it."""

    permissions = {"GET": Permission.UPLOAD_SHIPMENTS, "POST": Permission.UPLOAD_SHIPMENTS}

    def get(self, request: HttpRequest, reference: UUID) -> HttpResponse:
        return self.show(self.job(reference))

    def post(self, request: HttpRequest, reference: UUID) -> HttpResponse:
        """Save, save without the rejected lines, or discard; what is done is not done again."""
        job, step, at = self.job(reference), request.POST.get("step"), clock.now()
        if step not in ("save", "save-rest", "discard"):
            return self.show(job, problem="Choose what to do with the upload.", status=400)
        if step == "save" and job.status == JobStatus.PREVIEWED and job.counts.get("rejected"):
            return self.show(job, problem=CHOOSE, status=400)
        try:
            if step == "discard":
                jobs.discard(job, user=request.user, at=at)
            else:
                rest = step == "save-rest"
                jobs.ask_to_save(job, user=request.user, at=at, leaves_out_lines=rest)
        except IllegalTransition as gone_on:
            if step == "discard":
                return self.show(self.job(reference), problem=str(gone_on), status=409)
        return HttpResponseRedirect(reverse("shipment-job", args=[job.reference]))

    def job(self, reference: UUID) -> Job:
        found = uploads_of(self).select_related("bad_rows").filter(reference=reference).first()
        if found is None:
            raise Http404
        return found

    def show(self, job: Job, *, problem: str = "", status: int = 200) -> HttpResponse:
        is_still = "still" in self.request.GET
        context = {"job": job, "problem": problem, "is_still": is_still, **_state(job)}
        context["page"] = "shipments"
        return render(self.request, "warranty/upload_job.html", context, status=status)


CHOOSE = (
    "Lines are rejected. Correct them and upload the file again, or save the good rows without "
    "the rejected lines."
)


def _state(job: Job) -> dict[str, Any]:
    """Return what the page shows of a job in its present state."""
    if JobStatus(job.status).is_for_worker:
        return {
            "refresh": REFRESH,
            "seen": progress.seen(job),
            "elapsed": max(timedelta(), clock.now() - job.asked_at).seconds,
        }
    counts = {"units": 0, "new": 0, "changed": 0, "unchanged": 0, "rejected": 0, **job.counts}
    rejected = counts["rejected"]
    return {
        "counts": counts,
        "rows_to_save": counts["new"] + counts["changed"],
        "may_leave_out": bool(job.preview.get("rejected")),
        "shipments": list(_shipments(job)),
        "changes": [_in_words(change) for change in job.preview.get("changes", ())],
        "more_shipments": _more(job, "new_shipments", "shipments"),
        "more_changes": _more(job, "changed_fields", "changes"),
        "more_rejected": max(0, rejected - len({p["line"] for p in job.problems if p["line"]})),
    }


def _in_words(change: dict[str, Any]) -> dict[str, str]:
    """Return a change as people read it: yes and no, and nothing where nothing was said."""
    said = {name: _SAID.get(change[name], change[name]) for name in ("before", "after")}
    return {"serial": change["serial"], "field": FIELDS[change["field"]], **said}


_SAID = {True: "yes", False: "no", "": "nothing"}
FIELDS = {
    "installation_service": "Installation service",
    "end_customer": "End customer",
    "site_country": "Site country",
    "purchase_order": "Order",
}


def _more(job: Job, count: str, shown: str) -> int:
    return int(job.preview.get(count, 0)) - len(job.preview.get(shown, ()))


def _shipments(job: Job) -> Iterator[dict[str, Any]]:
    """Yield the new shipments of a preview, with their dates as dates and day 90 of Huawei's."""
    versions = list(PolicyVersion.objects.order_by("-effective_from"))
    for row in job.preview.get("shipments", ()):
        day = date.fromisoformat(row["shipped_on"])
        version = next((v for v in versions if v.effective_from <= day), None)
        is_first_leg = row["leg"] == Leg.HUAWEI and version is not None
        cap = cap_on(shipped_on=day, terms=version.terms()) if is_first_leg else None
        yield {**row, "shipped_on": day, "cap_on": cap}
