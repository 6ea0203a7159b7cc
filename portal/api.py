"""The API: the answer about a unit, and what would follow from given dates."""

from datetime import date

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import exceptions, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.policy import InvalidDay, InvalidSerial, parse_day, valid_serial
from partners import clock
from partners.endpoints import TokenView
from partners.enums import Permission, Scope
from partners.openapi import GIVEN_DAY, problems
from portal import api_schema
from portal.api_input import Question
from portal.policy import InvalidQuestion, WhatIf, what_if
from portal.unit_facts import unit_facts, units_seen_by
from warranty.models import PolicyVersion, Unit


class AmbiguousSerial(exceptions.APIException):
    """One serial number, several part numbers: the caller has to say which."""

    status_code = status.HTTP_409_CONFLICT

    def __init__(self, part_numbers: list[str]) -> None:
        self.extension = {"part_numbers": part_numbers}
        super().__init__(
            "This serial number exists with several part numbers: "
            f"{', '.join(part_numbers)}. Add ?part_number= to the address."
        )


class UnitAnswer(TokenView):
    """GET units/{serial}: what is covered, from when, and why."""

    scopes = {"GET": Scope.UNITS_READ}
    permissions = {"GET": Permission.VIEW_UNITS}

    @extend_schema(
        operation_id="get_unit",
        summary="What is covered, from when, and why",
        parameters=[
            OpenApiParameter(
                "serial", OpenApiTypes.STR, OpenApiParameter.PATH,
                description="Compared in capitals, without spaces, dots and hyphens.",
            ),
            OpenApiParameter(
                "on", GIVEN_DAY,
                description="As of this day, 2000 to 2100; today when left out.",
            ),
            OpenApiParameter(
                "part_number", OpenApiTypes.STR,
                description="Which unit is meant, where several share the serial number.",
            ),
        ],
        responses={200: api_schema.UNIT} | problems(400, 401, 403, 404, 409, 429),
    )  # fmt: skip
    def get(self, request: Request, serial: str) -> Response:
        organization = request.auth.organization
        on = _day(request, "on") or clock.business_today()
        units = units_seen_by(organization, serial=_serial(serial))
        unit = _one(units, part_number=request.query_params.get("part_number"))
        return Response(unit_facts(unit, on=on, organization=organization))


def _serial(typed: str) -> str:
    """Return the serial number; what cannot be one is as unknown as any other.

    Raises: NotFound.
    """
    try:
        return valid_serial(typed)
    except InvalidSerial as refusal:
        raise exceptions.NotFound from refusal


def _one(units: list[Unit], *, part_number: str | None) -> Unit:
    """Return the one unit that is meant.

    Raises: NotFound; AmbiguousSerial.
    """
    if part_number is not None:
        units = [unit for unit in units if unit.part_number.number == part_number.strip()]
    if not units:
        raise exceptions.NotFound
    if len(units) > 1:
        raise AmbiguousSerial([unit.part_number.number for unit in units])
    return units[0]


def _day(request: Request, parameter: str) -> date | None:
    """Return a day of the query, or None if it is not given.

    Raises: ValidationError that names the parameter.
    """
    given = request.query_params.getlist(parameter)
    if not given:
        return None
    if len(given) > 1:
        raise exceptions.ValidationError({parameter: "Give this once."})
    try:
        return parse_day(given[0])
    except InvalidDay as refusal:
        raise exceptions.ValidationError({parameter: str(refusal)}) from refusal


class WhatIfView(APIView):
    """POST what-if: the policy applied to given dates. It stores nothing."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="ask_what_if",
        summary="What would follow from given dates",
        description="Stores nothing, and needs no token.",
        auth=[{}, {"token": []}],
        request={"application/json": api_schema.QUESTION},
        responses={200: api_schema.WHAT_IF} | problems(400, 401, 415, 429),
    )
    def post(self, request: Request) -> Response:
        question = Question(data=request.data)
        question.is_valid(raise_exception=True)
        asked = WhatIf(**question.validated_data)
        try:
            terms = PolicyVersion.objects.in_force(asked.huawei_shipped_on).terms()
            answer = what_if(asked, terms=terms, today=clock.business_today())
        except PolicyVersion.DoesNotExist as refusal:
            raise exceptions.ValidationError({"huawei_shipped_on": str(refusal)}) from refusal
        except InvalidQuestion as refusal:
            raise exceptions.ValidationError(refusal.problems) from refusal
        return Response(answer.as_dict())
