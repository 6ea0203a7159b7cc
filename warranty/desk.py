"""How every preview at the desk lists what moves, and whom it tells."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from notifications.models import Message
from partners import clock
from partners.desk import Preview
from partners.models import Organization
from warranty import workflow
from warranty.models import Unit, Warranty
from warranty.workflow import AnchorMove, Change

PREVIEWED = 200
"""How many units a preview lists; its headline counts them all."""

NAMED = 10
"""How many organizations a preview names of those that get mail."""

COLUMNS = ["Serial number", "Holder", "Start before", "Start after", "Last covered day after"]


def warranty_of(unit: Unit) -> Warranty | None:
    """Return the unit's warranty, or None while it is waiting for its start."""
    return getattr(unit, "warranty", None)


def warranty_in_words(unit: Unit) -> str:
    """Say in one line how the warranty of a unit stands today."""
    today = clock.business_today()
    warranty = warranty_of(unit)
    if warranty is None:
        return "Has not started"
    dates = f"{day_words(warranty.starts_on)} to {day_words(warranty.ends_on)} ({warranty.rule})"
    if warranty.voided_at:
        return f"Void, was {dates}"
    return f"Expired, {dates}" if warranty.ends_on < today else dates


def day_words(day: date) -> str:
    """Return a day as the desk writes it."""
    return f"{day.day} {day:%b %Y}"


def _start(warranty: Warranty | None) -> str:
    if warranty is None:
        return "has not started"
    return f"{day_words(warranty.starts_on)} ({warranty.rule})"


def _moved_warranty(change: Change) -> list[Any]:
    return [
        change.unit.serial,
        change.unit.partner.name,
        _start(change.before),
        _start(change.after),
        day_words(change.after.ends_on) if change.after else "-",
    ]


def _moved_anchor(move: AnchorMove) -> list[Any]:
    return [move.unit.serial, move.unit.partner.name, day_words(move.before), day_words(move.after)]


def _renamed(unit: Unit) -> list[Any]:
    return [unit.serial, unit.part_number.number, unit.partner.name]


_TABLES: dict[type, tuple[list[str], Callable[[Any], list[Any]]]] = {
    Change: (COLUMNS, _moved_warranty),
    AnchorMove: (
        ["Serial number", "Holder", "Support counts from, before", "After"],
        _moved_anchor,
    ),
    Unit: (["Serial number after", "Part number after", "Holder"], _renamed),
}
"""How what moved is listed: columns, and one row for each."""


def counted(moved: Sequence[Any]) -> str:
    """Say how many warranties, anchors or units an act changes."""
    count = len(moved)
    if moved and isinstance(moved[0], AnchorMove):
        return f"{count:,} support window{'s move' if count > 1 else ' moves'}"
    if moved and isinstance(moved[0], Unit):
        return f"{count:,} unit{'s are' if count > 1 else ' is'} renamed"
    return f"{count:,} warrant{'y moves' if count == 1 else 'ies move'}"


def rehearsed(act: Callable[[], Sequence[Any]], *, of: int, more: str = "") -> Preview:
    """Carry the act out, note what it changes and whom it tells, and take it all back."""
    newest = Message.unscoped.order_by("-pk").values_list("pk", flat=True).first() or 0
    with transaction.atomic():
        moved = act()
        columns, row = _TABLES[type(moved[0]) if moved else Change]
        rows = [row(each) for each in moved[:PREVIEWED]]
        told = Organization.objects.filter(message__pk__gt=newest).distinct().order_by("name")
        names = [organization.name for organization in told]
        transaction.set_rollback(True)
    headline = f"{counted(moved)}, of {of:,} in this record."
    if len(moved) > PREVIEWED:
        headline += f" The first {PREVIEWED} are listed."
    return Preview(f"{headline} {more}".strip(), columns, rows, told=_listed(names))


def _listed(names: list[str]) -> str:
    if not names:
        return "Nobody is told."
    further = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"Told by mail: {', '.join(names[:NAMED])}{further}."


REFUSALS = (workflow.Ineffective, workflow.ReasonMissing)
