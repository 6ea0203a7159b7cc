"""The export of an organization's own data: asked for, followed and fetched by its managers."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse

from audit import trail
from documents import storage
from jobs import progress
from jobs.enums import JobStatus
from jobs.models import Job
from partners import clock
from partners.enums import Permission
from partners.pages import FormPage, OrganizationPage
from portal.export.work import KEPT, TooManyExports, ask, exports_of, file_of

REFRESH = 3
"""Seconds after which the page asks again while an export is made."""
LISTED = 10
NOT_FOR_HUAWEI = "An export is for a partner's own data. Huawei has the desk for that."


class Export(FormPage):
    """List the exports of the last days with their files, and begin one."""

    permissions = {"GET": Permission.MANAGE_MEMBERS, "POST": Permission.MANAGE_MEMBERS}
    form_class = forms.Form
    template_name = "portal/export.html"
    refusals = (TooManyExports,)

    def form(self, *data: Any) -> forms.Form:
        if self.organization.is_huawei:
            raise PermissionDenied(NOT_FOR_HUAWEI)
        return forms.Form(*data)

    def context(self) -> dict[str, Any]:
        at = clock.now()
        rows = [self._row(job) for job in exports_of(self.organization).order_by("-pk")[:LISTED]]
        under_way = next((row for row in rows if row["is_under_way"]), None)
        return {
            "page": "organization",
            "rows": rows,
            "under_way": under_way,
            "refresh": REFRESH if under_way and "still" not in self.request.GET else 0,
            "at": at,
        }

    def _row(self, job: Job) -> dict[str, Any]:
        under_way = JobStatus(job.status).is_for_worker
        document = file_of(job, at=clock.now())
        return {
            "job": job,
            "is_under_way": under_way,
            "rows_read": progress.seen(job).rows_read if under_way else job.counts.get("rows", 0),
            "document": document,
            "ends_at": document.kept_at + KEPT if document else None,
        }

    def perform(self, form: forms.Form) -> str:
        ask(self.organization, user=self.request.user, at=clock.now())
        return reverse("export")


class ExportFile(OrganizationPage):
    """The file of one export, for managers of its organization while it is kept."""

    permissions = {"GET": Permission.MANAGE_MEMBERS}

    def get(self, request: HttpRequest, reference: UUID) -> HttpResponse | FileResponse:
        at = clock.now()
        job = exports_of(self.organization).filter(reference=reference).first()
        document = file_of(job, at=at) if job else None
        if document is None:
            raise Http404
        trail.record("export.fetched", document, actor=request.user.actor(), at=at)
        file = storage.path_of(document.reference).open("rb")
        return FileResponse(
            file, as_attachment=True, filename=document.name, content_type=document.media_type
        )
