"""Registering a contract: ask, show what it would cover, store it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from partners import clock
from partners.enums import Permission
from partners.pages import OrganizationPage
from support import orders, planning, workflow
from support.contracts import Span
from support.enums import Family
from support.forms.contracts import RegisterForm
from support.planning import Planned
from support.policy import Window
from support.workflow import Refusal
from warranty.models import Shipment

LISTED = 50
"""How many refused units a page lists; its headline counts them all."""


@dataclass(frozen=True, slots=True)
class Group:
    """Units to which a contract would do the same."""

    window: Window
    shipment: str
    span: Span
    is_chosen: bool
    term_ends_on: date
    units: int

    @property
    def is_cut(self) -> bool:
        """Tell whether the product's service ends before the term."""
        return self.span.last < self.term_ends_on

    @property
    def day(self) -> int:
        return (self.span.first - self.window.anchor.on).days


def grouped(planned: list[Planned]) -> list[Group]:
    counted = Counter(
        (plan.window, plan.anchor_shipment.number, plan.span, plan.is_chosen, plan.term_ends_on)
        for plan in planned
        if not plan.refusal
    )
    found = [Group(*key, units=count) for key, count in counted.items()]
    return sorted(found, key=lambda group: (group.span.first, group.shipment, group.span.last))


def gaps_of(planned: list[Planned]) -> Iterator[tuple[Span, int]]:
    """Yield the days that nothing covers between these contracts and others, with the units."""
    counted = Counter(gap for plan in planned if not plan.refusal for gap in plan.gaps)
    yield from sorted(counted.items(), key=lambda found: found[0].first)


class RegisterContract(OrganizationPage):
    """Three answers to one form: the question, what it covers, the contract.

    Nothing is stored before the last.
    """

    permissions = {
        "GET": Permission.REGISTER_CONTRACTS,
        "POST": Permission.REGISTER_CONTRACTS,
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {
            "serials": request.GET.get("serial", "")[:32],
            "term_months": 12,
        }
        return self._ask(self._form(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST, request.FILES)
        is_complete = form.is_valid()
        if "change" in request.POST:
            return self._ask(form)
        if not is_complete:
            return self._ask(form, status=400)
        return self._register(form) if "confirm" in request.POST else self._show(form)

    def _form(self, *data: Any, **more: Any) -> RegisterForm:
        return RegisterForm(
            *data,
            today=clock.business_today(),
            organization=self.organization,
            shipment=self._shipment(),
            **more,
        )

    def _shipment(self) -> Shipment | None:
        """Return the shipment that the address or the form names, if it is in scope."""
        asked = self.request.POST.get("shipment") or self.request.GET.get("shipment")
        if not asked:
            return None
        try:
            reference = UUID(asked)
        except ValueError:
            raise Http404 from None
        shipments = Shipment.objects.for_organization(self.organization)
        shipment: Shipment | None = shipments.filter(reference=reference).first()
        if shipment is None:
            raise Http404
        return shipment

    def _show(self, form: RegisterForm) -> HttpResponse:
        order, today = form.order(), clock.business_today()
        try:
            workflow.require_order(order, self.organization, today=today)
        except workflow.ContractRefused as refusal:
            return self._refused(form, refusal)
        planned = self._planned(form, today)
        refusals = [Refusal(p.unit.serial, p.refusal) for p in planned if p.refusal]
        context = {
            "page": "contracts",
            "form": form,
            "order": order,
            "count": len(planned),
            "is_large": len(planned) > orders.MOST_AT_ONCE,
            "groups": grouped(planned),
            "gaps": list(gaps_of(planned)),
            "cut": sum(plan.is_cut for plan in planned if not plan.refusal),
            "refused": len(refusals),
            "refusals": refusals[:LISTED],
            "carried": list(form.carried()),
        }
        status = 400 if refusals else 200
        return render(self.request, "support/register_effect.html", context, status=status)

    def _planned(self, form: RegisterForm, today: date) -> list[Planned]:
        order = form.order()
        units = planning.read_units([unit.pk for unit in form.found.units])
        return planning.plan_first(
            units,
            family=Family(order.level.family),
            months=order.term_months,
            start=form.choice(),
        )

    def _register(self, form: RegisterForm) -> HttpResponse:
        if len(form.found.units) > orders.MOST_AT_ONCE:
            return self._queue(form)
        try:
            contract = workflow.register_contract(
                form.order(),
                unit_ids=[unit.pk for unit in form.found.units],
                start=form.choice(),
                organization=self.organization,
                user=self.request.user,
                at=clock.now(),
            )
        except workflow.ContractRefused as refusal:
            if refusal.refusals:
                return self._show(form)
            return self._refused(form, refusal)
        messages.success(self.request, f"Contract {contract} is registered. A mail confirms it.")
        return HttpResponseRedirect(reverse("contract", args=[contract.reference]))

    def _queue(self, form: RegisterForm) -> HttpResponse:
        """Leave a large contract to a worker, and go to the page of its progress."""
        try:
            job = orders.ask(
                form.order(),
                unit_ids=[unit.pk for unit in form.found.units],
                start=form.choice(),
                organization=self.organization,
                user=self.request.user,
                at=clock.now(),
            )
        except workflow.ContractRefused as refusal:
            return self._refused(form, refusal)
        return HttpResponseRedirect(reverse("contract-job", args=[job.reference]))

    def _refused(self, form: RegisterForm, refusal: workflow.ContractRefused) -> HttpResponse:
        field = "number" if isinstance(refusal, workflow.NumberTaken) else None
        form.add_error(field, str(refusal))
        return self._ask(form, status=409)

    def _ask(self, form: RegisterForm, *, status: int = 200) -> HttpResponse:
        context = {"page": "contracts", "form": form}
        return render(self.request, "support/register.html", context, status=status)
