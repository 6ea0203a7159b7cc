"""Contracts as their holder and Huawei see them: the list, one contract, its ends."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from audit.models import Event
from partners import clock
from partners.enums import Permission
from partners.models import Organization
from partners.pages import OrganizationPage
from support import ends, lifetimes
from support.contracts import contract_status, renewal_last_on
from support.ends import Summary
from support.enums import ContractStatus
from support.models import ContractLine, ServicePaper, SupportContract

PER_PAGE = 50
TONES = {
    ContractStatus.FUTURE: "info",
    ContractStatus.ACTIVE: "ok",
    ContractStatus.EXPIRED: "wait",
    ContractStatus.CANCELLED: "stop",
}
TITLES = {
    "contract.registered": ("ok", "check", "Registered"),
    "contract.renewed": ("ok", "check", "Registered as a renewal"),
    "contract.reinstated": ("ok", "check", "Reinstated by Huawei"),
    "contract.start_chosen": ("info", "cal", "Start chosen"),
    "contract.anchor_moved": ("warn", "cal", "Counts from another shipment date"),
    "contract.overlap_allowed": ("info", "check", "Overlap with other contracts allowed"),
    "contract.term_kept": ("info", "cal", "Kept for the whole term"),
    "contract.served": ("info", "file", "Service used"),
    "contract.unit_replaced": ("info", "box", "Moved to the unit that replaced another"),
    "contract.cancelled": ("stop", "x", "Cancelled"),
}
"""How each event of a contract is shown: colour, icon, words."""


def status_of(contract: SupportContract, summary: Summary, *, on: date) -> ContractStatus:
    """Return how a whole contract stands: active from its first start to its last end."""
    return contract_status(
        starts_on=summary.starts_on,
        ends_on=summary.ends_on,
        on=on,
        cancelled_on=contract.cancelled_on,
    )


class OneContract(OrganizationPage):
    """A page about one contract that the organization may see."""

    def contract(self) -> SupportContract:
        """Raises: Http404."""
        seen = SupportContract.objects.for_organization(self.organization)
        found = seen.select_related("level__calendar", "organization", "renews")
        contract: SupportContract | None = found.filter(reference=self.kwargs["reference"]).first()
        if contract is None:
            raise Http404
        return contract


class ContractPage(OneContract):
    """One contract: how it stands, what it covers from when to when, and why."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        contract, today = self.contract(), clock.business_today()
        summary = ends.summaries([contract])[contract.pk]
        status = status_of(contract, summary, on=today)
        lines = ContractLine.unscoped.filter(contract=contract).for_page()
        listed = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "page": "contracts",
            "contract": contract,
            "summary": summary,
            "status": status,
            "tone": TONES[status],
            "groups": ends.groups(contract),
            "past_service": ends.past_service(contract),
            "listed": listed,
            "rows": list(_lines(contract, listed.object_list, on=today)),
            "feed": [_entry(event, self.organization) for event in _events(contract)],
            "papers": _papers(contract, summary, on=today),
            "renewals": contract.renewals.order_by("registered_at"),
            **self._steps(contract, summary, today),
            **self._unchosen(contract, today),
        }
        return render(request, "support/contract.html", context)

    def _steps(self, contract: SupportContract, summary: Summary, today: date) -> dict[str, bool]:
        """Say which steps will work for this person: those alone get a button."""
        may = self.request.user.can(Permission.REGISTER_CONTRACTS, contract.organization)
        stands = may and contract.cancelled_on is None
        is_renewed = contract.renewals.in_force().exists()
        in_time = renewal_last_on(ended_on=summary.ends_on) >= today
        return {
            "may_choose": stands and contract.lines.movable(today).exists(),
            "may_renew": stands and in_time and not is_renewed,
            "may_cancel": stands and summary.ends_on >= today,
        }

    def _unchosen(self, contract: SupportContract, today: date) -> dict[str, Any]:
        lines = contract.lines.covering().movable(today).filter(start_chosen_at=None)
        return {"unchosen": lines.count(), "last_to_choose": _last_to_choose(lines)}


def _last_to_choose(lines: Any) -> date | None:
    found: date | None = (
        lines.order_by("latest_start_on").values_list("latest_start_on", flat=True).first()
    )
    return found


def _lines(contract: SupportContract, lines: Any, *, on: date) -> Iterator[dict[str, Any]]:
    lines = list(lines)
    service_ends = lifetimes.service_ends(line.unit for line in lines)
    for line in lines:
        line.contract = contract
        status = line.status(on)
        until = service_ends.get(line.unit.part_number_id)
        yield {
            "line": line,
            "status": status.label,
            "tone": TONES[status],
            "day": (line.starts_on - line.anchor_on).days,
            "service_ends_on": until if until and until < line.ends_on else None,
        }


def _papers(contract: SupportContract, summary: Summary, *, on: date) -> list[dict[str, Any]]:
    """Return the service documents of the day on which it starts, and today's beside them."""
    rows = [
        {"paper": paper, "when": "when the contract starts"}
        for paper in ServicePaper.objects.in_force(contract.family, on=summary.starts_on)
    ]
    known = {row["paper"].pk for row in rows}
    now = ServicePaper.objects.in_force(contract.family, on=on)
    return rows + [{"paper": p, "when": "today"} for p in now if p.pk not in known]


def _events(contract: SupportContract) -> Any:
    return Event.objects.about("support.supportcontract", contract.pk).filter(name__in=TITLES)


def _entry(event: Event, organization: Organization) -> dict[str, Any]:
    """Return an event as the page shows it; who of Huawei decided stays Huawei's."""
    tone, icon, title = TITLES[event.name]
    is_own = organization.is_huawei or event.organization_id in (None, organization.pk)
    reason, units = event.detail.get("reason", ""), event.detail.get("units")
    said = [f"{units:,} unit{'' if units == 1 else 's'}."] if units else []
    if event.name == "contract.served":
        said.append(f"Serial number {event.detail['serial']}.")
    if event.name == "contract.unit_replaced":
        said.append("From serial number {from} to {to}. Cause: {cause}.".format(**event.detail))
    if reason:
        said.append(f"Reason: {reason.rstrip('.')}.")
    return {
        "tone": tone,
        "icon": icon,
        "title": title,
        "text": " ".join(said),
        "actor": event.actor_label if is_own else "Huawei",
        "at": event.at,
    }


class Ends(OneContract):
    """The last covered days of a contract, for a calendar."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        contract = self.contract()
        file = ends.calendar_of(contract, ends.groups(contract), at=contract.registered_at)
        response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="contract-ends.ics"'
        return response
