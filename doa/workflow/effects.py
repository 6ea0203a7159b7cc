"""What the end of a case does to its units (policy section 6)."""

from datetime import datetime

from doa.enums import Remedy, ReplacementTrack
from doa.models import CaseLine
from doa.workflow.doers import Doer
from partners import clock
from partners.models import User
from support.workflow import move_lines
from warranty.enums import ReplacementKind
from warranty.models import UnitReplacement
from warranty.workflow import replace_unit

KINDS = {
    Remedy.DOA_REPLACEMENT: ReplacementKind.DOA_REPLACEMENT,
    Remedy.WARRANTY_EXCHANGE: ReplacementKind.WARRANTY_EXCHANGE,
    Remedy.SUPPORT_REPLACEMENT: ReplacementKind.SUPPORT_REPLACEMENT,
}


def replace(line: CaseLine, *, user: Doer, at: datetime) -> None:
    """Let the delivered replacement of a line stand in the place of its unit, once.

    Warranty and contracts follow it. A case that is closed a second time finds the two
    linked already. Source: policy section 6.
    """
    new = line.replacement
    if new is None or line.replacement_track != ReplacementTrack.DELIVERED:
        return
    if UnitReplacement.unscoped.filter(old=line.unit, new=new).exists():
        return
    person = user if isinstance(user, User) else None
    cause = line.case.reference
    replace_unit(
        old=line.unit,
        new=new,
        kind=KINDS[Remedy(line.remedy)],
        replaced_on=line.delivered_on or clock.business_day(at),
        cause=cause,
        actor=user.actor(),
        at=at,
    )
    move_lines(old=line.unit, new=new, user=person, at=at, cause=cause)
