"""What arrived dead: cases, their lines, what was asked, said, shown and decided."""

from doa.models.cases import Case, CaseCounter, CasePause
from doa.models.claims import Claim, ClaimFile, ClaimMessage
from doa.models.decisions import Decision, Proposal
from doa.models.exchanges import CaseFile, CaseMessage, InfoItem, InfoRequest
from doa.models.lines import CaseLine
from doa.models.referrals import Referral
from doa.models.reminders import CaseReminder

__all__ = [
    "Case",
    "CaseCounter",
    "CaseFile",
    "CaseLine",
    "CaseMessage",
    "CasePause",
    "CaseReminder",
    "Claim",
    "ClaimFile",
    "ClaimMessage",
    "Decision",
    "InfoItem",
    "InfoRequest",
    "Proposal",
    "Referral",
]
