"""What the clocks do to cases: recall, warn, cancel, throw away; each step once."""

from collections.abc import Callable, Iterator
from datetime import datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from doa import calendars, clocks, reckoning
from doa.enums import CaseStatus, ClockStep, ReturnTrack
from doa.models import Case, CaseLine, CaseReminder, InfoRequest
from doa.workflow import telling
from doa.workflow.closing import cancel
from doa.workflow.doers import CLOCK
from doa.workflow.drafts import discard
from support.business_time import BusinessCalendar

NO_ANSWER = "No answer came by business day 14 after the question."
DAY = (time(8), time(18))
"""When an applicant is written to whose service level knows no night."""


class Step(NamedTuple):
    """Something to tell at an instant; steps of one `kind` replace each other."""

    kind: ClockStep
    due_at: datetime
    tell: Callable[[], None]
    line: CaseLine | None = None


def mind(*, at: datetime) -> int:
    """Do everything that the clocks say is due, and return how many steps were told.

    A case at a time and a transaction each, so that a run that breaks off or runs beside
    another leaves nothing half done and tells nothing twice. Of steps that fell due
    together, after a rest of the worker, the latest alone is told.
    """
    told = sum(_mind_one(pk, at=at) for pk in _waiting().values_list("pk", flat=True))
    return told + _cancel_unanswered(at=at) + _discard_old(at=at)


def _waiting() -> QuerySet[Case]:
    cases: QuerySet[Case] = Case.unscoped.open().order_by("pk")
    return cases


def _mind_one(pk: int, *, at: datetime) -> int:
    with transaction.atomic():
        case = _waiting().select_for_update(of=("self",)).filter(pk=pk).first()
        if case is None:
            return 0
        calendar = calendars.of_case(case, at=at)
        if not _may_write(case, calendar, at):
            return 0
        due = [step for step in _steps(case, calendar) if step.due_at <= at]
        return _tell(case, due, at=at)


def _may_write(case: Case, calendar: BusinessCalendar, at: datetime) -> bool:
    """Tell whether it is a time for mail: opening hours, and by day where there is no night."""
    if calendars.calendar_of(case).is_always_open:
        local = at.astimezone(ZoneInfo(case.organization.time_zone)).time()
        return DAY[0] <= local < DAY[1]
    return clocks.is_welcome(calendar, at)


def _tell(case: Case, due: list[Step], *, at: datetime) -> int:
    """Note every step that is new, and tell the latest of each kind for each line."""
    latest = {(step.kind, step.line and step.line.pk): step.due_at for step in due}
    told = 0
    for step in due:
        is_latest = latest[(step.kind, step.line and step.line.pk)] == step.due_at
        _, is_new = CaseReminder.objects.get_or_create(
            case=case,
            line=step.line,
            kind=step.kind,
            due_at=step.due_at,
            defaults={"reached_at": at, "is_told": is_latest},
        )
        if is_new and is_latest:
            step.tell()
            told += 1
    return told


def _steps(case: Case, calendar: BusinessCalendar) -> Iterator[Step]:
    """Yield the steps of a case as it stands, each kind in the order of time."""
    if case.status == CaseStatus.SUBMITTED and case.submitted_at:
        for due_at in clocks.call_steps(calendar, case.submitted_at):
            yield Step(ClockStep.CALL, due_at, _call(telling.nudged_to_call, case, due_at))
    if case.status == CaseStatus.INFO_NEEDED:
        yield from _question(case, calendar)
    if not case.is_paused:
        yield from _targets(case)
    for line in case.lines.filter(return_track=ReturnTrack.AWAITED, return_due_on__isnull=False):
        line.case = case
        yield from _return(line, calendar)


def _call(tell: Callable[..., None], *arguments: Any) -> Callable[[], None]:
    """Bind what a step tells; its key is the instant of the step, not that of the run."""
    *words, at = arguments
    return lambda: tell(*words, at=at)


def _question(case: Case, calendar: BusinessCalendar) -> Iterator[Step]:
    request = case.requests.filter(answered_at=None).first()
    if request is not None:
        for due_at in clocks.answer_steps(calendar, request.asked_at):
            yield Step(ClockStep.ANSWER, due_at, _call(telling.reminded, case, request, due_at))


def _targets(case: Case) -> Iterator[Step]:
    for running in reckoning.clocks_of(case):
        words = (case, running.clock.value)
        kind = ClockStep(running.clock.value)
        warned_at, due_at = running.warned_at, running.due_at
        yield Step(kind, warned_at, _call(telling.clock_warned, *words, warned_at))
        yield Step(kind, due_at, _call(telling.clock_missed, *words, due_at))


def _return(line: CaseLine, calendar: BusinessCalendar) -> Iterator[Step]:
    due_on = line.return_due_on
    if due_on is None:
        return
    for due_at in clocks.return_steps(calendar, due_on):
        if line.delivered_on is None or due_at.date() > line.delivered_on:
            tell = _call(telling.return_due, line, due_at)
            yield Step(ClockStep.RETURN, due_at, tell, line)
    late = clocks.overdue_at(calendar, due_on)
    yield Step(ClockStep.RETURN, late, _call(telling.return_overdue, line, late), line)
    bill = clocks.billing_at(calendar, due_on)
    yield Step(ClockStep.BILLING, bill, _call(telling.billing_to_decide, line, bill), line)


def _cancel_unanswered(*, at: datetime) -> int:
    """Cancel what has waited for its applicant in vain, in opening hours."""
    asked = InfoRequest.objects.filter(answered_at=None, case__status=CaseStatus.INFO_NEEDED)
    cancelled = 0
    for request in asked.select_related("case__level__calendar", "case__organization"):
        calendar = calendars.of_case(request.case, at=request.asked_at)
        ends = clocks.patience_ends(calendar, request.asked_at, request.reply_by)
        if ends < at and _may_write(request.case, calendar, at):
            cancelled += _cancel(request, at=at)
    return cancelled


def _cancel(request: InfoRequest, *, at: datetime) -> int:
    with transaction.atomic():
        case = Case.unscoped.select_for_update().get(pk=request.case_id)
        still = case.requests.filter(pk=request.pk, answered_at=None).exists()
        if not still or case.status != CaseStatus.INFO_NEEDED:
            return 0
        cancel(case, reason=NO_ANSWER, user=CLOCK, at=at)
        return 1


def _discard_old(*, at: datetime) -> int:
    """Throw away the drafts that nobody has touched for 30 days."""
    old = Case.unscoped.drafts().filter(changed_at__lt=at - clocks.DRAFT_KEPT)
    discarded = 0
    for pk in old.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            draft = old.select_for_update().filter(pk=pk).first()
            if draft is not None:
                discard(draft, user=CLOCK, at=at)
                discarded += 1
    return discarded
