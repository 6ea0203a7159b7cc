"""Where an application begins: which units failed, and who does not apply."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from catalog.policy import normalise_serial
from doa import steps, workflow
from doa.forms.application import UnitsForm
from doa.models import CaseLine
from doa.views.application import Question
from doa.views.base import REFUSALS
from partners import clock
from partners.enums import Permission
from partners.pages import FormPage
from warranty.models import PolicyVersion, Unit


class NewCase(FormPage):
    """The first question. Who does not apply is shown who does it for them."""

    permissions = {"GET": Permission.VIEW_CASES, "POST": Permission.APPLY_FOR_DOA}
    refusals = REFUSALS
    template_name = "doa/units.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        self._require_partner()
        if request.user.can(Permission.APPLY_FOR_DOA, self.organization):
            return super().get(request)
        return self._who_applies()

    def post(self, request: HttpRequest) -> HttpResponse:
        self._require_partner()
        return super().post(request)

    def _require_partner(self) -> None:
        if self.organization.is_huawei:
            raise PermissionDenied(
                "Distributors and value-added partners apply. Staff apply for them at the desk."
            )

    def _who_applies(self) -> HttpResponse:
        """Say who applies: the distributor of the unit, or a colleague with the right role."""
        serial = normalise_serial(self.request.GET.get("sn", "")[:200])[:32]
        units = Unit.objects.for_organization(self.organization).with_serial(serial)
        unit = units.select_related("part_number__product", *Unit.CHAIN).first()
        context = {
            "page": "cases",
            "is_referred": not workflow.may_apply(self.organization),
            "unit": unit,
            "distributor": _distributor(unit, self.organization) if unit else None,
            "serial": serial,
            "may_refer": self.request.user.can(Permission.REFER_UNITS, self.organization),
            "tac_number": PolicyVersion.objects.in_force(clock.business_today()).tac_number,
        }
        return render(self.request, "doa/who_applies.html", context)

    def form(self, *data: Any) -> forms.Form:
        initial = {"serials": self.request.GET.get("sn", "")[:200]}
        return UnitsForm(*data, organization=self.organization, initial=initial)

    def perform(self, form: Any) -> str:
        case = workflow.start_draft(
            organization=self.organization,
            serials=form.found.units,
            user=self.request.user,
            at=clock.now(),
        )
        return reverse(steps.SYMPTOM.url_name, args=[case.reference])

    def context(self) -> dict[str, Any]:
        return {
            "page": "cases",
            "place": 1,
            "places": len(steps.STEPS),
            "back": reverse("cases"),
        }


def _distributor(unit: Unit, reader: Any) -> Any:
    """Return who shipped the unit last, if that is a distributor and not the reader."""
    shipper = unit.latest_shipment.shipped_by
    return None if shipper.is_huawei or shipper.pk == reader.pk else shipper


class UnitsQuestion(Question):
    """The units of a draft: more are added, wrong ones taken out."""

    step = steps.UNITS
    template_name = "doa/units.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if response := self.elsewhere():
            return response
        if "remove" in request.POST:
            return self._remove(self.line_named(request.POST["remove"], self.lines))
        if self.lines and not request.POST.get("serials", "").strip():
            leave = self.later if "later" in request.POST else self.onward
            return HttpResponseRedirect(leave())
        return super().post(request, **kwargs)

    def _remove(self, line: CaseLine | None) -> HttpResponse:
        if line is not None:
            workflow.remove_unit(line, user=self.request.user, at=clock.now())
        return HttpResponseRedirect(self.request.get_full_path())

    def form(self, *data: Any) -> forms.Form:
        form = UnitsForm(*data, organization=self.case.organization)
        form.fields["serials"].label = "Which units failed?" if not self.lines else "Add a unit"
        return form

    def save(self, form: Any) -> None:
        known = {line.unit_id for line in self.lines}
        with transaction.atomic():
            for unit in form.found.units:
                if unit.pk not in known:
                    workflow.add_unit(self.case, unit, user=self.request.user, at=clock.now())

    def context(self) -> dict[str, Any]:
        return super().context() | {"back": reverse("cases")}
