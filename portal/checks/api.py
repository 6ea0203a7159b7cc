"""POST checks: many serial numbers by one request; GET checks/{id}: how far, and the answers."""

from datetime import date
from io import BytesIO
from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.http import FileResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from documents import storage
from documents.enums import MediaType
from documents.models import Document
from documents.policy import FileNotAccepted
from jobs import progress
from jobs.enums import JobStatus
from jobs.models import Job
from jobs.problems import FileRefused
from partners import clock
from partners.bodies import MEGABYTE, CsvBody, JsonBody
from partners.endpoints import TokenView
from partners.enums import Permission, Scope
from partners.once import idempotent
from partners.openapi import GIVEN_DAY, IDEMPOTENCY_KEY, WRITE_PROBLEMS, problems
from partners.paging import one_of_query, refuse_unknown
from portal.checks import api_schema, reading, workflow
from portal.checks.api_input import SerialsInJson, day_of
from portal.checks.results import checks_of
from portal.checks.sample import MISTYPED

ASK_AGAIN = "5"
"""Seconds after which a program may ask for answers that are not there yet."""


class NotAnswered(exceptions.APIException):
    """The check has no answers, or none yet."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "This check has no answers. Ask for the check itself to see how far it is."


class Checks(TokenView):
    """A list of serial numbers is taken, and answered by a worker."""

    scopes = {"POST": Scope.UNITS_READ}
    permissions = {"POST": Permission.VIEW_UNITS}
    parser_classes = (JsonBody, CsvBody)
    largest_body = 8 * MEGABYTE

    @extend_schema(
        operation_id="ask_check",
        summary="Check many serial numbers",
        description=(
            f"Up to {reading.MOST:,} serial numbers, as JSON or as a table: a column named "
            "serial_number is read, or else the first. The answers are kept for "
            f"{workflow.KEPT.days} days, for the whole organization."
        ),
        parameters=[
            OpenApiParameter(
                "on", GIVEN_DAY, description="As of this day, 2000 to 2100; today when left out."
            ),
            IDEMPOTENCY_KEY,
        ],
        request={"application/json": api_schema.SERIALS, "text/csv": {"type": "string"}},
        responses={202: api_schema.CHECK} | WRITE_PROBLEMS,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        at = clock.now()
        refuse_unknown(request, {"on"})
        asked_on = one_of_query(request, "on")
        on = clock.business_day(at) if asked_on is None else day_of("on", asked_on)
        source = _as_file(request.data)
        try:
            job = workflow.ask(
                source,
                lines=reading.count(cast(BytesIO, source.file)),
                on=on,
                organization=self.caller.organization,
                user=self.caller.user,
                at=at,
                at_once=0,
            )
        except (FileRefused, FileNotAccepted) as refusal:
            raise exceptions.ValidationError({"serials": str(refusal)}) from refusal
        facts = _facts(job, request)
        headers = {"Location": facts["url"], "Retry-After": ASK_AGAIN}
        return Response(facts, status=status.HTTP_202_ACCEPTED, headers=headers)


class OneCheck(TokenView):
    """How far a check is."""

    scopes = {"GET": Scope.UNITS_READ}
    permissions = {"GET": Permission.VIEW_UNITS}

    @extend_schema(
        operation_id="get_check",
        summary="How far a check is, and how many units came out how",
        parameters=[OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        responses={200: api_schema.CHECK} | problems(400, 401, 403, 404, 429),
    )
    def get(self, request: Request, id: UUID) -> Response:
        job = _job(self, id)
        waits = JobStatus(job.status).is_for_worker
        headers = {"Retry-After": ASK_AGAIN} if waits else {}
        return Response(_facts(job, request), headers=headers)


class CheckResult(TokenView):
    """The answers of a check."""

    scopes = {"GET": Scope.UNITS_READ}
    permissions = {"GET": Permission.VIEW_UNITS}

    @extend_schema(
        operation_id="get_check_result",
        summary="The answers of a check, as the command `check_serials` writes them",
        parameters=[OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        responses={(200, MediaType.CSV.value): OpenApiTypes.STR}
        | problems(400, 401, 403, 404, 409, 429, _409="The check has no answers yet."),
    )
    def get(self, request: Request, id: UUID) -> FileResponse:
        job = _job(self, id)
        if job.result is None:
            raise NotAnswered
        path = storage.path_of(cast(Document, job.result).reference)
        kind = f"{MediaType.CSV.value}; charset=utf-8"
        return FileResponse(
            path.open("rb"), as_attachment=True, filename="serial-check.csv", content_type=kind
        )


def _job(view: TokenView, reference: UUID) -> Job:
    """Raises: NotFound."""
    found = checks_of(view.caller.organization).select_related("result")
    job: Job | None = found.filter(reference=reference).first()
    if job is None:
        raise exceptions.NotFound
    return job


def _as_file(data: Any) -> InMemoryUploadedFile:
    """Return what a program sent as the list that a person would have chosen."""
    if isinstance(data, bytes):
        content = data
    else:
        body = SerialsInJson(data=data)
        body.is_valid(raise_exception=True)
        content = body.content()
    return InMemoryUploadedFile(
        BytesIO(content), "serials", "API.csv", MediaType.CSV.value, len(content), "utf-8"
    )


def _facts(job: Job, request: Request) -> dict[str, Any]:
    reference = job.reference
    address = request.build_absolute_uri(reverse("api:check", args=[reference]))
    is_done = job.status == JobStatus.DONE
    counts = {word: count for word, count in job.counts.items() if word != MISTYPED}
    return {
        "id": str(reference),
        "url": address,
        "status": _status(JobStatus(job.status)),
        "on": date.fromisoformat(job.order["on"]),
        "serials": job.order["lines"],
        "answered": job.order["lines"] if is_done else progress.seen(job).rows_read,
        "counts": counts if is_done else None,
        "mistyped": job.counts.get(MISTYPED, 0) if is_done else None,
        "problem": job.problems[0]["message"] if job.problems else None,
        "result": f"{address}/result.csv" if is_done else None,
        "kept_until": clock.business_day(job.started_at + workflow.KEPT),
    }


def _status(found: JobStatus) -> str:
    if found == JobStatus.QUEUED:
        return "waiting"
    return "running" if found.is_for_worker else found.value
