"""How a case stands for its reader: the state in words, whose turn it is, and by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from doa.enums import CaseStatus, ReplacementTrack, ReturnTrack
from doa.models import Case, CaseLine, InfoRequest
from partners import clock

DRAFT_KEPT = timedelta(days=30)
"""How long a draft waits to be finished, counted from its last change."""
YOU, TAC, CARRIER, HUAWEI, NOBODY = "You", "TAC", "Carrier", "Huawei", "Nobody"
_ICONS = {YOU: "warn", TAC: "clock", CARRIER: "go", HUAWEI: "box", NOBODY: "check"}
"""The icon that says whose turn it is, beside the words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A state with its colour, its owner and what happens next.

    Of what is due, either the instant or the day is known, or neither.
    """

    label: str
    tone: str
    owner: str
    next: str
    due_at: datetime | None = None
    due_on: date | None = None

    @property
    def icon(self) -> str:
        return _ICONS[self.owner]

    @property
    def needs_applicant(self) -> bool:
        return self.owner == YOU


def standing_of(
    case: Case, lines: Sequence[CaseLine], request: InfoRequest | None = None
) -> Standing:
    """Return how a case stands as its applicant reads it.

    `request` is what the TAC asked last and has no answer to, where that is known.
    """
    status = CaseStatus(case.status)
    if status is CaseStatus.DRAFT:
        return _draft(case)
    if status in _SIMPLE:
        return _SIMPLE[status]
    if status in (CaseStatus.REGISTERED, CaseStatus.IN_REVIEW):
        return _with_tac(case, status)
    if status is CaseStatus.INFO_NEEDED:
        return _waiting_for_you(case, request)
    if status is CaseStatus.CLOSED:
        label = f"Closed: {case.get_closing_code_display().lower()}"
        return Standing(label=label, tone="wait", owner=NOBODY, next="Nothing is left to do.")
    return _under_way(case, lines)


_SIMPLE = {
    CaseStatus.SUBMITTED: Standing(
        label="Waiting for your call",
        tone="warn",
        owner=YOU,
        next="Call the TAC and quote the case.",
    ),
    CaseStatus.CANCELLED: Standing(
        label="Cancelled", tone="wait", owner=NOBODY, next="Nothing is left to do."
    ),
}


def _draft(case: Case) -> Standing:
    return Standing(
        label="Draft",
        tone="wait",
        owner=YOU,
        next="Finish the application and send it.",
        due_on=clock.business_day(case.changed_at + DRAFT_KEPT),
    )


def _with_tac(case: Case, status: CaseStatus) -> Standing:
    is_taken = status is CaseStatus.IN_REVIEW
    return Standing(
        label="With TAC",
        tone="info",
        owner=TAC,
        next="The TAC decides." if is_taken else "The TAC takes up the case.",
        due_at=case.resolution_due_at if is_taken else case.response_due_at,
    )


def _waiting_for_you(case: Case, request: InfoRequest | None) -> Standing:
    items = [item for item in request.items.all() if item.answered_at is None] if request else []
    if len(items) == 1:
        asked = f"Send the TAC: {items[0].label[:1].lower()}{items[0].label[1:]}."
    else:
        asked = f"Send the TAC {len(items)} items." if items else "Answer the TAC."
    return Standing(
        label="Waiting for you",
        tone="warn",
        owner=YOU,
        next=asked,
        due_at=request.reply_by if request else None,
    )


def _under_way(case: Case, lines: Sequence[CaseLine]) -> Standing:
    """Return how a decided case stands: what the applicant owes comes first."""
    granted = [line for line in lines if line.is_granted]
    due = [line for line in granted if line.return_track == ReturnTrack.AWAITED]
    if due:
        days = [line.return_due_on for line in due if line.return_due_on]
        what = "the faulty unit" if len(due) == 1 else f"{len(due)} faulty units"
        return Standing(
            label="Return due",
            tone="warn",
            owner=YOU,
            next=f"Send {what} back.",
            due_on=min(days, default=None),
        )
    if any(line.replacement_track == ReplacementTrack.SHIPPED for line in granted):
        days = [line.expected_on for line in granted if line.expected_on]
        return Standing(
            label="Replacement sent",
            tone="info",
            owner=CARRIER,
            next="The replacement is on its way. Confirm it when it arrives.",
            due_on=min(days, default=None),
        )
    return _with_huawei(case, granted)


def _with_huawei(case: Case, granted: Sequence[CaseLine]) -> Standing:
    if any(line.return_track == ReturnTrack.IN_TRANSIT for line in granted):
        said = "The faulty unit is on its way back."
        return Standing(label="Being returned", tone="info", owner=CARRIER, next=said)
    if any(line.return_track == ReturnTrack.RECEIVED for line in granted):
        said = "Huawei inspects the faulty unit."
        return Standing(label="Return received", tone="info", owner=HUAWEI, next=said)
    label = case.get_status_display()
    return Standing(
        label=label,
        tone="info",
        owner=HUAWEI,
        next="Huawei sends the replacement." if granted else "Huawei closes the case.",
        due_at=case.resolution_due_at,
    )
