"""POST and GET shipments: recorded whole or not at all, read a page at a time."""

import io
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.policy import InvalidDay, parse_day
from jobs.imports import Outcome
from partners import clock
from partners.bodies import MEGABYTE, CsvBody, JsonBody, TooLarge
from partners.endpoints import TokenView
from partners.enums import Permission, Scope
from partners.once import idempotent
from partners.openapi import (
    GIVEN_DAY,
    IDEMPOTENCY_KEY,
    PAGE_PARAMETERS,
    WRITE_PROBLEMS,
    problems,
)
from partners.paging import one_of_query, page_of, refuse_unknown
from warranty.api import schema
from warranty.api.faults import Refused, at_line
from warranty.api.shipment_input import MOST_UNITS, ShipmentsInJson
from warranty.imports import import_shipments
from warranty.models import Shipment

_FLAGS = {None: False, "true": True, "false": False}


class Shipments(TokenView):
    """The shipments of the token's organization."""

    scopes = {"GET": Scope.SHIPMENTS_READ, "POST": Scope.SHIPMENTS_WRITE}
    permissions = {"GET": Permission.VIEW_UNITS, "POST": Permission.UPLOAD_SHIPMENTS}
    parser_classes = (JsonBody, CsvBody)
    largest_body = 4 * MEGABYTE

    @extend_schema(
        operation_id="list_shipments",
        summary="Shipments from and to your organization, the last recorded first",
        parameters=[
            *PAGE_PARAMETERS,
            OpenApiParameter("since", GIVEN_DAY, description="Shipped on this day or later."),
            OpenApiParameter("number", OpenApiTypes.STR, description="Of this number."),
        ],
        responses={200: schema.SHIPMENTS_PAGE} | problems(400, 401, 403, 429),
    )
    def get(self, request: Request) -> Response:
        shipments = Shipment.objects.for_organization(self.caller.organization)
        since, number = one_of_query(request, "since"), one_of_query(request, "number")
        if since is not None:
            shipments = shipments.filter(shipped_on__gte=_day("since", since))
        if number is not None:
            shipments = shipments.filter(number=_printable(number))
        page = page_of(shipments.with_unit_counts(), request, filters=("number", "since"))
        return Response({"shipments": [_facts(row) for row in page.rows], "next": page.next})

    @extend_schema(
        operation_id="record_shipments",
        summary="Record shipments with their units, all or none",
        description=(
            f"Up to {MOST_UNITS:,} units, as JSON or as the table that the page of shipments "
            "takes. What is known already changes nothing."
        ),
        parameters=[
            OpenApiParameter("dry_run", bool, description="Check everything, record nothing."),
            IDEMPOTENCY_KEY,
        ],
        request={"application/json": schema.GIVEN_SHIPMENTS, "text/csv": {"type": "string"}},
        responses={200: schema.RECORDED, 201: schema.RECORDED} | WRITE_PROBLEMS,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        refuse_unknown(request, {"dry_run"})
        dry_run = _flag(request, "dry_run")
        if isinstance(request.data, bytes):
            outcome = self._record_table(request.data, dry_run=dry_run)
        else:
            outcome = self._record_json(request.data, dry_run=dry_run)
        recorded = {"dry_run": dry_run, **outcome.counts, "warnings": outcome.warnings}
        created = status.HTTP_200_OK if dry_run else status.HTTP_201_CREATED
        return Response(recorded, status=created)

    def _record_table(self, body: bytes, *, dry_run: bool) -> Outcome:
        _require_few(len(body.splitlines()) - 1)
        outcome = self._record(io.BytesIO(body), dry_run=dry_run)
        if outcome.is_refused:
            raise Refused(at_line(*problem) for problem in outcome.problems)
        return outcome

    def _record_json(self, data: Any, *, dry_run: bool) -> Outcome:
        body = ShipmentsInJson(data, shipped_by=self.caller.organization.code)
        _require_few(len(body))
        outcome = self._record(body.file(), dry_run=dry_run)
        if outcome.is_refused:
            raise Refused(body.faults(outcome.problems))
        outcome.warnings = [body.told(warning) for warning in outcome.warnings]
        return outcome

    def _record(self, file: io.BytesIO, *, dry_run: bool) -> Outcome:
        at = clock.now()
        return import_shipments(
            file,
            actor=self.caller.actor(),
            at=at,
            today=clock.business_day(at),
            organization=self.caller.organization,
            file_name="API",
            dry_run=dry_run,
        )


def _require_few(units: int) -> None:
    if units > MOST_UNITS:
        raise TooLarge(
            f"Up to {MOST_UNITS:,} units are recorded by one request. "
            "Send them in several, or hand the file in on the page Shipments."
        )


def _flag(request: Request, name: str) -> bool:
    given = one_of_query(request, name)
    if given not in _FLAGS:
        raise exceptions.ValidationError({name: "Write true or false."})
    return _FLAGS[given]


def _day(name: str, text: str) -> Any:
    try:
        return parse_day(text)
    except InvalidDay as refusal:
        raise exceptions.ValidationError({name: str(refusal)}) from refusal


def _printable(text: str) -> str:
    """Return what can be looked up; a text with a NUL is no number of anything."""
    return "".join(c for c in text if c.isprintable())


def _facts(shipment: Shipment) -> dict[str, Any]:
    return {
        "number": shipment.number,
        "leg": shipment.leg,
        "shipped_on": shipment.shipped_on.isoformat(),
        "shipped_by": shipment.shipped_by.code,
        "consignee": shipment.consignee.code,
        "units": shipment.units_shipped,
    }
