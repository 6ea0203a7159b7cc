"""The life cycle of a unit's product: how it stands on a day, in the words of page and API."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, Q

from catalog.enums import LifecycleStatus, MilestoneKind
from catalog.milestones import (
    NOT_ANNOUNCED,
    MilestoneDate,
    expectations,
    is_reached,
    merged,
    service_ends_on,
    status_on,
)
from catalog.models import Milestone, PartNumber, Product
from catalog.policy import day_text
from partners.prepared import Later, Prepared
from warranty.models import Unit
from warranty.reasons import Reason

LIFE_CYCLE_POLICY = "Product Life Cycle Policy"
RULE = "life-cycle"
SAMPLE = "These dates are sample values, not the vendor's."

TONES = {
    LifecycleStatus.END_OF_SERVICE_AND_SUPPORT: "stop",
    LifecycleStatus.NOT_ANNOUNCED: "wait",
}
"""The colour family of a state; every other has that of the life cycle."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The milestones that count for one part number, as they stand `on` a day."""

    rows: tuple[Milestone, ...]
    on: date

    @property
    def by_kind(self) -> dict[MilestoneKind, Milestone]:
        """Return what counts: the part number's own row before its product's."""
        ordered = sorted(self.rows, key=lambda row: row.part_number_id is not None)
        return {MilestoneKind(row.kind): row for row in ordered}

    @property
    def dates(self) -> dict[MilestoneKind, MilestoneDate]:
        return merged({}, {kind: row.date for kind, row in self.by_kind.items()})

    @property
    def status(self) -> LifecycleStatus:
        return status_on(self.dates, on=self.on)

    @property
    def tone(self) -> str:
        return TONES.get(self.status, "life")

    @property
    def is_sample(self) -> bool:
        return any(row.is_sample for row in self.by_kind.values())

    @property
    def service_ends_on(self) -> date | None:
        return service_ends_on(self.dates)

    def ends_before(self, ends_on: date) -> str:
        """Say when service and support end if that is before a cover does, or nothing.

        Source: policy section 2, the last rule.
        """
        last = self.service_ends_on
        if last is None or last >= ends_on:
            return ""
        return f"service and support end earlier: {self.dates[MilestoneKind.EOS].text}"

    def cut_short(self, ends_on: date) -> str:
        """Say in a sentence that a cover is longer than the product's service and support."""
        if not self.ends_before(ends_on):
            return ""
        return (
            f"Cover that was promised until {day_text(ends_on)} is longer than service and "
            "support for this product. Ask Huawei what follows before the earlier day."
        )

    def reasons(self) -> Iterator[Reason]:
        """Yield what the unit may still expect, a sentence each."""
        for sentence in expectations(self.dates, on=self.on):
            yield Reason(RULE, sentence, LIFE_CYCLE_POLICY)

    @property
    def causes(self) -> str:
        """Name the announcements, or the other sources, that the milestones come from."""
        return "; ".join(dict.fromkeys(row.cause for row in self.by_kind.values()))

    def milestones(self) -> Iterator[tuple[MilestoneKind, MilestoneDate, str]]:
        """Yield all four milestones with the word for each: ahead, reached, or no date."""
        for kind in MilestoneKind:
            when = self.dates.get(kind, NOT_ANNOUNCED)
            if when.day is None:
                yield kind, when, when.precision.value
            else:
                yield kind, when, "reached" if is_reached(kind, when, on=self.on) else "ahead"

    def as_dict(self) -> dict[str, Any]:
        """Return the life cycle as the API gives it: ISO dates, plain words."""
        by_kind = self.by_kind
        return {
            "status": self.status.value,
            "milestones": [
                {
                    "kind": kind.value,
                    "name": kind.label,
                    "date": when.iso if when.day else None,
                    "precision": when.precision.value,
                    "counts_as": when.day.isoformat() if when.day else None,
                    "status": status,
                    "sample": kind in by_kind and by_kind[kind].is_sample,
                }
                for kind, when, status in self.milestones()
            ],
            "expects": list(expectations(self.dates, on=self.on)),
        }


@cache
def _rows() -> Prepared:
    own = Q(part_number=None) | Q(part_number=Later("part_number"))
    return Prepared(Milestone.objects.current().filter(own, product=Later("product")))


def with_lifecycle(units: Any) -> Any:
    """Add `has_milestones` to a queryset of units: whether it is worth looking for them."""
    known = Milestone.objects.current().filter(product=OuterRef("part_number__product"))
    return units.annotate(has_milestones=Exists(known))


def lifecycle_of(unit: Unit, *, on: date) -> Lifecycle:
    """Return the life cycle of a unit's part number; no query where there is none."""
    if not getattr(unit, "has_milestones", True):
        return Lifecycle((), on)
    return lifecycle_of_part(unit.part_number, on=on)


def lifecycle_of_part(part: PartNumber, *, on: date) -> Lifecycle:
    """Return the life cycle of a part number; one query, compiled once."""
    rows = _rows()(part_number=part.pk, product=part.product_id)
    return Lifecycle(tuple(rows), on)


def lifecycle_of_product(product: Product, *, on: date) -> Lifecycle:
    """Return the life cycle of a product, whatever its part numbers have of their own."""
    rows = Milestone.objects.current().filter(product=product, part_number=None)
    return Lifecycle(tuple(rows), on)


def lifecycles_of(units: Collection[Unit], *, on: date) -> dict[int, Lifecycle]:
    """Return the life cycle of each part number of these units, in one query."""
    parts = {unit.part_number_id: unit.part_number for unit in units}
    products = {part.product_id for part in parts.values()}
    rows = list(Milestone.objects.current().of_products(products))
    return {key: Lifecycle(tuple(_own(rows, part)), on) for key, part in parts.items()}


def _own(rows: Iterable[Milestone], part: PartNumber) -> Iterator[Milestone]:
    for row in rows:
        if row.product_id == part.product_id and row.part_number_id in (None, part.pk):
            yield row


def statuses(*, on: date) -> dict[str, str]:
    """Return how each part number that has milestones stands on a day, by its number."""
    said = Milestone.objects.current().values_list("product", flat=True).distinct()
    parts = list(PartNumber.objects.filter(product__in=said))
    found = Milestone.objects.by_part_number(parts)
    return {part.number: status_on(found[part.pk], on=on).value for part in parts}
