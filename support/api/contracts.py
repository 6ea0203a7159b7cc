"""POST and GET contracts: registered whole or not at all, read a page at a time."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from partners import clock
from partners.endpoints import TokenView
from partners.enums import Permission, Scope
from partners.once import idempotent
from partners.openapi import IDEMPOTENCY_KEY, PAGE_PARAMETERS, WRITE_PROBLEMS, problems
from partners.paging import one_of_query, page_of
from support import ends, lifetimes, workflow
from support.api import schema
from support.api.contract_input import GivenContract
from support.contracts import contract_status, past_service
from support.enums import Family
from support.models import ContractLine, SupportContract
from warranty.api.faults import Refused, at_pointer
from warranty.models import Unit


class Conflict(exceptions.APIException):
    """Something that was registered stands in the way."""

    status_code = status.HTTP_409_CONFLICT


class ContractsView(TokenView):
    """Contracts that the token's organization may see: its own; Huawei sees all."""

    def contracts(self) -> Any:
        seen = SupportContract.objects.for_organization(self.caller.organization)
        return seen.select_related("level", "organization", "renews")


class Contracts(ContractsView):
    """The contracts of the token's organization."""

    scopes = {"GET": Scope.CONTRACTS_READ, "POST": Scope.CONTRACTS_WRITE}
    permissions = {"GET": Permission.VIEW_UNITS, "POST": Permission.REGISTER_CONTRACTS}

    @extend_schema(
        operation_id="list_contracts",
        summary="Your HiCare and CoCare contracts, the last registered first",
        parameters=[
            *PAGE_PARAMETERS,
            OpenApiParameter("number", OpenApiTypes.STR, description="Of this number."),
            OpenApiParameter("family", schema.one_of(Family), description="Of this family."),
        ],
        responses={200: schema.CONTRACTS_PAGE} | problems(400, 401, 403, 429),
    )
    def get(self, request: Request) -> Response:
        contracts = self.contracts()
        number, family = one_of_query(request, "number"), one_of_query(request, "family")
        if number is not None:
            contracts = contracts.filter(number="".join(c for c in number if c.isprintable()))
        if family is not None:
            if family not in Family.values:
                words = ", ".join(Family.values)
                raise exceptions.ValidationError({"family": f"Write one of: {words}."})
            contracts = contracts.filter(family=family)
        page = page_of(contracts, request, filters=("number", "family"))
        summaries, today = ends.summaries(page.rows), clock.business_today()
        rows = [
            {**_facts(row, summaries[row.pk], on=today), "units": summaries[row.pk].units}
            for row in page.rows
        ]
        return Response({"contracts": rows, "next": page.next})

    @extend_schema(
        operation_id="register_contract",
        summary="Register a HiCare or CoCare contract for units, all or none",
        description=(
            "Support counts from the distributor's shipment of each unit, or from Huawei's. It "
            "starts on the day of shipment, or on any of the 90 days after it: for all units "
            "(starts_on) or for single ones (units). Every unit in the way is named at once."
        ),
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": schema.GIVEN_CONTRACT},
        responses={201: schema.CONTRACT} | WRITE_PROBLEMS,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        organization, at = self.caller.organization, clock.now()
        today = clock.business_day(at)
        scope = Unit.objects.for_organization(organization).select_related("part_number")
        given = GivenContract(request.data, scope, today=today)
        try:
            contract = workflow.register_contract(
                given.order,
                unit_ids=[unit.pk for unit in given.units],
                start=given.start,
                organization=organization,
                user=self.caller,
                at=at,
            )
        except workflow.NumberTaken as refusal:
            raise Conflict(str(refusal)) from refusal
        except workflow.ContractRefused as refusal:
            raise Refused(_faults(refusal, given)) from refusal
        return Response(_contract(contract, on=today), status=status.HTTP_201_CREATED)


class OneContract(ContractsView):
    """One contract by its reference."""

    scopes = {"GET": Scope.CONTRACTS_READ}
    permissions = {"GET": Permission.VIEW_UNITS}

    @extend_schema(
        operation_id="get_contract",
        summary="One contract, and from when to when it covers each unit",
        parameters=[OpenApiParameter("reference", OpenApiTypes.STR, OpenApiParameter.PATH)],
        responses={200: schema.CONTRACT} | problems(401, 403, 404, 429),
    )
    def get(self, request: Request, reference: str) -> Response:
        known = self.contracts().filter(reference=reference) if reference.isprintable() else None
        contract = known.first() if known is not None else None
        if contract is None:
            raise exceptions.NotFound
        return Response(_contract(contract, on=clock.business_today()))


def _faults(refusal: workflow.ContractRefused, given: GivenContract) -> Iterator[dict[str, Any]]:
    """Yield a fault for each unit in the way, at its place in the body."""
    if not refusal.refusals:
        yield at_pointer("/family", str(refusal))
    for serial, message in refusal.refusals:
        yield at_pointer(given.places[serial], message)


def _facts(contract: SupportContract, summary: ends.Summary, *, on: date) -> dict[str, Any]:
    standing = contract_status(
        starts_on=summary.starts_on,
        ends_on=summary.ends_on,
        on=on,
        cancelled_on=contract.cancelled_on,
    )
    return {
        "reference": contract.reference,
        "number": contract.number,
        "family": contract.family,
        "level": contract.level.code,
        "promise": contract.level.level.in_words,
        "term_months": contract.term_months,
        "organization": contract.organization.code,
        "served_by": contract.served_by,
        "escalates_to": contract.escalates_to,
        "end_customer": contract.end_customer or None,
        "status": standing.value,
        "starts_on": summary.starts_on.isoformat(),
        "ends_on": summary.ends_on.isoformat(),
        "registered_at": contract.registered_at.isoformat(),
        "cancelled_on": contract.cancelled_on.isoformat() if contract.cancelled_on else None,
        "cancel_reason": contract.cancel_reason or None,
        "renews": contract.renews.reference if contract.renews else None,
    }


def _contract(contract: SupportContract, *, on: date) -> dict[str, Any]:
    """Return a contract with its units; six queries, whatever their number."""
    summary = ends.summaries([contract])[contract.pk]
    lines = list(ContractLine.unscoped.filter(contract=contract).for_page())
    until = lifetimes.service_ends(line.unit for line in lines)
    for line in lines:
        line.contract = contract
    rows = [_line(line, until.get(line.unit.part_number_id), on=on) for line in lines]
    return {**_facts(contract, summary, on=on), "units": rows}


def _line(line: ContractLine, until: date | None, *, on: date) -> dict[str, Any]:
    warning = past_service(ends_on=line.ends_on, service_ends_on=until)
    cut = line.reasons()[-1].sentence if line.is_cut else ""
    return {
        "serial_number": line.unit.serial,
        "part_number": line.unit.part_number.number,
        "status": line.status(on).value,
        "anchor_on": line.anchor_on.isoformat(),
        "anchor_from": line.anchor_shipment.leg,
        "provisional": line.is_provisional,
        "latest_start_on": line.latest_start_on.isoformat(),
        "starts_on": line.starts_on.isoformat(),
        "start_chosen": line.is_chosen,
        "ends_on": line.ends_on.isoformat(),
        "moved_from": line.moved_from.serial if line.moved_from else None,
        "service_ends_on": until.isoformat() if until else None,
        "warnings": [said for said in (warning, cut) if said],
    }
