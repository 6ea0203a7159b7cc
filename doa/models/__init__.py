"""What arrived dead: cases, their lines, what was asked, said, shown and decided."""

from doa.models.cases import Case, CaseCounter, CasePause
from doa.models.decisions import Decision, Proposal
from doa.models.exchanges import CaseFile, CaseMessage, InfoItem, InfoRequest
from doa.models.lines import CaseLine

__all__ = [
    "Case",
    "CaseCounter",
    "CaseFile",
    "CaseLine",
    "CaseMessage",
    "CasePause",
    "Decision",
    "InfoItem",
    "InfoRequest",
    "Proposal",
]
