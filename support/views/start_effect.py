"""What another start would do to the units of a contract, before anything is stored."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from support import lifetimes, workflow
from support.contracts import Span
from support.models import ContractLine, SupportContract

LISTED = 50
"""How many refused units a page lists; its headline counts them all."""


@dataclass(frozen=True, slots=True)
class Change:
    """Units whose cover would change alike."""

    before: Span
    after: Span
    units: int


def effect_of(
    contract: SupportContract, *, starts_on: date, line_ids: Collection[int] | None, today: date
) -> dict[str, Any]:
    """Return what the page shows: how cover would change, and the units in the way."""
    wanted = contract.lines.select_related("unit", "contract__level", "anchor_shipment")
    lines = list(wanted if line_ids is None else wanted.filter(pk__in=line_ids))
    refusals = list(workflow.start_refusals(lines, starts_on=starts_on, partner_on=today))
    refused = {refusal.serial for refusal in refusals}
    moved = [line for line in lines if line.unit.serial not in refused]
    return {
        "changes": list(_changes(moved, starts_on)),
        "refusals": refusals[:LISTED],
        "refused": len(refusals),
    }


def _changes(lines: list[ContractLine], starts_on: date) -> Iterator[Change]:
    ends = lifetimes.service_ends(line.unit for line in lines)
    counted = Counter(
        (
            line.span,
            Span(
                starts_on,
                lifetimes.moved_end(
                    line, starts_on=starts_on, until=ends.get(line.unit.part_number_id)
                ),
            ),
        )
        for line in lines
    )
    for (before, after), units in sorted(counted.items(), key=lambda found: found[0][0].first):
        yield Change(before, after, units)
