"""What shows the failure: a file for each thing that is asked for, kept one by one."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from doa import steps, workflow
from doa.forms.evidence import ACCEPTED, EvidenceForm
from doa.models import CaseFile, CaseLine
from doa.views.application import Question
from documents.policy import FileNotAccepted
from partners import clock


class EvidenceQuestion(Question):
    """The evidence for one unit. A file that is taken stays, whatever is wrong with another."""

    step = steps.EVIDENCE
    template_name = "doa/evidence.html"

    @property
    def line(self) -> CaseLine:
        named = self.line_named(self.request.GET.get("line"), self.lines)
        return named or self.lines[0]

    def elsewhere(self) -> HttpResponse | None:
        if response := super().elsewhere():
            return response
        return None if self.lines else HttpResponseRedirect(self.address(steps.UNITS))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if response := self.elsewhere():
            return response
        if "remove" in request.POST:
            return self._remove(request.POST["remove"])
        form = self.form(request.POST, request.FILES)
        is_fine = form.is_valid()
        is_fine = self._keep_all(form) and is_fine
        form.kept = self._kept()
        if "later" in request.POST and is_fine:
            return HttpResponseRedirect(self.later())
        if "add" in request.POST and is_fine:
            return HttpResponseRedirect(request.get_full_path())
        if is_fine:
            form.require_needed()
        if form.errors:
            return self.show(form, status=400)
        return HttpResponseRedirect(self.onward())

    def form(self, *data: Any) -> Any:
        return EvidenceForm(*data, kept=self._kept())

    def _kept(self) -> list[CaseFile]:
        files = CaseFile.objects.for_organization(self.case.organization)
        return list(files.filter(case=self.case, line=self.line).for_page())

    def _keep_all(self, form: forms.Form) -> bool:
        """Keep what may be kept; tell whether all of it was."""
        is_fine = True
        for kind, upload in form.handed_in():  # type: ignore[attr-defined]
            try:
                document = self.keep(upload, ACCEPTED[kind])
            except FileNotAccepted as refusal:
                form.add_error(kind, str(refusal))
                is_fine = False
                continue
            workflow.add_file(
                self.case,
                document,
                kind=kind,
                line=self.line,
                user=self.request.user,
                at=clock.now(),
            )
        return is_fine

    def _remove(self, key: str) -> HttpResponse:
        file = next((file for file in self._kept() if str(file.pk) == key), None)
        if file is not None:
            workflow.remove_file(file, user=self.request.user, at=clock.now())
        return HttpResponseRedirect(self.request.get_full_path())

    def onward(self) -> str:
        """Go through the units one by one, unless the summary asked for this one."""
        place = self.lines.index(self.line) + 1
        if place < len(self.lines) and not self.is_correction:
            return self.address(self.step, line=self.lines[place].pk)
        return super().onward()

    def context(self) -> dict[str, Any]:
        place = self.lines.index(self.line) + 1
        return super().context() | {"line": self.line, "unit_place": place}
