"""What an organization has planned for an announcement, read for pages and tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min

from catalog.enums import MilestoneKind
from catalog.milestones import NOT_ANNOUNCED
from lifecycle import facts, units
from lifecycle.models import Announcement, ReplacementPlan
from partners.models import Organization


@dataclass(frozen=True, slots=True)
class Plans:
    """The plans of one organization for one announcement."""

    by_customer: dict[str | None, ReplacementPlan]

    def of(self, end_customer: str) -> ReplacementPlan | None:
        """Return what counts for a customer: its own plan before the one for all others."""
        return self.by_customer.get(end_customer) or self.by_customer.get(None)

    def planned(self, counted: dict[str, int]) -> int:
        """Return how many of the units by customer have a planned day."""
        plans = ((self.of(customer), count) for customer, count in counted.items())
        return sum(count for plan, count in plans if plan and plan.planned_on)


def plans_of(number: str, organization: Organization) -> Plans:
    rows = ReplacementPlan.objects.for_organization(organization).filter(number=number)
    return Plans({row.end_customer: row for row in rows})


def plans_for_unit(
    announcements: Iterable[Announcement], end_customer: str, organization: Organization
) -> dict[str, ReplacementPlan]:
    """Return by number what is planned for one unit, in one query; none asks nothing."""
    numbers = [announcement.number for announcement in announcements]
    if not numbers:
        return {}
    found: dict[str, dict[str | None, ReplacementPlan]] = {}
    for row in ReplacementPlan.objects.for_organization(organization).filter(number__in=numbers):
        found.setdefault(row.number, {})[row.end_customer] = row
    plans = {number: Plans(rows).of(end_customer) for number, rows in found.items()}
    return {number: plan for number, plan in plans.items() if plan}


def counted(announcement: Announcement, organization: Organization) -> dict[str, int]:
    """Count the affected units of an organization by customer."""
    mine = units.held_by(announcement, organization).order_by()
    return dict(mine.values_list("end_customer").annotate(n=Count("pk")))


def customers(announcement: Announcement, organization: Organization) -> Any:
    """Return the customers with affected units: how many, and whose contract ends first."""
    mine = units.with_cover(units.held_by(announcement, organization)).order_by()
    return (
        mine.values("end_customer")
        .annotate(units=Count("pk"), contract_ends_on=Min("contract_ends_on"))
        .order_by("end_customer")
    )


HEADER = (*facts.UNITS_HEADER, "replacement", "replacement_planned_on", "note")
_COLUMNS = (
    "serial", "part_number__number", "part_number__product__model", "end_customer",
    "site_country", "contract_ends_on", "part_number",
)  # fmt: skip


def unit_rows(announcement: Announcement, organization: Organization) -> Any:
    """Return the affected units of an organization by customer, with their contracts' ends."""
    mine = units.with_cover(units.held_by(announcement, organization))
    return mine.order_by("end_customer", "serial", "pk").values(*_COLUMNS)


def described(
    announcement: Announcement, plans: Plans, rows: Iterable[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Say of each unit what replaces it, when, and how long its contract lasts."""
    said = units.facts_of(announcement)
    for row in rows:
        fact = said[row["part_number"]]
        ends = fact.dates.get(MilestoneKind.EOS, NOT_ANNOUNCED).day
        yield {
            **row,
            **facts.cover(row, ends),
            "number": row["part_number__number"],
            "model": row["part_number__product__model"],
            "service_ends_on": ends,
            "replacement": fact.replacement,
            "plan": plans.of(row["end_customer"]),
        }


def lines(announcement: Announcement, organization: Organization) -> Iterator[list[object]]:
    """Yield each affected unit with its plan, for a table."""
    rows = unit_rows(announcement, organization).iterator(chunk_size=2000)
    for row in described(announcement, plans_of(announcement.number, organization), rows):
        plan = row["plan"]
        yield [
            *(row[name] for name in _COLUMNS[:-1]),
            *(row["service_ends_on"], row["cover"], row["replacement"]),
            *((plan.planned_on, plan.note) if plan else (None, "")),
        ]
