"""What the endpoints about cases share: what they may see, and how refusals are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes
from rest_framework import exceptions
from rest_framework.request import Request

from audit.transitions import IllegalTransition
from doa.api import answers, case_input
from doa.models import Case
from doa.workflow import drafts, submitting
from doa.workflow.refusals import CaseRefused, NotReady
from documents import workflow as documents
from documents.models import Document
from documents.policy import Accepted, FileNotAccepted
from partners import clock
from partners.bodies import MEGABYTE
from partners.endpoints import TokenView
from warranty.api.faults import Fault, Refused, at_pointer
from warranty.api.reports import Conflict
from warranty.models import Unit

REFERENCE = OpenApiParameter("reference", OpenApiTypes.STR, OpenApiParameter.PATH)


class CaseView(TokenView):
    """What an endpoint about cases may see, and how a refusal of the workflow is told."""

    largest_body = 32 * MEGABYTE

    def case(self, reference: str) -> Case:
        """Return a case that the token may see. Raises: NotFound."""
        seen = Case.objects.for_organization(self.caller.organization)
        found: Case | None = None
        if reference.isprintable():
            found = seen.select_related("organization").filter(reference=reference).first()
        if found is None:
            raise exceptions.NotFound
        return found

    def units(self) -> Any:
        scope = Unit.objects.for_organization(self.caller.organization)
        return scope.select_related("part_number")

    def require_partner(self) -> None:
        if self.caller.organization.is_huawei:
            raise PermissionDenied("Huawei's staff work at the desk; partners apply.")

    def keep(self, body: dict[str, Any], accepted: Accepted, pointer: str) -> Document:
        """Keep a file; what no case comes to rest on is swept away after a day."""
        if fault := case_input.check_file(body["content"], accepted):
            raise Refused([at_pointer(pointer, fault)])
        caller = self.caller
        return documents.keep(
            case_input.file_of(body),
            accepted,
            organization=caller.organization,
            actor=caller.actor(),
            at=clock.now(),
        )


@contextmanager
def told() -> Iterator[None]:
    """Tell a refusal of the workflow as a problem, with all that is missing; keep nothing then."""
    try:
        with transaction.atomic():
            try:
                yield
            except NotReady as refusal:
                raise Refused(_missing(refusal)) from refusal
    except FileNotAccepted as refusal:
        raise Refused([at_pointer("", str(refusal))]) from refusal
    except (CaseRefused, IllegalTransition) as refusal:
        raise Conflict(str(refusal)) from refusal


def _missing(refusal: NotReady) -> list[Fault]:
    """Return what is missing at its places, while the lines that a body added still stand."""
    case = next((entry.line.case for entry in refusal.missing if entry.line), None)
    lines = submitting.lines_of(case) if case else []
    return [
        at_pointer(answers.pointer_of(entry, lines), entry.message) for entry in refusal.missing
    ]


def answer_lines(case: Case, said: case_input.Told, request: Request, at: datetime) -> None:
    """Save what is said of each unit; a unit that the case lacks is added to it."""
    lines = {line.unit_id: line for line in submitting.lines_of(case)}
    for unit, told_of in said.units:
        line = lines.get(unit.pk) or drafts.add_unit(case, unit, user=request.user, at=at)
        values = dict(told_of)
        if {"powered_on_at", "failed_at"} & set(values):
            values.setdefault("time_zone", line.time_zone or case.organization.time_zone)
        if values:
            drafts.save_answers(line, values, user=request.user, at=at)
