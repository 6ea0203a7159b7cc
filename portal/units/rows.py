"""The rows of the list of units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from partners.models import Organization
from portal.coverage.plan import PlanRow, plan_of
from portal.lifecycle_facts import Lifecycle, lifecycles_of
from portal.verdict import TONES
from support.enums import ContractStatus
from support.models import ContractLine
from support.views.contracts import TONES as CONTRACT_TONES
from warranty.models import Unit

HEADER = (
    *("serial", "part_number", "model", "product_line", "customer", "purchase_order"),
    *("warranty_status", "warranty_starts_on", "warranty_ends_on", "support_level"),
    *("support_status", "support_ends_on", "lifecycle_status"),
)
_TELLING = (ContractStatus.ACTIVE, ContractStatus.FUTURE, ContractStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit with what covers it and where its product stands."""

    plan: PlanRow
    lifecycle: Lifecycle

    @property
    def unit(self) -> Unit:
        return self.plan.unit

    @property
    def warranty_tone(self) -> str:
        return TONES[self.plan.cover.status]

    @property
    def line(self) -> ContractLine | None:
        """Return the contract that tells most: in force before coming before ended."""
        on = self.plan.support.on
        ordered = sorted(self.plan.lines, key=lambda line: line.ends_on, reverse=True)
        told = sorted(ordered, key=lambda line: _TELLING.index(line.status(on)))
        return told[0] if told else None

    @property
    def support_status(self) -> ContractStatus | None:
        return self.line.status(self.plan.support.on) if self.line else None

    @property
    def support_tone(self) -> str:
        return CONTRACT_TONES[self.support_status] if self.support_status else ""

    def cells(self) -> list[object]:
        unit, cover, line, status = self.unit, self.plan.cover, self.line, self.support_status
        product = unit.product
        return [
            *(unit.serial, unit.part_number.number, product.model, product.product_line),
            *(unit.end_customer, unit.purchase_order),
            *(cover.status.label, cover.starts_on, cover.ends_on),
            str(line.contract.level) if line else "",
            status.label if status else "",
            line.ends_on if line else "",
            self.lifecycle.status.label,
        ]


def rows_of(keys: Sequence[int], organization: Organization, *, on: date) -> list[UnitRow]:
    """Return the rows of the units with these keys, in their order; a fixed number of queries."""
    units = Unit.objects.for_organization(organization).filter(pk__in=keys)
    plans = {row.unit.pk: row for row in plan_of(units, organization, on=on)}
    lives = lifecycles_of([row.unit for row in plans.values()], on=on)
    found = [plans[key] for key in keys if key in plans]
    return [UnitRow(row, lives[row.unit.part_number_id]) for row in found]
