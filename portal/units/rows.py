"""The rows of the list of units."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

from jobs.lists.pages import PER_PAGE
from partners.models import Organization
from partners.prepared import LaterOrganization, Prepared, laters, spread
from portal.lifecycle_facts import Lifecycle, lifecycles_of
from portal.unit_facts import unit_cover, unit_terms
from portal.verdict import TONES
from support.enums import ContractStatus
from support.models import ContractLine
from support.views.contracts import TONES as CONTRACT_TONES
from warranty.enums import WarrantyStatus
from warranty.models import Unit
from warranty.policy import Cover

HEADER = (
    *("serial", "part_number", "model", "product_line", "customer", "purchase_order"),
    *("warranty_status", "warranty_starts_on", "warranty_ends_on", "support_level"),
    *("support_status", "support_ends_on", "lifecycle_status"),
)
_TELLING = (ContractStatus.ACTIVE, ContractStatus.FUTURE, ContractStatus.EXPIRED)


@dataclass(frozen=True)
class UnitRow:
    """A unit with what covers it and where its product stands `on` a day."""

    unit: Unit
    cover: Cover
    lines: Sequence[ContractLine]
    lifecycle: Lifecycle
    on: date

    @property
    def warranty_tone(self) -> str:
        return TONES[self.cover.status]

    @property
    def warranty_word(self) -> str:
        return "starts" if self.cover.status == WarrantyStatus.PENDING else "until"

    @property
    def warranty_day(self) -> date:
        is_pending = self.cover.status == WarrantyStatus.PENDING
        return self.cover.starts_on if is_pending else self.cover.ends_on

    @cached_property
    def line(self) -> ContractLine | None:
        """Return the contract that tells most: in force before coming before ended."""
        ordered = sorted(self.lines, key=lambda line: line.ends_on, reverse=True)
        told = sorted(ordered, key=lambda line: _TELLING.index(line.status(self.on)))
        return told[0] if told else None

    @cached_property
    def support_status(self) -> ContractStatus | None:
        return self.line.status(self.on) if self.line else None

    @property
    def support_tone(self) -> str:
        return CONTRACT_TONES[self.support_status] if self.support_status else ""

    @property
    def support_word(self) -> str:
        return f"{self.line.contract.level}, until" if self.line else ""

    def cells(self) -> list[object]:
        unit, cover, line, status = self.unit, self.cover, self.line, self.support_status
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
    """Return the rows of the units with these keys, in their order; three queries."""
    units = {unit.pk: unit for unit in _units(keys, organization)}
    lines: dict[int, list[ContractLine]] = defaultdict(list)
    for line in _lines(keys):
        lines[line.unit_id].append(line)
    lives = lifecycles_of(units.values(), on=on)
    return [
        UnitRow(
            unit=unit,
            cover=unit_cover(unit, unit_terms(unit), on=on, names_others=False),
            lines=[line for line in lines[unit.pk] if line.status(on) in _TELLING],
            lifecycle=lives[unit.part_number_id],
            on=on,
        )
        for unit in (units[key] for key in keys if key in units)
    ]


def _units(keys: Sequence[int], organization: Organization) -> Iterable[Unit]:
    if len(keys) > PER_PAGE:
        return Unit.objects.for_organization(organization).for_rows().filter(pk__in=keys)
    given = spread("unit", keys, PER_PAGE)
    return _page_units(is_huawei=organization.is_huawei)(organization=organization.pk, **given)


def _lines(keys: Sequence[int]) -> Iterable[ContractLine]:
    if len(keys) > PER_PAGE:
        return ContractLine.unscoped.filter(unit__in=keys).select_related("contract__level")
    return _page_lines()(**spread("unit", keys, PER_PAGE))


@cache
def _page_units(*, is_huawei: bool) -> Prepared:
    organization: Any = LaterOrganization("organization", is_huawei=is_huawei)
    units = Unit.objects.for_organization(organization).for_rows()
    return Prepared(units.filter(pk__in=laters("unit", PER_PAGE)))


@cache
def _page_lines() -> Prepared:
    keys: Any = laters("unit", PER_PAGE)
    lines = ContractLine.unscoped.filter(unit__pk__in=keys)
    return Prepared(lines.select_related("contract__level"))
