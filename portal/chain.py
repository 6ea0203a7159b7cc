"""The units that stood in each other's place, as the page of one of them shows them."""

from collections.abc import Iterator
from dataclasses import dataclass

from partners.models import Organization
from warranty.models import Unit, UnitReplacement


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One step of a chain. A unit that the reader may not see is named without a link."""

    replacement: UnitReplacement
    is_old_seen: bool
    is_new_seen: bool


def chain_of(unit: Unit, organization: Organization) -> Iterator[Link]:
    """Yield the steps of a unit's chain, the first unit first; no query where there is none."""
    if not hasattr(unit, "origin") and not hasattr(unit, "replacement"):
        return
    steps = UnitReplacement.unscoped.chain(unit)
    ends = {pk for step in steps for pk in (step.old_id, step.new_id)}
    seen = Unit.objects.for_organization(organization).filter(pk__in=ends)
    known = set(seen.values_list("pk", flat=True))
    for step in steps:
        yield Link(
            replacement=step,
            is_old_seen=step.old_id in known,
            is_new_seen=step.new_id in known,
        )
