"""What the end of a case does to its units (policy section 6)."""

from datetime import datetime

from doa.enums import ReplacementTrack
from doa.models import CaseLine
from doa.workflow.doers import Doer


def replace(line: CaseLine, *, user: Doer, at: datetime) -> None:
    """Let the delivered replacement of a line stand in the place of its unit, once."""
    if line.replacement is None or line.replacement_track != ReplacementTrack.DELIVERED:
        return
