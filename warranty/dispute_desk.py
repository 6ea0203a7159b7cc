"""Deciding at the desk what partners report as wrong."""

from datetime import datetime
from typing import Any

from audit.transitions import IllegalTransition
from partners.desk import Operation, Preview
from partners.models import User
from warranty import claims, facts, workflow
from warranty.correction_desk import REFUSALS
from warranty.desk import PREVIEWED, counted, rehearsed
from warranty.enums import DisputeSubject
from warranty.models import Dispute

Values = dict[str, Any]


def on_file(dispute: Dispute) -> list[tuple[str, str]]:
    """Return the fact as it was when reported, as the partner has it, and as it is now."""
    subject = DisputeSubject(dispute.subject)
    return [
        ("What", f"{subject.label} of {dispute.unit}"),
        ("On file when reported", claims.in_words(subject, dispute.on_file)),
        ("On file now", now_in_words(dispute)),
        ("The partner says", claims.in_words(subject, dispute.claimed)),
        ("Because", dispute.explanation),
    ]


def now_in_words(dispute: Dispute) -> str:
    """Return what the record says today about what is disputed."""
    subject = DisputeSubject(dispute.subject)
    try:
        return claims.in_words(subject, facts.value_now(dispute))
    except facts.NotOnFile as gone:
        return str(gone)


def affected(dispute: Dispute) -> int:
    """Return how many units hang on the fact that is disputed."""
    unit, subject = dispute.unit, DisputeSubject(dispute.subject)
    if subject == DisputeSubject.HUAWEI_SHIPMENT:
        return unit.huawei_shipment.units.count()
    if subject == DisputeSubject.DISTRIBUTOR_SHIPMENT and unit.distributor_shipment:
        return unit.distributor_shipment.onward_units.count()
    return dispute.report.units.count() if dispute.report else 1


def preview_accept(dispute: Dispute, values: Values, user: User, at: datetime) -> Preview:
    """Show what accepting would move, and whom it would tell."""
    subject = DisputeSubject(dispute.subject)
    after = claims.in_words(subject, dispute.claimed)
    return rehearsed(
        lambda: workflow.accept_dispute(dispute, user=user, at=at, **values),
        of=affected(dispute),
        more=f"{subject.label}: {now_in_words(dispute)} becomes {after}. "
        f"{dispute.organization} gets your answer.",
    )


def effect(dispute: Dispute, *, user: User, at: datetime) -> Preview | None:
    """Return what accepting an open dispute would move; why it is refused, if it would be."""
    if not workflow.ACCEPT_DISPUTE.allows(dispute, user):
        return None
    if affected(dispute) > PREVIEWED:
        hang = f"{affected(dispute):,} units hang on it. Accept shows what moves."
        return Preview(hang, [], [])
    try:
        return preview_accept(dispute, {"reason": "Looked at"}, user, at)
    except (*REFUSALS, IllegalTransition, facts.NotOnFile) as refusal:
        return Preview(f"Accepting is refused: {refusal}", [], [])


def _accept(dispute: Dispute, values: Values, user: User, at: datetime) -> str:
    moved = workflow.accept_dispute(dispute, user=user, at=at, **values)
    return f"{dispute} is accepted. {counted(moved)}. {dispute.organization} is told."


def _answer(dispute: Dispute, values: Values, user: User, at: datetime) -> str:
    workflow.answer_dispute(dispute, user=user, at=at, **values)
    return f"{dispute} is answered. {dispute.organization} is told."


ACCEPT_DISPUTE = Operation(
    name="accept",
    label="Accept",
    explanation="Corrects the record as the partner says. Your words go to the partner and stand "
    "as the reason of the correction; every holder is told.",
    perform=_accept,
    preview=preview_accept,
    is_offered=workflow.ACCEPT_DISPUTE.allows,
    refusals=(*REFUSALS, facts.NotOnFile),
    on_file=on_file,
)
ANSWER_DISPUTE = Operation(
    name="answer",
    label="Answer",
    explanation="Leaves the record as it is. Your words go to the partner: say what the document "
    "does not show, or which document would.",
    perform=_answer,
    is_offered=workflow.ANSWER_DISPUTE.allows,
    refusals=REFUSALS,
    on_file=on_file,
)
