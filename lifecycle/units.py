"""Affected units, and who holds each of them: set by set, never unit by unit."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, OuterRef, Q, When
from django.db.models.functions import Coalesce

from catalog.enums import MilestoneKind
from catalog.models import PartNumber
from lifecycle.models import Affected, Announcement, part_numbers_of
from lifecycle.policy import Facts
from partners.enums import OrganizationKind
from partners.models import Organization
from support.models import ContractLine
from warranty.models import Unit


def shipper(prefix: str = "") -> Coalesce:
    """Return who shipped a unit last, by key; `prefix` as for `holder()`."""
    return Coalesce(
        f"{prefix}distributor_shipment__shipped_by", f"{prefix}huawei_shipment__shipped_by"
    )


def holder(prefix: str = "") -> Case:
    """Return who holds a unit, by key: `Unit.partner` as an expression.

    `prefix` leads to the unit from a row of something else: `unit__`.
    """
    to_customer = {f"{prefix}consignee__kind": OrganizationKind.END_CUSTOMER}
    return Case(
        When(**to_customer, then=shipper(prefix)),
        default=F(f"{prefix}consignee"),
        output_field=BigIntegerField(),
    )


def affected_units(announcement: Announcement) -> Any:
    """Return every unit that a version is about, whoever has it."""
    return units_of(part_numbers_of(announcement.affected.all()))


def units_of(part_numbers: Any) -> Any:
    """Return the units of part numbers, read from their list so that their index is used."""
    return of_keys(list(part_numbers.values_list("pk", flat=True)))


def of_keys(part_numbers: Collection[int]) -> Any:
    """Return the units of part numbers by their keys, without what was replaced."""
    return Unit.unscoped.filter(part_number__in=list(part_numbers), replacement=None)


def counted_by_holder(units: Any) -> dict[int, int]:
    """Count units by the key of who holds them, as `holder()` says.

    The shipments are read of units at end customers alone: to read those of all units is
    most of the work, and the consignee says it for nearly all.
    """
    counted = _counted(units, F("consignee"))
    customers = Organization.objects.filter(pk__in=counted, kind=OrganizationKind.END_CUSTOMER)
    theirs = set(customers.values_list("pk", flat=True))
    found = {pk: count for pk, count in counted.items() if pk not in theirs}
    if theirs:
        for pk, count in _counted(units.filter(consignee__in=theirs), shipper()).items():
            found[pk] = found.get(pk, 0) + count
    return found


def _counted(units: Any, by: Any) -> dict[int, int]:
    rows = units.order_by().annotate(by=by).values_list("by").annotate(units=Count("*"))
    return dict(rows)


def held_by(announcement: Announcement, organization: Organization) -> Any:
    """Return the affected units that this organization holds, and no other's.

    Each of the three ways to hold a unit begins with an index, so that a page costs
    what its organization has and not what the whole announcement is about.
    """
    numbers = part_numbers_of(announcement.affected.all()).values_list("pk", flat=True)
    mine = Unit.objects.for_organization(organization).filter(
        part_number__in=list(numbers), replacement=None
    )
    to_customer = Q(consignee__kind=OrganizationKind.END_CUSTOMER)
    shipped_on = Q(distributor_shipment__shipped_by=organization)
    shipped_first = Q(distributor_shipment=None, huawei_shipment__shipped_by=organization)
    return mine.filter(
        (Q(consignee=organization) & ~to_customer) | (to_customer & (shipped_on | shipped_first))
    )


def ends_of_service(announcement: Announcement) -> dict[date, list[int]]:
    """Return the last days of service and support, each with its part numbers by key."""
    found: dict[date, list[int]] = {}
    for key, facts in facts_of(announcement).items():
        when = facts.dates.get(MilestoneKind.EOS)
        if when and when.day:
            found.setdefault(when.day, []).append(key)
    return found


def lines_past_service(announcement: Announcement) -> Any:
    """Return the contract lines that run past the end of service of their unit."""
    past = Q(pk__in=[])
    for day, keys in ends_of_service(announcement).items():
        past |= Q(unit__part_number__in=keys, ends_on__gt=day)
    return ContractLine.unscoped.covering().filter(past)


def facts_of(announcement: Announcement) -> dict[int, Facts]:
    """Return what a version says of each affected part number, by its key.

    A row for a single part number goes before the row of its whole product.
    """
    rows: list[Affected] = list(announcement.affected.all())
    by_product = announcement.dates_by_product()
    said = {row.part_number_id: _facts(row, by_product) for row in rows if row.part_number_id}
    whole = {row.product_id: _facts(row, by_product) for row in rows if not row.part_number_id}
    parts = PartNumber.objects.filter(product__in=whole).values_list("pk", "product")
    return {pk: whole[product] for pk, product in parts} | {k: f for k, f in said.items() if k}


def _facts(row: Affected, by_product: dict[int | None, Any]) -> Facts:
    replacement = row.replacement.model if row.replacement else ""
    return Facts(by_product[row.product_id], replacement)


def with_cover(units: Any) -> Any:
    """Add to units the last day of the contract that covers each longest."""
    lines = ContractLine.unscoped.covering().filter(unit=OuterRef("pk")).order_by("-ends_on")
    return units.annotate(contract_ends_on=lines.values("ends_on")[:1])
