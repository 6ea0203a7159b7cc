"""What a partner does to a contract: choose the start, renew, cancel."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from catalog.policy import day_text
from partners import clock
from partners.enums import Permission
from partners.pages import FormPage
from support import ends, workflow
from support.contracts import renewal_due_on, renewal_last_on
from support.forms.contracts import CancelForm, OrderForm, StartForm
from support.models import SupportContract
from support.views.contracts import OneContract
from support.views.start_effect import effect_of
from warranty.models import Unit
from warranty.policy import TermOutOfRange

MAY = {"GET": Permission.REGISTER_CONTRACTS, "POST": Permission.REGISTER_CONTRACTS}
REFUSALS = (workflow.ContractRefused, workflow.ReasonMissing, TermOutOfRange)


class Step(OneContract, FormPage):
    """A step of one contract, asked for on a page of its own."""

    permissions = MAY
    refusals = REFUSALS

    def context(self) -> dict[str, Any]:
        return {"page": "contracts", "contract": self.contract()}

    def done(self, contract: SupportContract, said: str) -> str:
        messages.success(self.request, said)
        return reverse("contract", args=[contract.reference])


class ChooseStart(Step):
    """Lets support start on a day of the window, for all units or for some."""

    form_class = StartForm
    template_name = "support/start.html"

    def form(self, *data: Any) -> StartForm:
        lines = self.contract().lines
        units = Unit.objects.for_organization(self.organization)
        return StartForm(*data, units=units.filter(pk__in=lines.values("unit")))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save the start, or only show what it would change."""
        if "show" not in request.POST:
            return super().post(request, **kwargs)
        form, contract = self.form(request.POST), self.contract()
        if not form.is_valid():
            return self.show(form, status=400)
        effect = effect_of(
            contract,
            starts_on=form.cleaned_data["starts_on"],
            line_ids=_lines(contract, form),
            today=clock.business_today(),
        )
        return self.show(form, effect=effect)

    def perform(self, form: Any) -> str:
        contract, values = self.contract(), form.cleaned_data
        count = workflow.choose_start(
            contract,
            starts_on=values["starts_on"],
            line_ids=_lines(contract, form),
            user=self.request.user,
            at=clock.now(),
        )
        said = "1 unit starts" if count == 1 else f"{count:,} units start"
        return self.done(contract, f"{said} on {day_text(values['starts_on'])}.")

    def context(self) -> dict[str, Any]:
        contract = self.contract()
        windows = (
            contract.lines.values("anchor_on", "latest_start_on", "starts_on", "is_provisional")
            .annotate(units=Count("pk"))
            .order_by("anchor_on", "latest_start_on", "starts_on")
        )
        today = clock.business_today()
        listed = [{**w, "is_over": w["latest_start_on"] < today} for w in windows]
        return super().context() | {"windows": listed}


def _lines(contract: SupportContract, form: Any) -> list[int] | None:
    """Return the keys of the lines that the form names, or None for all."""
    units = form.cleaned_data["serials"]
    if units is None:
        return None
    return list(contract.lines.filter(unit__in=units).values_list("pk", flat=True))


class Renew(Step):
    """Continues a contract from the day after it ends."""

    form_class = OrderForm
    template_name = "support/renew.html"

    def form(self, *data: Any) -> OrderForm:
        contract = self.contract()
        initial = {"level": contract.level_id, "term_months": contract.term_months}
        return OrderForm(
            *data, today=clock.business_today(), family=contract.family, initial=initial
        )

    def perform(self, form: Any) -> str:
        contract = self.contract()
        renewal = workflow.renew_contract(
            contract, form.order(), user=self.request.user, at=clock.now()
        )
        return self.done(renewal, f"Contract {renewal} renews {contract}. A mail confirms it.")

    def context(self) -> dict[str, Any]:
        today = clock.business_today()
        groups = [_renewal(group, today) for group in ends.groups(self.contract())]
        return super().context() | {"groups": groups}


def _renewal(group: ends.Group, today: date) -> dict[str, Any]:
    last_on = renewal_last_on(ended_on=group.ends_on)
    return {
        "group": group,
        "due_on": renewal_due_on(ended_on=group.ends_on),
        "last_on": last_on,
        "is_lapsed": last_on < today,
    }


class Cancel(Step):
    """Ends a contract today, with a reason."""

    form_class = CancelForm
    template_name = "support/cancel.html"

    def perform(self, form: Any) -> str:
        contract = self.contract()
        workflow.cancel_contract(
            contract, reason=form.cleaned_data["reason"], user=self.request.user, at=clock.now()
        )
        return self.done(contract, f"Contract {contract} is cancelled. It covers nothing any more.")
