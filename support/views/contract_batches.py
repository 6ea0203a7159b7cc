"""Several contracts at once: renewed for one term, or their units checked."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from catalog.policy import day_text
from jobs.lists.batches import Batch, Refused
from jobs.lists.ticked import Link, Row, TickedPage, Told, counted, ticked_keys
from partners import clock
from partners.enums import Permission
from partners.models import Organization
from support import workflow
from support.forms.renewing import RenewalsForm, TermForm, name_of
from support.models import ContractLine, SupportContract
from support.planning import Planned
from warranty import serial_lists
from warranty.models import Unit
from warranty.policy import TermOutOfRange

USUAL_MONTHS = 12
"""The term that the page offers where the ticked contracts differ in theirs."""


def contracts_of(organization: Organization, keys: Sequence[str]) -> list[SupportContract]:
    seen = SupportContract.objects.for_organization(organization).filter(reference__in=keys)
    return list(seen.select_related("level", "organization").order_by("number", "pk"))


class RenewSeveral(Batch):
    """Continues each for the same term, from the day after its units are covered."""

    permissions = {"GET": Permission.REGISTER_CONTRACTS, "POST": Permission.REGISTER_CONTRACTS}
    url_name, label = "contracts-renew", "Renew for one term"
    list_name, list_label, noun = "contracts", "Contracts", "contract"
    verb, past = "Renew", "renewed"
    promise = (
        "Each is renewed by itself at its own level. If one cannot be renewed, the others are."
    )
    template_name = "support/renew_several.html"
    refusals = (workflow.ContractRefused, TermOutOfRange)

    def found(self, keys: Sequence[str]) -> list[SupportContract]:
        return contracts_of(self.organization, keys)

    def row(self, record: SupportContract) -> Row:
        return Row(
            key=record.reference,
            label=record.number,
            url=reverse("contract", args=[record.reference]),
            about=f"{record.level}, {record.end_customer or 'no customer recorded'}",
        )

    @cached_property
    def term_form(self) -> TermForm:
        """Return the form of the term: as it was asked, else the one that fits them all."""
        request = self.request
        data = request.POST if request.method == "POST" else request.GET
        if "term_months" in data or request.method == "POST":
            return TermForm(data)
        terms = {each.term_months for each in self.found(ticked_keys(data))}
        usual = terms.pop() if len(terms) == 1 else USUAL_MONTHS
        return TermForm({"term_months": usual})

    @property
    def months(self) -> int:
        return int(self.term_form.cleaned_data["term_months"])

    def get(self, request: HttpRequest) -> HttpResponse:
        return super().get(request) if self.term_form.is_valid() else self._ask_term(request.GET)

    def post(self, request: HttpRequest) -> HttpResponse:
        return super().post(request) if self.term_form.is_valid() else self._ask_term(request.POST)

    def _ask_term(self, data: Any) -> HttpResponse:
        """Ask for the term alone, because without one there are no dates to show."""
        records = self.found(ticked_keys(data))
        if not records:
            return self.nothing()
        return self.confirm([], self.term_form, status=400)

    def more(self) -> dict[str, Any]:
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        return {"term_form": self.term_form, "ticked": ticked_keys(data)}

    def will(self, record: SupportContract) -> list[str]:
        renewal = record.renewals.in_force().first()
        if renewal is not None:
            raise Refused(f"Contract {renewal} renews it already.")
        today = clock.business_today()
        planned = workflow.plan_of_renewal(
            record, level=record.level, months=self.months, today=today
        )
        return list(_dates(planned))

    def form(self, records: Sequence[Any], *data: Any) -> RenewalsForm:
        return RenewalsForm(*data, contracts=records)

    def field(self, form: Any, record: SupportContract) -> Any:
        return form[name_of(record)]

    def is_done(self, record: SupportContract, form: Any) -> bool:
        return bool(record.renewals.in_force().exists())

    def perform(self, record: SupportContract, form: Any) -> Told:
        order = workflow.Order(
            number=form.number_of(record), level=record.level, term_months=self.months
        )
        renewal = workflow.renew_contract(record, order, user=self.request.user, at=clock.now())
        link = Link(f"Open contract {renewal}", reverse("contract", args=[renewal.reference]))
        return Told(f"Contract {renewal} renews it. A mail confirms it.", link)


def _dates(planned: Sequence[Planned]) -> Any:
    """Yield from when to when the units of a renewal are covered, alike ones together."""
    alike = Counter((plan.starts_on, plan.ends_on, plan.is_cut) for plan in planned)
    for (starts_on, ends_on, is_cut), count in sorted(alike.items()):
        said = f"{counted(count, 'unit')} from {day_text(starts_on)} to {day_text(ends_on)}"
        yield f"{said}, the end of service and support." if is_cut else f"{said}."


class CheckUnits(TickedPage):
    """The units of the ticked contracts, and the check that answers for all of them."""

    permissions = {"GET": Permission.VIEW_UNITS}
    url_name, label = "contracts-check", "Check their units"
    list_name, list_label, noun = "contracts", "Contracts", "contract"

    @classmethod
    def is_offered(cls, user: Any, organization: Organization | None) -> bool:
        return organization is not None and user.can(cls.permissions["GET"], organization)

    def found(self, keys: Sequence[str]) -> list[SupportContract]:
        return contracts_of(self.organization, keys)

    def get(self, request: HttpRequest) -> HttpResponse:
        contracts = self.found(ticked_keys(request.GET))
        if not contracts:
            return self.nothing()
        lines = ContractLine.unscoped.filter(contract__in=contracts)
        units = Unit.objects.for_organization(self.organization)
        serials = units.filter(pk__in=lines.values("unit")).order_by("serial")
        found = dict.fromkeys(serials.values_list("serial", flat=True)[: serial_lists.MOST + 1])
        context = self.frame() | {
            "contracts": contracts,
            "count": len(found),
            "most": serial_lists.MOST,
            "serials": "\n".join(found) if len(found) <= serial_lists.MOST else "",
        }
        return render(request, "support/check_units.html", context)
