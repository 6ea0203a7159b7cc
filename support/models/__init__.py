"""What support is sold as, and what has been sold."""

from support.models.contracts import ContractLine, SupportContract
from support.models.levels import Calendar, ServiceLevel
from support.models.papers import ServicePaper
from support.models.recalls import ContractRecall

__all__ = [
    "Calendar",
    "ContractLine",
    "ContractRecall",
    "ServiceLevel",
    "ServicePaper",
    "SupportContract",
]
