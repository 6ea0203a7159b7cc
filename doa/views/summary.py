"""The end of an application: check it, send it, call the TAC; or throw it away."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from doa import steps, workflow
from doa.enums import CaseStatus
from doa.forms.case import DiscardForm
from doa.models import CaseFile, CaseLine
from doa.outlook import outlooks
from doa.views.application import DraftPage
from doa.views.base import OneCase
from doa.workflow import NotReady
from partners import clock
from partners.enums import Permission
from warranty.models import PolicyVersion


class CheckAnswers(DraftPage):
    """All answers with a way to change each, and the verdict; then it is sent."""

    form_class = DiscardForm
    template_name = "doa/check.html"
    not_ready: NotReady | None = None

    def perform(self, form: Any) -> str:
        try:
            workflow.submit(self.case, user=self.request.user, at=clock.now())
        except NotReady as refusal:
            self.not_ready = refusal
            raise
        return reverse("case-call", args=[self.case.reference])

    def context(self) -> dict[str, Any]:
        missing = self.not_ready.missing if self.not_ready else []
        files = list(self._files())
        return super().context() | {
            "missing": [_missing(entry, self.case.reference) for entry in missing],
            "groups": [_group(line, files) for line in self.lines],
            "is_claim": any(line.failure_kind == "never_on" for line in self.lines),
            "back": reverse(steps.DELIVERY.url_name, args=[self.case.reference]),
        }

    def _files(self) -> Iterator[CaseFile]:
        files = CaseFile.objects.for_organization(self.case.organization)
        yield from files.filter(case=self.case).for_page()


def _group(line: CaseLine, files: list[CaseFile]) -> dict[str, Any]:
    return {"line": line, "files": [file for file in files if file.line_id == line.pk]}


def _missing(entry: Any, reference: str) -> dict[str, str]:
    """Return what is missing with the page that asks for it."""
    step = steps.step_of(entry.field)
    line = f"&line={entry.line.pk}" if entry.line else ""
    said = f"{entry.line.unit}: {entry.message}" if entry.line else entry.message
    return {"text": said, "url": f"{reverse(step.url_name, args=[reference])}?then=check{line}"}


class Discard(DraftPage):
    """Throws an application away that is not sent."""

    form_class = DiscardForm
    template_name = "doa/discard.html"

    def perform(self, form: Any) -> str:
        reference = self.case.reference
        workflow.discard(self.case, user=self.request.user, at=clock.now())
        messages.success(self.request, f"Draft {reference} is deleted, with its files.")
        return reverse("cases")


class CallSheet(OneCase):
    """What to read out to the TAC, with its number; it opens as long as the case does."""

    permissions = {"GET": Permission.VIEW_CASES}

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        case, lines = self.case, self.lines
        files = CaseFile.objects.for_organization(self.organization).filter(case=case)
        shown = {file.line_id: file.get_kind_display() for file in files}
        context = {
            "page": "cases",
            "case": case,
            "lines": lines,
            "shown": shown,
            "outlooks": outlooks(lines, at=clock.now()),
            "is_waiting": case.status == CaseStatus.SUBMITTED,
            "is_draft": case.status == CaseStatus.DRAFT,
            "tac_number": PolicyVersion.objects.in_force(clock.business_today()).tac_number,
        }
        return render(request, "doa/call.html", context)
