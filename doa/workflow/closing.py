"""The ends of a case: closed by the system or by staff, cancelled; and opened again."""

from datetime import datetime

from django.db import transaction

from doa.enums import CaseStatus, ClosingCode, ReplacementTrack
from doa.models import Case, CaseLine
from doa.workflow import effects, telling
from doa.workflow.asking import end_question
from doa.workflow.case_edges import CANCEL, CLOSE, REOPEN, REOPENED_WITHIN, WORK, is_ordered, runs
from doa.workflow.doers import CLOCK, Doer, handles
from doa.workflow.offers import may_reopen
from doa.workflow.referral_news import case_ended
from doa.workflow.refusals import CaseRefused, required_reason
from doa.workflow.submitting import hold, lines_of
from partners.models import User
from support.enums import ServiceEvent

AT_ITS_EVENT = {
    ServiceEvent.SHIP: (ReplacementTrack.SHIPPED, ReplacementTrack.DELIVERED),
    ServiceEvent.DELIVER: (ReplacementTrack.DELIVERED,),
    ServiceEvent.RETURN_FOR_REPAIR: (ReplacementTrack.SHIPPED, ReplacementTrack.DELIVERED),
}
"""How far a replacement is when what its service level promises has happened."""


def settle(case: Case, *, at: datetime) -> None:
    """Note that a case is resolved, and close it where every line is at its end.

    For the transaction of the step that brought a line further.
    """
    lines = lines_of(case)
    if case.resolved_at is None and _is_resolved(case, lines):
        case.resolved_at = at
        case.save(update_fields=["resolved_at"])
    if case.status in WORK and lines and all(line.is_at_end for line in lines):
        _close(case, code_of(lines), user=CLOCK, at=at)


def _is_resolved(case: Case, lines: list[CaseLine]) -> bool:
    """Tell whether all that was decided has happened, as the service level counts it."""
    event = case.level.level.event if case.level else ServiceEvent.SHIP
    return all(
        line.is_refused or (line.is_granted and line.replacement_track in AT_ITS_EVENT[event])
        for line in lines
    )


def code_of(lines: list[CaseLine]) -> ClosingCode:
    """Return how a case ended whose lines are at their end."""
    refused = [line for line in lines if line.is_refused]
    if len(refused) == len(lines):
        return ClosingCode.REFUSED
    return ClosingCode.PARTLY_REPLACED if refused else ClosingCode.REPLACED


def close(case: Case, *, code: ClosingCode, user: User, at: datetime, reason: str = "") -> None:
    """Close a case by hand, where no track of it is under way.

    Raises: PermissionDenied; IllegalTransition; CaseRefused, which names what is under way.
    """
    for line in lines_of(case):
        if case.status in CLOSE.sources and runs(line):
            raise CaseRefused(
                f"{line.unit}: the replacement is {line.get_replacement_track_display().lower()}, "
                f"the return is {line.get_return_track_display().lower()}. Bring both to their "
                "end, or waive the return."
            )
    with transaction.atomic():
        _close(case, code, user=user, at=at, reason=reason.strip()[:300])


def _close(case: Case, code: ClosingCode, *, user: Doer, at: datetime, reason: str = "") -> None:
    why = {"reason": reason} if reason else {}
    with CLOSE.on(case, user=user, at=at, code=code.value, **why) as locked:
        end_question(locked, by=str(user), at=at)
        locked.closed_at, locked.closing_code = at, code
        lines = lines_of(locked)
        CaseLine.unscoped.filter(case=locked).update(is_open=False)
        for line in lines:
            effects.replace(line, user=user, at=at)
        telling.closed(locked, at=at)
        case_ended(locked, at=at)
    case.refresh_from_db()


def cancel(case: Case, *, reason: str, user: Doer, at: datetime) -> None:
    """Cancel a case: its applicant until the call is registered, staff until one is ordered.

    Raises: ReasonMissing; PermissionDenied; IllegalTransition; CaseRefused.
    """
    reason = required_reason(reason)
    if handles(case, user) and is_ordered(case):
        raise CaseRefused("A replacement is ordered. Close the case when both tracks have ended.")
    with CANCEL.on(case, user=user, at=at, reason=reason) as locked:
        end_question(locked, by=str(user), at=at)
        locked.cancelled_at, locked.cancel_reason = at, reason
        CaseLine.unscoped.filter(case=locked).update(is_open=False)
        telling.cancelled(locked, at=at)
        case_ended(locked, at=at)


def reopen(case: Case, *, reason: str, user: User, at: datetime) -> None:
    """Open a closed case again within 30 days: what was not replaced is decided anew.

    Raises: ReasonMissing; PermissionDenied; IllegalTransition; CaseRefused; AlreadyOpen.
    """
    reason = required_reason(reason)
    if case.status == CaseStatus.CLOSED and not may_reopen(case, at=at):
        raise CaseRefused(
            f"A case is opened again within {REOPENED_WITHIN.days} days. Begin a new one."
        )
    with REOPEN.on(case, user=user, at=at, reason=reason) as locked:
        locked.reopened_at, locked.closed_at, locked.closing_code = at, None, ""
        locked.decided_at = locked.resolved_at = None
        for line in lines_of(locked):
            if line.replacement_track == ReplacementTrack.DELIVERED:
                continue
            line.remedy = line.rule = line.decision_text = ""
            line.decided_at = line.decided_by = None
            line.save()
            hold(line)
