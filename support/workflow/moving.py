"""Support follows a unit to the one that replaces it (policy section 6)."""

from collections import Counter
from datetime import datetime

from django.db import transaction

from audit import trail
from partners import clock
from partners.models import User
from support import planning
from support.enums import Family
from support.models import ContractLine
from support.workflow import telling
from warranty.models import Unit


def move_lines(
    *, old: Unit, new: Unit, user: User | None, at: datetime, cause: str
) -> list[ContractLine]:
    """Let the contracts that cover `old`, or will, cover `new` from now on.

    Starts and ends stay. What has ended or was cancelled stays with the old unit, and so
    does the line of a contract that covers the new unit already. `cause` says why, such
    as the number of a case; `user` is None where the system acts. Returns the lines that
    moved, none the second time. It runs in the caller's transaction, which has checked
    who may. Source: policy section 6. Raises: ValueError if both are the same unit.
    """
    if old.pk == new.pk:
        raise ValueError(f"{old} cannot replace itself. Name the unit that replaces it.")
    with transaction.atomic():
        planning.read_units([old.pk, new.pk], lock=True)
        lines = _standing(old, at=at)
        held = ContractLine.unscoped.filter(unit=new).values_list("contract", flat=True)
        kept = {*held}
        moved = [line for line in lines if line.contract_id not in kept]
        for line in moved:
            line.overlap_allowed = line.overlap_allowed or _meets_another(line, new)
            line.unit, line.moved_from, line.moved_at = new, old, at
            line.is_provisional = False
        ContractLine.unscoped.bulk_update(
            moved, ["unit", "moved_from", "moved_at", "is_provisional", "overlap_allowed"]
        )
        _record(moved, old, new, user=user, at=at, cause=cause)
    return moved


def _standing(old: Unit, *, at: datetime) -> list[ContractLine]:
    """Lock and return what covers the unit today or later, the first registered first."""
    standing = ContractLine.unscoped.covering().filter(
        unit=old, ends_on__gte=clock.business_day(at)
    )
    joined = standing.select_related("contract__level", "contract__organization", "unit")
    return list(joined.select_for_update(of=("self",)).order_by("pk"))


def _meets_another(line: ContractLine, new: Unit) -> bool:
    """Tell whether the new unit has cover of the family on the same days: both then stand."""
    others = planning.lines_of([new.pk], family=Family(line.contract.family))
    return any(other.span.overlap(line.span) for other in others.get(new.pk, []))


def _record(
    lines: list[ContractLine],
    old: Unit,
    new: Unit,
    *,
    user: User | None,
    at: datetime,
    cause: str,
) -> None:
    """Keep the move with both units and each contract, and tell the holders."""
    actor = user.actor() if user else trail.SYSTEM
    serials = {"from": old.serial, "to": new.serial}
    for line in lines:
        said = {
            "level": str(line.contract.level),
            "cause": cause,
            **telling.dates(line.starts_on, line.ends_on),
        }
        trail.record("support.moved_away", old, actor=actor, at=at, **said)
        trail.record("support.moved_here", new, actor=actor, at=at, **said)
        trail.record("contract.unit_replaced", line.contract, actor=actor, at=at, cause=cause,
                     **serials)  # fmt: skip
    for contract in Counter(line.contract for line in lines):
        telling.tell_holder(
            "support/unit_replaced", contract, at=at, unit=new.pk, cause=cause, **serials
        )
