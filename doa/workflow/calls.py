"""The TAC's first steps: the call is registered, somebody takes the case."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from doa.enums import CaseStatus
from doa.models import Case
from doa.workflow import telling
from doa.workflow.case_edges import ASSIGN, REGISTER, TAKE
from doa.workflow.refusals import CaseRefused, NumberTaken
from partners.enums import Permission
from partners.models import User


def register_call(
    case: Case, *, sr_number: str, called_at: datetime, user: User, at: datetime
) -> None:
    """Register the applicant's call under its service-request number; the response clock starts.

    Raises: PermissionDenied; IllegalTransition; CaseRefused; NumberTaken.
    """
    number = "".join(sr_number.split()).upper()[:32]
    if not number:
        raise CaseRefused("Write the service-request number.")
    if called_at > at:
        raise CaseRefused("Write a time of call that is not in the future.")
    said = {"sr_number": number, "called_at": called_at.isoformat()}
    try:
        with REGISTER.on(case, user=user, at=at, **said) as locked:
            locked.sr_number, locked.called_at, locked.registered_at = number, called_at, at
            telling.registered(locked, at=at)
    except IntegrityError as taken:
        raise _taken(number, taken) from taken


def _taken(number: str, problem: IntegrityError) -> Exception:
    other = Case.unscoped.filter(sr_number=number).first()
    if other is None:
        return problem
    return NumberTaken(f"{other} has the number {number}. Write the number of this call.")


def take(case: Case, *, user: User, at: datetime) -> None:
    """Take a registered case; the response clock is met."""
    with TAKE.on(case, user=user, at=at) as locked:
        locked.assignee, locked.taken_at = user, locked.taken_at or at


def take_next(*, user: User, at: datetime) -> Case | None:
    """Take the registered case that is due first, or none where the queue is empty.

    Two people who ask at once get two cases: what another one is taking is passed over.
    """
    with transaction.atomic():
        waiting = Case.unscoped.filter(status=CaseStatus.REGISTERED, assignee=None)
        queue = waiting.order_by("response_due_at", "registered_at", "pk")
        case: Case | None = queue.select_for_update(skip_locked=True).first()
        if case is not None:
            take(case, user=user, at=at)
            case.refresh_from_db()
    return case


def assign(case: Case, assignee: User, *, user: User, at: datetime) -> None:
    """Hand a case to a colleague, who takes it up where it stands.

    Raises: PermissionDenied; IllegalTransition; CaseRefused.
    """
    if not assignee.can(Permission.HANDLE_CASES, case.organization):
        raise CaseRefused(f"{assignee} does not handle cases. Choose somebody who does.")
    with ASSIGN.on(case, user=user, at=at, assignee=str(assignee)) as locked:
        locked.assignee = assignee


def assign_all(cases: Iterable[Case], assignee: User, *, user: User, at: datetime) -> int:
    """Hand several cases to a colleague, all or none; return how many."""
    with transaction.atomic():
        ordered = sorted(cases, key=lambda case: case.pk)
        for case in ordered:
            assign(case, assignee, user=user, at=at)
    return len(ordered)
