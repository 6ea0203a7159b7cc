"""The pages that show a person everything about a unit in one place."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView, View

from catalog.policy import InvalidDay, parse_day
from doa.models import CaseLine
from partners import clock
from partners.enums import Permission
from partners.pages import OrganizationPage
from portal import drawing, home
from portal.announced import announcements_about
from portal.answer import Answer, answer_for
from portal.forms import WhatIfForm
from portal.lifecycle_facts import with_lifecycle
from portal.needs import Asker
from portal.policy import InvalidQuestion, WhatIfAnswer, what_if
from portal.search.look import renamed, serial_of
from portal.support_facts import with_support
from warranty.effects import could_change
from warranty.enums import WarrantyStatus
from warranty.models import FormerSerial, PolicyVersion, Unit

MOST_CASES = 5
"""How many cases about a unit its page lists."""


@method_decorator(login_not_required, name="dispatch")
class Start(TemplateView):
    """The door: sign in, or try the rules."""

    template_name = "portal/start.html"


class Home(OrganizationPage):
    """What is going on with the units of your organization."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest) -> HttpResponse:
        at = clock.now()
        asker = Asker(
            organization=self.organization, user=request.user, today=clock.business_day(at), at=at
        )
        context = home.overview(asker) | {"page": "home"}
        return render(request, "portal/home.html", context)


class UnitPage(OrganizationPage):
    """One unit: verdict, timeline, dates, why, history."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest, serial: str) -> HttpResponse:
        canonical = serial_of(serial)
        if canonical and canonical != serial:
            query = f"?{request.GET.urlencode()}" if request.GET else ""
            return HttpResponseRedirect(reverse("unit", args=[canonical]) + query)
        units = self._units(canonical, request.GET.get("part_number"))
        if not units:
            return self._elsewhere(canonical)
        if len(units) > 1:
            return render(request, "portal/unit_choice.html", {"units": units, "serial": serial})
        return self._page(request, units[0])

    def _units(self, serial: str, part_number: str | None) -> list[Unit]:
        units = Unit.objects.for_organization(self.organization).with_serial(serial)
        if part_number is not None:
            units = units.filter(part_number__number=part_number.replace("\0", "").strip()[:40])
        units = with_lifecycle(with_support(units.for_answer().with_first_signature()))
        return list(units) if serial else []

    def _elsewhere(self, serial: str) -> HttpResponse:
        """Lead from a serial number that was corrected to the unit. Raises: Http404."""
        later = renamed(serial, self.organization)
        if not later:
            raise Http404
        return HttpResponseRedirect(later)

    def _answer(self, request: HttpRequest, unit: Unit) -> tuple[Answer, bool, str]:
        """Return the answer as of the day asked about, whether that is today, and a problem."""
        today = clock.business_today()
        on, problem = _asked_day(request, today)
        is_today = on == today
        answer = answer_for(unit, on=on, organization=self.organization, is_today=is_today)
        return answer, is_today, problem

    def _page(self, request: HttpRequest, unit: Unit) -> HttpResponse:
        answer, is_today, problem = self._answer(request, unit)
        context = {
            "answer": answer,
            "problem": problem,
            "is_today": is_today,
            "page": "units",
            "checked_at": clock.now(),
            "may_refer": self._may_refer(),
            "may_dispute": request.user.can(Permission.DISPUTE_DATES, self.organization),
            "desk_url": _desk_url(request, unit),
            "cases": self._cases(unit),
            "may_apply": is_today and self._may_apply(),
            "announced": announcements_about(unit, self.organization),
            "former": _former(unit, request.GET.get("formerly", "")),
            "may_report": is_today and self._may_report(answer, answer.on),
            "may_register": is_today
            and not answer.support.kept
            and request.user.can(Permission.REGISTER_CONTRACTS, self.organization),
            **_drawings(answer),
        }
        status = 400 if problem else 200
        return render(request, "portal/unit.html", context, status=status)

    def _may_refer(self) -> bool:
        """Tell whether this person may tell the unit's distributor that it has failed."""
        may = self.request.user.can(Permission.REFER_UNITS, self.organization)
        return may and not self.organization.is_huawei

    def _cases(self, unit: Unit) -> list[CaseLine]:
        """Return the cases about a unit that this organization may see, the newest first."""
        lines = CaseLine.objects.for_organization(self.organization).filter(unit=unit)
        return list(lines.select_related("case").order_by("-pk")[:MOST_CASES])

    def _may_apply(self) -> bool:
        """Tell whether the first question of a case opens for this person."""
        may = self.request.user.can(Permission.VIEW_CASES, self.organization)
        return may and not self.organization.is_huawei

    def _may_report(self, answer: Answer, today: date) -> bool:
        """Tell whether this person may hand a report in that would change the start."""
        may = self.request.user.can(Permission.SUBMIT_REPORTS, self.organization)
        return (
            may
            and not self.organization.is_huawei
            and could_change(
                shipped_on=answer.unit.huawei_shipment.shipped_on,
                installation_service=answer.unit.installation_service,
                starts_on=answer.cover.starts_on,
                is_void=answer.cover.status is WarrantyStatus.VOID,
                today=today,
            )
        )


def _former(unit: Unit, serial: str) -> FormerSerial | None:
    """Return the former serial number by which somebody came here."""
    if not serial:
        return None
    return FormerSerial.unscoped.filter(unit=unit, serial=serial_of(serial[:80])).first()


def _desk_url(request: HttpRequest, unit: Unit) -> str:
    """Return where staff correct the unit; nothing for anybody else."""
    return reverse("admin:warranty_unit_change", args=[unit.pk]) if request.user.is_staff else ""


def _asked_day(request: HttpRequest, today: date) -> tuple[date, str]:
    """Return the day asked about, and what is wrong with it; today where it is wrong."""
    text = request.GET.get("on", "").strip()
    if not text:
        return today, ""
    try:
        return parse_day(text), ""
    except InvalidDay as refusal:
        return today, str(refusal)


def _drawings(answer: Answer) -> dict[str, Any]:
    return {
        "wide": drawing.wide(answer.timeline),
        "narrow": drawing.narrow(answer.timeline),
    }


@method_decorator(login_not_required, name="dispatch")
class WhatIfPage(View):
    """What would follow from given dates. Nothing is stored."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = WhatIfForm(request.GET) if request.GET else WhatIfForm()
        asked = form.is_bound and form.is_valid()
        result, version = self._answer(form) if asked else (None, None)
        context = {
            "form": form,
            "result": result,
            "version": version,
            "page": "what-if",
        }
        status = 400 if form.is_bound and form.errors else 200
        return render(request, "portal/what_if.html", context, status=status)

    def _answer(self, form: WhatIfForm) -> tuple[WhatIfAnswer | None, PolicyVersion | None]:
        question = form.question()
        try:
            version = PolicyVersion.objects.in_force(question.huawei_shipped_on)
            return what_if(question, terms=version.terms(), today=clock.business_today()), version
        except PolicyVersion.DoesNotExist as refusal:
            form.refuse({"huawei_shipped_on": [str(refusal)]})
        except InvalidQuestion as refusal:
            form.refuse(refusal.problems)
        return None, None
