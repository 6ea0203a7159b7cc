"""What a version would do, or did: units, holders, contracts and open cases, set by set."""

from dataclasses import dataclass

from django.db.models import Count

from doa.models import CaseLine
from lifecycle import units
from lifecycle.models import Announcement
from partners.models import Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a version means for one holder.

    `contracts` run past the end of service and support; `covered` are their units.
    """

    organization: Organization
    units: int
    contracts: int = 0
    covered: int = 0
    cases: int = 0


@dataclass(frozen=True, slots=True)
class Impact:
    """The whole of it, and holder by holder, the one with most units first."""

    rows: tuple[Row, ...]

    @property
    def units(self) -> int:
        return sum(row.units for row in self.rows)

    @property
    def partners(self) -> int:
        return sum(not row.organization.is_huawei for row in self.rows)

    @property
    def contracts(self) -> int:
        return sum(row.contracts for row in self.rows)

    @property
    def covered(self) -> int:
        return sum(row.covered for row in self.rows)

    @property
    def cases(self) -> int:
        return sum(row.cases for row in self.rows)


HEADER = ["code", "organization", "units", "contracts_past_end", "units_past_end", "open_cases"]


def impact_of(announcement: Announcement) -> Impact:
    """Count what a version concerns, in a few statements however many units there are."""
    counted = units.counted_by_holder(units.affected_units(announcement))
    contracts = _contracts(announcement)
    cases = _cases(announcement)
    known = Organization.objects.in_bulk(counted.keys() | contracts.keys())
    rows = [
        Row(
            organization=known[pk],
            units=counted.get(pk, 0),
            contracts=contracts.get(pk, (0, 0))[0],
            covered=contracts.get(pk, (0, 0))[1],
            cases=cases.get(pk, 0),
        )
        for pk in counted.keys() | contracts.keys()
    ]
    return Impact(tuple(sorted(rows, key=lambda row: (-row.units, row.organization.code))))


def _contracts(announcement: Announcement) -> dict[int, tuple[int, int]]:
    """Count per holder the contracts that run past the end, and the units in them."""
    lines = (
        units.lines_past_service(announcement).order_by().annotate(holder=units.holder("unit__"))
    )
    counted = lines.values("holder").annotate(
        contracts=Count("contract", distinct=True), covered=Count("unit", distinct=True)
    )
    return {row["holder"]: (row["contracts"], row["covered"]) for row in counted}


def _cases(announcement: Announcement) -> dict[int, int]:
    """Count per holder the units that stand in an open case."""
    keys = list(units.facts_of(announcement))
    lines = CaseLine.unscoped.filter(is_open=True, unit__part_number__in=keys).order_by()
    rows = lines.annotate(holder=units.holder("unit__")).values("holder")
    return {
        row["holder"]: row["cases"] for row in rows.annotate(cases=Count("case", distinct=True))
    }


def table(impact: Impact) -> list[list[object]]:
    """Return the rows of the table that goes with `HEADER`."""
    return [
        [r.organization.code, r.organization.name, r.units, r.contracts, r.covered, r.cases]
        for r in impact.rows
    ]
