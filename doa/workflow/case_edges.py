"""The steps of a case: from which state, to which, and who may take them."""

from datetime import timedelta
from typing import Any

from doa.enums import CaseStatus, ReplacementTrack, ReturnTrack
from doa.models import Case, CaseLine, Proposal
from doa.workflow.doers import applies, handles, is_clock
from doa.workflow.edges import CaseEdge, Who

REOPENED_WITHIN = timedelta(days=30)
"""For how long a closed case may be opened again."""
WORK = frozenset(
    {CaseStatus.IN_REVIEW, CaseStatus.INFO_NEEDED, CaseStatus.DECIDED, CaseStatus.FULFILLING}
)
"""Where a line that is granted goes on, whatever becomes of the others."""
CALLED = WORK | {CaseStatus.REGISTERED}
"""From the registered call to the end."""
REVIEW = frozenset({CaseStatus.IN_REVIEW, CaseStatus.INFO_NEEDED})
HANDED_IN = frozenset(CaseStatus) - {CaseStatus.DRAFT}
DRAFT = frozenset({CaseStatus.DRAFT})


def either(*tests: Who) -> Who:
    return lambda case, user: any(test(case, user) for test in tests)


def is_ordered(case: Case) -> bool:
    """Tell whether a replacement is on order or beyond for any line."""
    return any(line.replacement_track != ReplacementTrack.NONE for line in case.lines.all())


def runs(line: CaseLine) -> bool:
    """Tell whether a track of the line has begun and is not at its end."""
    begun = (
        line.replacement_track != ReplacementTrack.NONE or line.return_track != ReturnTrack.NOT_DUE
    )
    return begun and not line.is_at_end


def _may_cancel(case: Case, user: Any) -> bool:
    """The applicant until the call is registered, staff until a replacement is ordered."""
    if handles(case, user) or is_clock(case, user):
        return not is_ordered(case)
    return case.status == CaseStatus.SUBMITTED


def _is_undecided(case: Case, user: Any) -> bool:
    is_open = any(line.remedy == "" for line in case.lines.all())
    return is_open and proposal_of(case) is None


def proposal_of(case: Case) -> Proposal | None:
    """Return the proposal that waits for a second member of staff."""
    return next((p for p in case.proposals.all() if p.settled_at is None), None)


def _may_approve(case: Case, user: Any) -> bool:
    proposal = proposal_of(case)
    return proposal is not None and proposal.proposed_by_id != user.pk


def _is_proposed(case: Case, user: Any) -> bool:
    return proposal_of(case) is not None


def _may_close(case: Case, user: Any) -> bool:
    """The system where every line is at its end, staff where no track is under way."""
    lines = list(case.lines.all())
    if handles(case, user):
        return not any(runs(line) for line in lines)
    return bool(lines) and all(line.is_at_end for line in lines)


CHANGE = CaseEdge(
    name="change", event="case.changed", sources=DRAFT, target=None, is_permitted=applies
)
DISCARD = CaseEdge(
    name="discard",
    event="case.discarded",
    sources=DRAFT,
    target=None,
    is_permitted=either(applies, handles, is_clock),
)
SUBMIT = CaseEdge(
    name="submit",
    event="case.submitted",
    sources=DRAFT,
    target=CaseStatus.SUBMITTED,
    is_permitted=applies,
)
REGISTER = CaseEdge(
    name="register",
    event="case.registered",
    sources=frozenset({CaseStatus.SUBMITTED}),
    target=CaseStatus.REGISTERED,
    is_permitted=handles,
)
TAKE = CaseEdge(
    name="take",
    event="case.taken",
    sources=frozenset({CaseStatus.REGISTERED}),
    target=CaseStatus.IN_REVIEW,
    is_permitted=handles,
)
ASSIGN = CaseEdge(
    name="assign", event="case.assigned", sources=CALLED, target=None, is_permitted=handles
)
ASK = CaseEdge(
    name="ask",
    event="case.asked",
    sources=frozenset({CaseStatus.IN_REVIEW}),
    target=CaseStatus.INFO_NEEDED,
    is_permitted=handles,
)
ANSWER = CaseEdge(
    name="answer",
    event="case.answered",
    sources=frozenset({CaseStatus.INFO_NEEDED}),
    target=None,
    is_permitted=applies,
)
DECIDE = CaseEdge(
    name="decide",
    event="case.decided",
    sources=REVIEW,
    target=None,
    is_permitted=handles,
    is_ready=_is_undecided,
)
PROPOSE = CaseEdge(
    name="propose",
    event="case.proposed",
    sources=REVIEW,
    target=None,
    is_permitted=handles,
    is_ready=_is_undecided,
)
APPROVE = CaseEdge(
    name="approve",
    event="case.decided",
    sources=REVIEW,
    target=None,
    is_permitted=handles,
    is_ready=_may_approve,
)
DROP = CaseEdge(
    name="drop",
    event="case.proposal_dropped",
    sources=REVIEW,
    target=None,
    is_permitted=handles,
    is_ready=_is_proposed,
)
CLOSE = CaseEdge(
    name="close",
    event="case.closed",
    sources=CALLED,
    target=CaseStatus.CLOSED,
    is_permitted=either(handles, is_clock),
    is_ready=_may_close,
)
CANCEL = CaseEdge(
    name="cancel",
    event="case.cancelled",
    sources=(CALLED | {CaseStatus.SUBMITTED}) - {CaseStatus.FULFILLING},
    target=CaseStatus.CANCELLED,
    is_permitted=either(applies, handles, is_clock),
    is_ready=_may_cancel,
)
REOPEN = CaseEdge(
    name="reopen",
    event="case.reopened",
    sources=frozenset({CaseStatus.CLOSED}),
    target=CaseStatus.IN_REVIEW,
    is_permitted=handles,
)
MESSAGE = CaseEdge(
    name="message",
    event="case.message",
    sources=HANDED_IN,
    target=None,
    is_permitted=either(applies, handles),
)
NOTE = CaseEdge(
    name="note",
    event="case.note",
    sources=frozenset(CaseStatus),
    target=None,
    is_permitted=handles,
)
CASE_EDGES = (
    *(CHANGE, DISCARD, SUBMIT, REGISTER, TAKE, ASSIGN, ASK, ANSWER, DECIDE, APPROVE, DROP),
    *(CLOSE, CANCEL, REOPEN, MESSAGE, NOTE),
)
