"""The steps of a case that its applicant takes by program: hand in, show, answer, send back."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from audit.transitions import IllegalTransition
from catalog.policy import normalise_serial
from doa.api import answers, case_input, schema
from doa.api.base import REFERENCE, CaseView, answer_lines, told
from doa.enums import FileKind
from doa.models import Case, CaseLine
from doa.workflow import drafts, returning, submitting
from doa.workflow.asking import answer as answer_question
from doa.workflow.case_edges import ANSWER, CHANGE
from documents.policy import ENCLOSURE, LOG, PHOTO
from partners import clock
from partners.enums import Permission, Scope
from partners.once import idempotent
from partners.openapi import IDEMPOTENCY_KEY, WRITE_PROBLEMS, problems
from warranty.api.faults import Refused, at_pointer
from warranty.api.reports import Conflict

ACCEPTED = {
    FileKind.LABEL_PHOTO: PHOTO,
    FileKind.LED_PHOTO: PHOTO,
    FileKind.LOG: LOG,
    FileKind.OTHER: ENCLOSURE,
}
"""Which files show what."""
ONE_PROBLEMS = WRITE_PROBLEMS | problems(404)


class CaseStep(CaseView):
    """One step of a case by its applicant."""

    scopes = {"POST": Scope.CASES_WRITE}
    permissions = {"POST": Permission.APPLY_FOR_DOA}

    def found(self, reference: str) -> Case:
        case = self.case(reference)
        self.require_partner()
        return case

    def line(self, case: Case, typed: str) -> CaseLine:
        """Return the line of a unit of the case; without a serial number, its only one."""
        lines = submitting.lines_of(case)
        if typed:
            lines = [line for line in lines if line.unit.serial == normalise_serial(typed)]
        if len(lines) != 1:
            fault = "Name one unit of this case by its serial number."
            raise Refused([at_pointer("/serial_number", fault)])
        return lines[0]

    def answer(self, case: Case) -> Response:
        case.refresh_from_db()
        return Response(answers.case_dict(case, at=clock.now()))


class SubmitCase(CaseStep):
    """Hand a draft in."""

    @extend_schema(
        operation_id="submit_case",
        summary="Hand a draft in; then call the TAC",
        description=(
            "Takes what is still to be said, as the beginning does. Whatever is missing is "
            "named at once, and then nothing is changed. The case waits for your call."
        ),
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
        request={"application/json": schema.GIVEN_REST},
        responses={200: schema.CASE} | ONE_PROBLEMS,
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        case, at = self.found(reference), clock.now()
        said = case_input.Told(request.data, self.units())
        with told():
            if said.details:
                drafts.change_draft(case, said.details, user=request.user, at=at)
            answer_lines(case, said, request, at)
            submitting.submit(case, user=request.user, at=at)
        return self.answer(case)


class CaseFiles(CaseStep):
    """Evidence for a draft."""

    @extend_schema(
        operation_id="add_case_file",
        summary="Add a photo or a log to a draft",
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
        request={"application/json": schema.GIVEN_FILE},
        responses={201: schema.CASE} | ONE_PROBLEMS,
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        case = self.found(reference)
        body = case_input.read(case_input.FileBody, request.data)
        line, kind = self.line(case, body["serial_number"]), FileKind(body["kind"])
        if not CHANGE.allows(case, request.user):
            raise Conflict(str(IllegalTransition(case)))
        document = self.keep(body, ACCEPTED[kind], "/content")
        with told():
            drafts.add_file(case, document, kind=kind, line=line, user=request.user, at=clock.now())
        answer = self.answer(case)
        answer.status_code = status.HTTP_201_CREATED
        return answer


class AnswerCase(CaseStep):
    """Answer what the TAC has asked."""

    @extend_schema(
        operation_id="answer_case",
        summary="Answer what the TAC has asked, wholly or in part",
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
        request={"application/json": schema.GIVEN_ANSWER},
        responses={200: schema.CASE} | ONE_PROBLEMS,
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        case = self.found(reference)
        body = case_input.read(case_input.AnswerBody, request.data)
        if not ANSWER.allows(case, request.user):
            raise Conflict(str(IllegalTransition(case)))
        files = {
            given["item"]: self.keep(given, ENCLOSURE, f"/files/{place}/content")
            for place, given in enumerate(body["files"])
        }
        with told():
            answer_question(
                case,
                text=body["text"],
                files=files,
                is_all=body["is_all"],
                user=request.user,
                at=clock.now(),
            )
        return self.answer(case)


class SendBack(CaseStep):
    """Say that the faulty unit is on its way back."""

    @extend_schema(
        operation_id="send_back",
        summary="Say that the faulty unit is on its way back, without your data",
        parameters=[REFERENCE, IDEMPOTENCY_KEY],
        request={"application/json": schema.GIVEN_SEND_BACK},
        responses={200: schema.CASE} | ONE_PROBLEMS,
    )
    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        case = self.found(reference)
        body = case_input.read(case_input.SendBackBody, request.data)
        line = self.line(case, body["serial_number"])
        if not body["data_removed"]:
            fault = "Remove your data from the unit, then say true here."
            raise Refused([at_pointer("/data_removed", fault)])
        with told():
            returning.send_back(
                line,
                carrier=body["carrier"],
                tracking=body["tracking"],
                data_removed=True,
                user=request.user,
                at=clock.now(),
            )
        return self.answer(case)
