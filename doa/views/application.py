"""The questions of an application, one a page; every answer is saved as it is given."""

from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from doa import steps, workflow
from doa.enums import CaseStatus, FailureKind
from doa.forms.application import DeliveryForm, LineForm, NewForm, ProjectForm, SymptomForm
from doa.forms.times import TimesForm
from doa.models import Case, CaseLine
from doa.outlook import outlooks
from doa.steps import Step
from doa.views.base import REFUSALS, OneCase
from partners import clock
from partners.enums import Permission
from partners.pages import FormPage

MAY = {"GET": Permission.APPLY_FOR_DOA, "POST": Permission.APPLY_FOR_DOA}
CHECK = "check"
"""What the address says where an answer leads back to the summary."""


class DraftPage(OneCase, FormPage):
    """A page of an application that is not sent yet; what is sent has a page of its own."""

    permissions = MAY
    refusals = REFUSALS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.elsewhere() or super().get(request, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.elsewhere() or super().post(request, **kwargs)

    def elsewhere(self) -> HttpResponse | None:
        """Lead from an application that is sent to its case."""
        if self.case.status == CaseStatus.DRAFT:
            return None
        messages.info(self.request, f"{self.case} is sent. Write to the TAC on this page.")
        return HttpResponseRedirect(reverse("case", args=[self.case.reference]))

    def context(self) -> dict[str, Any]:
        return {
            "page": "cases",
            "case": self.case,
            "lines": self.lines,
            "outlooks": outlooks(self.lines, at=clock.now()),
        }


class Question(DraftPage):
    """One question: Continue saves the answer and leads to the next."""

    step: ClassVar[Step]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if response := self.elsewhere():
            return response
        if "later" in request.POST and not self.form(request.POST, request.FILES).has_changed():
            return HttpResponseRedirect(self.later())
        return super().post(request, **kwargs)

    def perform(self, form: Any) -> str:
        self.save(form)
        return self.later() if "later" in self.request.POST else self.onward()

    def save(self, form: Any) -> None:
        raise NotImplementedError

    def later(self) -> str:
        """Leave the application as it stands, and say for how long it waits."""
        messages.success(
            self.request,
            f"{self.case} is saved as a draft. Go on with it within 30 days.",
        )
        return reverse("cases")

    def onward(self) -> str:
        """Return the next question: the same one for a unit that lacks it, or the next."""
        lines = list(CaseLine.unscoped.filter(case=self.case).order_by("pk"))
        open_line = next((x for x in lines if not self.step.is_answered_for(self.case, x)), None)
        if open_line and len(lines) > 1:
            return self.address(self.step, line=open_line.pk)
        following = None if self.is_correction else steps.after(self.step)
        if following is None:
            return reverse("case-check", args=[self.case.reference])
        return self.address(following)

    def address(self, step: Step, **more: Any) -> str:
        asked = {**more, **({"then": CHECK} if self.is_correction else {})}
        query = f"?{urlencode(asked)}" if asked else ""
        return reverse(step.url_name, args=[self.case.reference]) + query

    @property
    def is_correction(self) -> bool:
        """Tell whether the summary sent somebody here to change one answer."""
        return self.request.GET.get("then") == CHECK

    def context(self) -> dict[str, Any]:
        place = steps.STEPS.index(self.step) + 1
        earlier = steps.before(self.step)
        back = reverse("case-check", args=[self.case.reference])
        if not self.is_correction and earlier:
            back = reverse(earlier.url_name, args=[self.case.reference])
        return {
            **super().context(),
            "place": place,
            "places": len(steps.STEPS),
            "back": back,
        }


class LineQuestion(Question):
    """A question about the units: one answer for all of them, or for one alone."""

    form_class: type[LineForm]

    def form(self, *data: Any) -> forms.Form:
        return self.form_class(*data, lines=self.lines, line=self._line(), **self.given())

    def given(self) -> dict[str, Any]:
        """Return what else the form is made of."""
        return {}

    def _line(self) -> CaseLine | None:
        return self.line_named(self.request.GET.get("line"), self.lines)

    def save(self, form: Any) -> None:
        answers = self.answers(form.cleaned_data)
        for line in form.meant:
            workflow.save_answers(line, answers, user=self.request.user, at=clock.now())

    def answers(self, values: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError


class SymptomQuestion(LineQuestion):
    step = steps.SYMPTOM
    form_class = SymptomForm
    template_name = "doa/symptom.html"

    def answers(self, values: dict[str, Any]) -> dict[str, Any]:
        return {name: values[name] for name in ("symptom", "description")}


class TimesQuestion(LineQuestion):
    step = steps.TIMES
    form_class = TimesForm
    template_name = "doa/times.html"

    def given(self) -> dict[str, Any]:
        return {"at": clock.now(), "zone": self.case.organization.time_zone}

    def answers(self, values: dict[str, Any]) -> dict[str, Any]:
        failed, powered = values["failed"], values["powered"]
        if values["failure_kind"] == FailureKind.FIRST_BOOT:
            failed = powered
        return {
            "failure_kind": values["failure_kind"],
            "time_zone": values["time_zone"],
            **_said("powered_on", powered),
            **_said("failed", failed),
        }

    def onward(self) -> str:
        kinds = CaseLine.unscoped.filter(case=self.case).values_list("failure_kind", flat=True)
        if FailureKind.NEVER_ON in kinds:
            return reverse("case-check", args=[self.case.reference])
        return super().onward()


def _said(name: str, moment: Any) -> dict[str, Any]:
    """Return a moment as a line keeps it: the instant, or the day where no time is known."""
    is_instant = isinstance(moment, datetime)
    return {
        f"{name}_at": moment if is_instant else None,
        f"{name}_on": None if is_instant else moment,
    }


class EquipmentQuestion(LineQuestion):
    step = steps.EQUIPMENT
    form_class = NewForm
    template_name = "doa/equipment.html"

    def answers(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"is_new": values["is_new"] == "yes"}


class ProjectQuestion(LineQuestion):
    step = steps.PROJECT
    form_class = ProjectForm
    template_name = "doa/project.html"

    def answers(self, values: dict[str, Any]) -> dict[str, Any]:
        return {
            "delivery_project": values["delivery_project"] != "no",
            "pac_issued_on": values["pac_issued_on"],
        }


class DeliveryQuestion(Question):
    """Where the replacement goes; the person and the company are filled in."""

    step = steps.DELIVERY
    form_class = DeliveryForm
    template_name = "doa/delivery.html"

    def form(self, *data: Any) -> forms.Form:
        return DeliveryForm(*data, initial=self._initial())

    def _initial(self) -> dict[str, Any]:
        """Return what is known: from this draft, else from the person's case before it."""
        case, user = self.case, self.request.user
        unit = self.lines[0].unit if self.lines else None
        own = Case.objects.for_organization(case.organization).filter(
            organization=case.organization, applicant=user
        )
        earlier = own.exclude(Q(ship_to="") | Q(pk=case.pk)).order_by("-pk").first() or case
        return {
            "site": case.site or (unit.end_customer if unit else ""),
            "ship_to": case.ship_to or earlier.ship_to,
            "ship_to_country": case.ship_to_country
            or earlier.ship_to_country
            or case.organization.country,
            "contact_name": case.contact_name,
            "contact_email": case.contact_email,
            "contact_phone": case.contact_phone or earlier.contact_phone,
        }

    def save(self, form: Any) -> None:
        workflow.change_draft(self.case, form.cleaned_data, user=self.request.user, at=clock.now())
