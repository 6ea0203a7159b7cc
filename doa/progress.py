"""How a referral stands, in the words that its referrer may read: progress, never internals."""

from dataclasses import dataclass

from doa.enums import CaseStatus, ReferralStatus
from doa.models import Referral
from doa.workflow.referral_news import outcome_of

TONES = {
    ReferralStatus.UNCONFIRMED: "wait",
    ReferralStatus.OPEN: "info",
    ReferralStatus.ADOPTED: "ok",
    ReferralStatus.DECLINED: "stop",
    ReferralStatus.EXPIRED: "wait",
}
_STEPS = {
    CaseStatus.DRAFT: ("info", "The application is being prepared"),
    CaseStatus.SUBMITTED: ("info", "The application is handed in"),
    CaseStatus.REGISTERED: ("info", "With TAC"),
    CaseStatus.IN_REVIEW: ("info", "With TAC"),
    CaseStatus.INFO_NEEDED: ("warn", "TAC has asked for more"),
    CaseStatus.DECIDED: ("info", "Decided"),
    CaseStatus.FULFILLING: ("info", "On the way to its end"),
    CaseStatus.CLOSED: ("ok", "Closed"),
    CaseStatus.CANCELLED: ("wait", "Cancelled"),
}
_MORE = {
    CaseStatus.DRAFT: "It fills in what is missing and calls the TAC.",
    CaseStatus.SUBMITTED: "Its call to the TAC is to be registered next.",
    CaseStatus.REGISTERED: "The TAC has the case and looks at it.",
    CaseStatus.IN_REVIEW: "The TAC has the case and looks at it.",
    CaseStatus.INFO_NEEDED: "Your distributor answers. It may ask you for photos or a log.",
    CaseStatus.DECIDED: "Your distributor tells you what was decided.",
    CaseStatus.FULFILLING: "Your distributor tells you what arrives when.",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """A state in a word, and what happens next in a sentence."""

    tone: str
    label: str
    text: str


PUBLIC = Progress(
    "info",
    "Waiting for an answer",
    "The distributor of the unit takes it up and applies for you, or tells you why not. Where "
    "none is known, Huawei's staff look for one.",
)
"""The same whether a serial number exists or not: a stranger learns nothing of anybody's stock."""


def progress_of(referral: Referral) -> Progress:
    """Say how a referral stands; of its case the status, and at its end the outcome."""
    if referral.status == ReferralStatus.ADOPTED and referral.case is not None:
        stands = CaseStatus(referral.case.status)
        tone, label = _STEPS[stands]
        return Progress(tone, label, _MORE.get(stands) or outcome_of(referral.case, referral))
    status = ReferralStatus(referral.status)
    if status is ReferralStatus.OPEN and referral.organization_id is None:
        return PUBLIC
    label = status.label
    if status is ReferralStatus.OPEN and referral.distributor_id is None:
        label = "With Huawei"
    return Progress(TONES[status], label, _text(referral, status))


def _text(referral: Referral, status: ReferralStatus) -> str:
    if status is ReferralStatus.OPEN and referral.distributor_id is None:
        return "Huawei's staff look for the distributor of this unit."
    if status is ReferralStatus.DECLINED:
        return f"No application is made. The reason: {referral.reason}"
    if status is ReferralStatus.EXPIRED:
        return (
            "Nobody answered in 14 days. Ask the company that sold you the unit, or refer it again."
        )
    return "It takes the unit up and applies for you, or tells you why not."
