"""What a page says of an announcement, put together once for partners, staff and programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Min

from catalog.enums import MilestoneKind
from catalog.milestones import NOT_ANNOUNCED, MilestoneDate, is_reached
from catalog.policy import day_text
from lifecycle import drawing, markdown, policy, units
from lifecycle.drawing import Point
from lifecycle.enums import AnnouncementStatus
from lifecycle.models import Announcement, Dates
from partners import clock
from partners.models import Organization
from warranty.models import Unit

Status = AnnouncementStatus
TONES = {
    Status.DRAFT: "wait",
    Status.IN_REVIEW: "warn",
    Status.SCHEDULED: "info",
    Status.PUBLISHED: "ok",
    Status.REVISED: "wait",
    Status.WITHDRAWN: "stop",
}


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product of the table: its part numbers, its dates in words, what replaces it."""

    model: str
    part_numbers: tuple[str, ...]
    dates: tuple[tuple[str, str], ...]
    replacement: str


def kinds_said(announcement: Announcement) -> list[MilestoneKind]:
    """Return the kinds of milestones that any of the products has."""
    said = {kind for dates in announcement.dates_by_product().values() for kind in dates}
    return [kind for kind in MilestoneKind if kind in said]


def named_dates(announcement: Announcement) -> list[tuple[str, Dates]]:
    """Return the dates of each affected product under its name."""
    by_product = announcement.dates_by_product()
    return [(product.model, by_product[product.pk]) for product in announcement.products]


def common_dates(announcement: Announcement) -> Dates:
    """Return the dates that name the announcement: the common ones, or else the first."""
    by_product = announcement.dates_by_product()
    return next((dates for dates in by_product.values() if dates), {})


def product_rows(announcement: Announcement) -> list[ProductRow]:
    kinds, by_product = kinds_said(announcement), announcement.dates_by_product()
    rows = []
    for product in announcement.products:
        mine = [row for row in announcement.affected.all() if row.product_id == product.pk]
        replaced = sorted({row.replacement.model for row in mine if row.replacement})
        numbers = tuple(str(row.part_number) for row in mine if row.part_number)
        dates = by_product[product.pk]
        rows.append(
            ProductRow(
                model=product.model,
                part_numbers=numbers,
                dates=tuple((kind.label, dates.get(kind, NOT_ANNOUNCED).text) for kind in kinds),
                replacement=", ".join(replaced),
            )
        )
    return rows


def points(announcement: Announcement, *, on: date) -> list[Point]:
    """Return what stands on the line, in its order, with today among it."""
    dates = common_dates(announcement)
    said: list[tuple[date | None, Point]] = []
    if announcement.published_at:
        day = clock.business_day(announcement.published_at)
        said.append((day, Point("Announced", day_text(day), is_past=day <= on)))
    for kind, when in dates.items():
        said.append((when.day, _point(kind, when, on)))
    dated = [(day, point) for day, point in said if day]
    dated.append((on, Point("Today", day_text(on), is_past=True, is_now=True)))
    dated.sort(key=lambda pair: pair[0])
    return [point for _, point in dated] + [point for day, point in said if not day]


def _point(kind: MilestoneKind, when: MilestoneDate, on: date) -> Point:
    text = when.text[:1].upper() + when.text[1:]
    return Point(kind.label, text, is_past=is_reached(kind, when, on=on))


def page_of(announcement: Announcement, *, on: date) -> dict[str, Any]:
    """Return what the page says of a version, to a partner as to a stranger."""
    line = points(announcement, on=on)
    return {
        "announcement": announcement,
        "headline": policy.headline(common_dates(announcement)),
        "html": markdown.render(announcement.text),
        "kinds": kinds_said(announcement),
        "rows": product_rows(announcement),
        "means": policy.means(common_dates(announcement)),
        "points": line,
        "wide": drawing.wide(line),
        "narrow": drawing.narrow(line),
        "files": [row.document for row in announcement.attachments.select_related("document")],
        "tone": TONES[AnnouncementStatus(announcement.status)],
    }


def versions_of(announcement: Announcement) -> list[Announcement]:
    """Return the published versions of a number, the newest first."""
    found = Announcement.objects.public().filter(number=announcement.number)
    return list(found.order_by("-version"))


def groups(announcement: Announcement, organization: Organization) -> Any:
    """Return the affected units of an organization by customer, site, model and contract end."""
    mine = units.with_cover(units.held_by(announcement, organization))
    by = ("end_customer", "site_country", "part_number", "contract_ends_on")
    counted = mine.order_by().values(*by, "part_number__number", "part_number__product__model")
    return counted.annotate(units=Count("pk"), serial=Min("serial")).order_by(*by)


def group_rows(announcement: Announcement, found: Any) -> Iterator[dict[str, Any]]:
    """Say of each group whether its contracts last until service and support end."""
    said = units.facts_of(announcement)
    for row in found:
        ends = said[row["part_number"]].dates.get(MilestoneKind.EOS, NOT_ANNOUNCED).day
        yield {**row, "model": row["part_number__product__model"], **cover(row, ends)}


def cover(row: dict[str, Any], ends: date | None) -> dict[str, str]:
    """Return in words whether a contract lasts until the end of service, with its colour."""
    until: date | None = row["contract_ends_on"]
    if until is None:
        return {"tone": "wait", "cover": "No contract"}
    if ends is None:
        return {"tone": "wait", "cover": "End to be announced"}
    if until < ends:
        return {"tone": "warn", "cover": "Contract ends earlier"}
    return {"tone": "ok", "cover": "Covered to the end"}


UNITS_HEADER = [
    "serial", "part_number", "model", "end_customer", "site_country",
    "contract_ends_on", "end_of_service_and_support", "cover",
]  # fmt: skip


def unit_lines(announcement: Announcement, organization: Organization) -> Iterator[list[object]]:
    """Yield each affected unit of an organization, for a table."""
    said = units.facts_of(announcement)
    mine = units.with_cover(units.held_by(announcement, organization)).order_by("serial", "pk")
    columns = (
        "serial", "part_number__number", "part_number__product__model", "end_customer",
        "site_country", "contract_ends_on", "part_number",
    )  # fmt: skip
    for row in mine.values(*columns).iterator(chunk_size=2000):
        ends = said[row["part_number"]].dates.get(MilestoneKind.EOS, NOT_ANNOUNCED).day
        yield [*(row[name] for name in columns[:-1]), ends, cover(row, ends)["cover"]]


def units_in_all(organization: Organization) -> int:
    """Return how many units an organization sees in all."""
    count: int = Unit.objects.for_organization(organization).count()
    return count
