"""POST and GET reports: installation reports handed in, and what each does to its units."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from documents import workflow as documents
from documents.models import Document
from documents.policy import EVIDENCE, FileNotAccepted
from partners import clock
from partners.bodies import MEGABYTE
from partners.endpoints import TokenView
from partners.enums import Permission, Scope
from partners.once import idempotent
from partners.openapi import IDEMPOTENCY_KEY, PAGE_PARAMETERS, WRITE_PROBLEMS, problems
from partners.paging import one_of_query, page_of
from warranty import effects, outlook, workflow
from warranty.api import schema
from warranty.api.faults import Refused, at_pointer
from warranty.api.report_input import Report
from warranty.enums import ReportStatus
from warranty.models import InstallationReport, Unit
from warranty.policy import SignedBeforeShipment, SignedInFuture

_UNSIGNED = (SignedBeforeShipment, SignedInFuture)


class Conflict(exceptions.APIException):
    """Something that was handed in stands in the way."""

    status_code = status.HTTP_409_CONFLICT


class ReportsView(TokenView):
    """Reports of the token's own organization, for Huawei too: others' stand at the desk."""

    def reports(self) -> Any:
        return InstallationReport.unscoped.visible_to(self.caller.organization)


class Reports(ReportsView):
    """The reports that the token's organization has handed in."""

    scopes = {"GET": Scope.REPORTS_READ, "POST": Scope.REPORTS_WRITE}
    permissions = {"GET": Permission.VIEW_UNITS, "POST": Permission.SUBMIT_REPORTS}
    largest_body = 32 * MEGABYTE

    @extend_schema(
        operation_id="list_reports",
        summary="Your installation reports, the last handed in first",
        parameters=[
            *PAGE_PARAMETERS,
            OpenApiParameter("status", schema.one_of(ReportStatus), description="In this state."),
        ],
        responses={200: schema.REPORTS_PAGE} | problems(400, 401, 403, 429),
    )
    def get(self, request: Request) -> Response:
        reports, wanted = self.reports(), one_of_query(request, "status")
        if wanted is not None:
            if wanted not in ReportStatus.values:
                words = ", ".join(ReportStatus.values)
                raise exceptions.ValidationError({"status": f"Write one of: {words}."})
            reports = reports.filter(status=wanted)
        page = page_of(
            reports.annotate(unit_count=Count("reportline")), request, filters=("status",)
        )
        rows = [{**_facts(row), "units": row.unit_count} for row in page.rows]
        return Response({"reports": rows, "next": page.next})

    @extend_schema(
        operation_id="hand_in_report",
        summary="Hand in an installation report, and learn what it does to each unit",
        description=(
            "It counts once Huawei has accepted it. Without report_number it gets one of ours."
        ),
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": schema.GIVEN_REPORT},
        responses={201: schema.REPORT} | WRITE_PROBLEMS,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        organization, at = self.caller.organization, clock.now()
        if organization.is_huawei:
            raise PermissionDenied("Huawei accepts reports; partners hand them in.")
        scope = outlook.for_effects(Unit.objects.for_organization(organization))
        given = Report(request.data, scope)
        try:
            _check_signature(given, at)
            report = workflow.submit_report(
                organization=organization,
                number=given.number,
                signed_on=given.signed_on,
                signed_by=given.signed_by,
                units=given.units,
                user=self.caller,
                document=self._kept(given, at),
                at=at,
            )
        except _UNSIGNED as refusal:
            raise Refused([at_pointer("/signed_on", str(refusal))]) from refusal
        except FileNotAccepted as refusal:
            raise Refused([at_pointer("/document/content", str(refusal))]) from refusal
        except workflow.ReportRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(_report(report, at), status=status.HTTP_201_CREATED)

    def _kept(self, given: Report, at: Any) -> Document | None:
        """Keep the paper; what no report comes to rest on is swept away after a day."""
        if given.file is None:
            return None
        caller = self.caller
        return documents.keep(
            given.file, EVIDENCE, organization=caller.organization, actor=caller.actor(), at=at
        )


class OneReport(ReportsView):
    """One report by its number."""

    scopes = {"GET": Scope.REPORTS_READ}
    permissions = {"GET": Permission.VIEW_UNITS}

    @extend_schema(
        operation_id="get_report",
        summary="One of your installation reports, and what it does to each unit",
        parameters=[OpenApiParameter("number", OpenApiTypes.STR, OpenApiParameter.PATH)],
        responses={200: schema.REPORT} | problems(401, 403, 404, 429),
    )
    def get(self, request: Request, number: str) -> Response:
        report = self.reports().filter(number=number).first() if number.isprintable() else None
        if report is None:
            raise exceptions.NotFound
        return Response(_report(report, clock.now()))


def _check_signature(given: Report, at: Any) -> None:
    """Refuse a signature before anything is kept. Raises: one of `_UNSIGNED`."""
    shipments = [(unit.serial, unit.huawei_shipment.shipped_on) for unit in given.units]
    effects.check_signature(shipments, signed_on=given.signed_on, today=clock.business_day(at))


def _facts(report: InstallationReport) -> dict[str, Any]:
    return {
        "report_number": report.number,
        "status": report.status,
        "signed_on": report.signed_on.isoformat(),
        "signed_by": report.signed_by,
        "document": report.file_name or None,
        "submitted_at": report.submitted_at.isoformat(),
        "reason": report.reason or None,
    }


def _report(report: InstallationReport, at: Any) -> dict[str, Any]:
    rows = outlook.effects_of(report, today=clock.business_day(at))
    return {**_facts(report), "units": [_effect(unit, effect) for unit, effect in rows]}


def _effect(unit: Unit, effect: effects.Effect) -> dict[str, Any]:
    return {
        "serial_number": unit.serial,
        "part_number": unit.part_number.number,
        "effect": effect.kind,
        "starts_on": effect.after.isoformat(),
        "ends_on": effect.ends_after.isoformat(),
        "starts_on_without": effect.before.isoformat(),
        "sentence": effect.headline[:1].upper() + effect.headline[1:] + ".",
        "note": effect.note,
    }
