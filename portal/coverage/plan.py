"""The rows of a coverage plan: each unit with its warranty, its contracts, what is amiss."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from partners.models import Organization
from portal.support_facts import Support
from portal.unit_facts import unit_cover
from support.contracts import past_service
from support.lifetimes import service_ends
from support.models import ContractLine
from support.planning import Windows
from warranty.models import Unit
from warranty.policy import Cover, Terms

HEADER = [
    "end_customer", "serial", "part_number", "model", "covered_by", "warranty_status", "starts_on",
    "ends_on", "contract_status", "contract", "service_ends_on", "remarks",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One unit of a plan."""

    unit: Unit
    cover: Cover
    support: Support
    service_ends_on: date | None
    organization: Organization

    @property
    def lines(self) -> list[ContractLine]:
        return self.support.kept

    @property
    def remarks(self) -> list[str]:
        """Return the gaps, the overlaps, and what lasts longer than the product's service."""
        said = [reason.sentence for reason in self.support.remarks()]
        for line in self.lines:
            warning = past_service(ends_on=line.ends_on, service_ends_on=self.service_ends_on)
            said += [warning] if warning else []
        return said

    def shown(self) -> Iterator[dict[str, Any]]:
        """Yield the contracts as the page shows them; one's own lead to their pages."""
        for line in self.lines:
            is_own = self.organization.is_huawei or (
                line.contract.organization_id == self.organization.pk
            )
            yield {"line": line, "status": line.status(self.support.on), "is_own": is_own}

    def cells(self) -> Iterator[list[object]]:
        """Yield a line of the table for the warranty and for each contract."""
        unit, on = self.unit, self.support.on
        first = [unit.end_customer, unit.serial, unit.part_number.number, unit.product.model]
        remarks = " ".join(self.remarks)
        until = self.service_ends_on
        cover = self.cover
        dates = [cover.status.label, cover.starts_on, cover.ends_on]
        yield [*first, "Hardware warranty", *dates, "", "", until, remarks]
        for shown in self.shown():
            line = shown["line"]
            number = line.contract.number if shown["is_own"] else ""
            dates = ["", line.starts_on, line.ends_on]
            status = line.status(on).label
            yield [*first, str(line.contract.level), *dates, status, number, until, ""]


def plan_of(units: Any, organization: Organization, *, on: date) -> list[PlanRow]:
    """Return the rows of units in scope, in their order; five queries, whatever their number."""
    found: Sequence[Unit] = list(units.for_answer().with_first_signature())
    lines = _lines(found)
    windows, until = Windows(), service_ends(found)
    return [
        PlanRow(
            unit=unit,
            cover=unit_cover(unit, _terms(unit, windows), on=on, names_others=False),
            support=Support(tuple(lines[unit.pk]), on),
            service_ends_on=until.get(unit.part_number_id),
            organization=organization,
        )
        for unit in found
    ]


def _lines(units: Iterable[Unit]) -> dict[int, list[ContractLine]]:
    lines: dict[int, list[ContractLine]] = defaultdict(list)
    for line in ContractLine.unscoped.filter(unit__in=list(units)).for_unit():
        lines[line.unit_id].append(line)
    return lines


def _terms(unit: Unit, windows: Windows) -> Terms:
    if hasattr(unit, "warranty"):
        return unit.warranty.policy_version.terms()
    return windows.terms(unit.huawei_shipment.shipped_on)
