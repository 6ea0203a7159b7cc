"""What saving a shipments file would do: found while a dry run holds it in its transaction."""

from dataclasses import dataclass, field
from datetime import date
from types import ModuleType
from typing import Any

from jobs.imports import Refusals
from partners.models import Organization
from warranty.imports import staging
from warranty.imports.changes import Changes
from warranty.imports.checks import check_staged

SHOWN = 100
"""How many shipments and changes are shown; the rest is counted."""

_NEW = """
FROM import_line l
JOIN import_head h ON h.leg = l.leg AND h.number = l.number
LEFT JOIN warranty_unit u ON u.serial = l.serial AND u.part_number_id = l.part_number_id
LEFT JOIN warranty_shipmentline p ON p.unit_id = u.id AND p.shipment_id = h.shipment_id
WHERE (l.leg = 'huawei' AND u.id IS NULL) OR (l.leg = 'distributor' AND p.id IS NULL)"""

_NEW_UNITS = f"SELECT count(*) FROM (SELECT DISTINCT l.serial, l.part_number_id {_NEW}) n"  # noqa: S608

_NEW_BY_SHIPMENT = f"""
SELECT n.number, n.leg, n.shipped_on, s.name, c.name, n.is_new, n.units, count(*) OVER ()
FROM (
    SELECT h.number, h.leg, h.shipped_on, h.shipped_by_id, h.consignee_id, h.is_new,
        count(*) AS units, min(l.line) AS line {_NEW}
    GROUP BY h.number, h.leg, h.shipped_on, h.shipped_by_id, h.consignee_id, h.is_new
) n
JOIN partners_organization s ON s.id = n.shipped_by_id
JOIN partners_organization c ON c.id = n.consignee_id
ORDER BY n.line LIMIT %s"""  # noqa: S608


@dataclass(slots=True)
class Preview:
    """What is new by shipment and what changes by unit, the first of each; and how many."""

    units: int = 0
    new_shipments: int = 0
    shipments: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    changed_fields: int = 0

    def find_new(self) -> None:
        """Read from the staging tables what no table has yet."""
        self.units = int(staging.query(_NEW_UNITS)[0][0])
        for number, leg, day, shipper, consignee, is_new, units, count in staging.query(
            _NEW_BY_SHIPMENT, [SHOWN]
        ):
            self.new_shipments = int(count)
            self.shipments.append(
                {
                    "number": number,
                    "leg": leg,
                    "shipped_on": day.isoformat() if isinstance(day, date) else day,
                    "shipped_by": shipper,
                    "consignee": consignee,
                    "is_new": bool(is_new),
                    "units": units,
                }
            )

    def add_changes(self, changes: Changes) -> None:
        """Take over what the run changed in known units."""
        self.units += changes.count
        self.changes, self.changed_fields = changes.listed, changes.fields


def leave_out_refused(
    refuse: Refusals, by: ModuleType, *, unstaged: frozenset[int], own: Organization | None
) -> None:
    """Take refused lines off the staging tables until what is left would be accepted.

    A line that rests on a refused one is refused in its turn. `unstaged` never got there.
    """
    gone = set(unstaged)
    while fresh := refuse.lines - gone:
        staging.remove(fresh, by)
        gone |= fresh
        _, onward, _ = staging.summary()
        check_staged(refuse, onward=onward, own=own)
