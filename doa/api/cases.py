"""Cases for programs: begun, listed, shown; no call is registered here."""

from typing import Any

from django.db.models import Prefetch
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.policy import normalise_serial
from doa.api import answers, case_input, schema
from doa.api.base import REFERENCE, CaseView, answer_lines, told
from doa.enums import CaseStatus, Intake
from doa.models import Case, CaseLine
from doa.workflow import drafts
from partners import clock
from partners.enums import Permission, Scope
from partners.once import idempotent
from partners.openapi import IDEMPOTENCY_KEY, PAGE_PARAMETERS, WRITE_PROBLEMS, problems
from partners.paging import one_of_query, page_of
from warranty.api.faults import Refused, at_pointer


class Cases(CaseView):
    """The cases of the token's organization; for Huawei, all."""

    scopes = {"GET": Scope.CASES_READ, "POST": Scope.CASES_WRITE}
    permissions = {"GET": Permission.VIEW_CASES, "POST": Permission.APPLY_FOR_DOA}

    @extend_schema(
        operation_id="list_cases",
        summary="Your cases, the last begun first",
        parameters=[
            *PAGE_PARAMETERS,
            OpenApiParameter("status", schema.one_of(CaseStatus), description="In this state."),
            OpenApiParameter("serial_number", OpenApiTypes.STR, description="About this unit."),
        ],
        responses={200: schema.CASES_PAGE} | problems(400, 401, 403, 429),
    )
    def get(self, request: Request) -> Response:
        cases = Case.objects.for_organization(self.caller.organization)
        wanted, serial = (one_of_query(request, name) for name in ("status", "serial_number"))
        if wanted is not None:
            if wanted not in CaseStatus.values:
                words = ", ".join(CaseStatus.values)
                raise exceptions.ValidationError({"status": f"Write one of: {words}."})
            cases = cases.filter(status=wanted)
        if serial is not None:
            named = normalise_serial(serial[:200]).replace("\0", "")
            cases = cases.filter(pk__in=_about(named))
        lines = CaseLine.unscoped.select_related("unit").order_by("pk")
        page = page_of(
            cases.prefetch_related(Prefetch("lines", lines)),
            request,
            filters=("status", "serial_number"),
        )
        rows = [
            {**answers.facts(row), "units": [line.unit.serial for line in row.lines.all()]}
            for row in page.rows
        ]
        return Response({"cases": rows, "next": page.next})

    @extend_schema(
        operation_id="begin_case",
        summary="Begin an application for units that are dead on arrival",
        description=(
            "A draft, with as much as you know; `missing` names the rest. Nothing is handed in "
            "before submit, and no application is complete before your call to the TAC."
        ),
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": schema.GIVEN_CASE},
        responses={201: schema.CASE} | WRITE_PROBLEMS,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        self.require_partner()
        at, said = clock.now(), case_input.Told(request.data, self.units())
        if not said.units:
            raise Refused([at_pointer("/units", "Name at least one unit.")])
        with told():
            case = drafts.start_draft(
                organization=self.caller.organization,
                serials=[unit for unit, _ in said.units],
                user=request.user,
                at=at,
                intake=Intake.API,
                details=said.details,
            )
            answer_lines(case, said, request, at)
        return Response(answers.case_dict(case, at=at), status=status.HTTP_201_CREATED)


def _about(serial: str) -> Any:
    return CaseLine.unscoped.filter(unit__serial=serial).values("case")


class OneCase(CaseView):
    """One case by its reference."""

    scopes = {"GET": Scope.CASES_READ}
    permissions = {"GET": Permission.VIEW_CASES}

    @extend_schema(
        operation_id="get_case",
        summary="One case: its units, what is missing or asked, what was decided and is under way",
        parameters=[REFERENCE],
        responses={200: schema.CASE} | problems(401, 403, 404, 429),
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(answers.case_dict(self.case(reference), at=clock.now()))
