"""What a statement says of a unit, and whether it still holds."""

from datetime import date
from typing import NamedTuple

from portal.statement.codes import Stated, Term
from portal.support_facts import Support, support_of, with_support
from portal.unit_facts import unit_cover, unit_version
from support.models import ServiceLevel
from warranty.enums import WarrantyStatus
from warranty.models import Unit
from warranty.policy import Cover

MOST_TERMS = 6
"""Contracts on one page; the latest ones, where there are more."""


class Row(NamedTuple):
    """A line of what was stated, in words."""

    name: str
    starts_on: date
    ends_on: date


class Verified(NamedTuple):
    """What became of a statement: its rows, and why it no longer holds, if it does not."""

    stated: Stated
    rows: list[Row]
    no_longer: str


def stated_of(unit: Unit, cover: Cover, support: Support, *, on: date, made_on: date) -> Stated:
    return Stated(
        unit=unit.pk,
        serial=unit.serial,
        on=on,
        made_on=made_on,
        status=cover.status,
        starts_on=cover.starts_on,
        ends_on=cover.ends_on,
        support=_terms(support),
    )


def _terms(support: Support) -> tuple[Term, ...]:
    return tuple(
        Term(level=line.contract.level_id, starts_on=line.starts_on, ends_on=line.ends_on)
        for line in support.kept[-MOST_TERMS:]
    )


def verify(stated: Stated, *, today: date) -> Verified:
    """Compare what was stated with what is known today."""
    levels = ServiceLevel.objects.in_bulk([term.level for term in stated.support])
    rows = [Row("Warranty", stated.starts_on, stated.ends_on)]
    rows += [
        Row(str(levels.get(term.level, "Support contract")), term.starts_on, term.ends_on)
        for term in stated.support
    ]
    return Verified(stated, rows, _no_longer(stated, today))


def _no_longer(stated: Stated, today: date) -> str:
    """Say why the dates do not hold any more; nothing while they do."""
    known = with_support(Unit.unscoped.filter(pk=stated.unit).for_answer().with_first_signature())
    unit = known.first()
    if unit is None or unit.serial != stated.serial:
        return "The serial number was corrected since."
    if hasattr(unit, "replacement") and unit.replacement.replaced_on <= today:
        return "The unit was replaced and is out of use."
    cover = unit_cover(unit, unit_version(unit).terms(), on=today, names_others=False)
    if (cover.status is WarrantyStatus.VOID) != (stated.status is WarrantyStatus.VOID):
        return "The warranty was voided or put back in force since."
    if (cover.starts_on, cover.ends_on) != (stated.starts_on, stated.ends_on):
        return "The dates of the warranty changed since."
    if _terms(support_of(unit, on=today)) != stated.support:
        return "The support contracts changed since."
    return ""
