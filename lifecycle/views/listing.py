"""The list of announcements, for everybody, and its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from catalog.enums import MilestoneKind
from jobs.lists.keyset import Order
from jobs.lists.pages import CsvTable, Listed, ListPage, XlsxTable
from lifecycle import facts, policy, workflow
from lifecycle.enums import AnnouncementStatus
from lifecycle.filters import VIEWS, AnnouncementFilter
from lifecycle.models import Announcement, Holding
from lifecycle.models.announcements import Dates
from lifecycle.views.acknowledging import AcknowledgeSeveral, key_of
from lifecycle.views.public import PublicPage
from partners import clock

NAMED = 4
"""How many models a row of the page names."""
HEADER = (
    *("number", "version", "subject", "status", "published_on", "models"),
    *(kind.value for kind in MilestoneKind),
    "your_units",
)


@dataclass(frozen=True)
class AnnouncementRow:
    """An announcement, and how many units of the reader's organization it concerns."""

    announcement: Announcement
    held: int
    pick: str = ""
    """By what it is ticked, where the organization has not said yet that it has read it."""

    @cached_property
    def dates(self) -> Dates:
        return facts.common_dates(self.announcement)

    @property
    def headline(self) -> str:
        return policy.headline(self.dates)

    @property
    def milestones(self) -> list[tuple[str, str]]:
        return [(kind.label, when.text) for kind, when in self.dates.items()]

    @cached_property
    def models(self) -> list[str]:
        return [product.model for product in self.announcement.products]

    @property
    def named(self) -> str:
        return ", ".join(self.models[:NAMED])

    @property
    def more(self) -> int:
        return max(len(self.models) - NAMED, 0)

    @property
    def tone(self) -> str:
        return facts.TONES[AnnouncementStatus(self.announcement.status)]


class AnnouncementList(PublicPage, Listed):
    """What the page and the files share: what holds or was withdrawn."""

    filter_class = AnnouncementFilter
    name = "announcements"
    usual = "-published"
    header = HEADER
    orders = {
        "published": Order("published_at"),
        "-published": Order("published_at", is_descending=True),
        "number": Order("number"),
        "-number": Order("number", is_descending=True),
    }

    @property
    def shows_units(self) -> bool:
        return self.organization is not None and not self.organization.is_huawei

    def seen(self) -> Any:
        return Announcement.objects.current()

    def rows(self, keys: Sequence[int]) -> list[AnnouncementRow]:
        found = self.seen().with_subject_matter().filter(pk__in=keys)
        announcements = {announcement.pk: announcement for announcement in found}
        held = self._held(keys) if self.shows_units else {}
        kept = [announcements[key] for key in keys if key in announcements]
        return [self._row(each, held.get(each.pk)) for each in kept]

    def _held(self, keys: Sequence[int]) -> dict[int, Holding]:
        rows = Holding.objects.for_organization(self.organization).filter(announcement__in=keys)
        return {row.announcement_id: row for row in rows}

    def _row(self, announcement: Announcement, holding: Holding | None) -> AnnouncementRow:
        if holding is None:
            return AnnouncementRow(announcement, 0)
        holding.announcement = announcement
        return AnnouncementRow(
            announcement, holding.units, key_of(announcement) if holding.is_to_read else ""
        )

    def cells(self, row: AnnouncementRow) -> list[object]:
        each, published_at = row.announcement, row.announcement.published_at
        return [
            *(each.number, each.version, each.subject, each.status),
            *(clock.business_day(published_at) if published_at else "", ", ".join(row.models)),
            *(row.dates[kind].iso if kind in row.dates else "" for kind in MilestoneKind),
            row.held if self.shows_units else "",
        ]


class Announcements(AnnouncementList, ListPage):
    """Every announcement that holds or was withdrawn, the last published first."""

    template_name = "lifecycle/announcements.html"
    views = VIEWS
    batches = (AcknowledgeSeveral,)
    columns = (
        ("Announcement", "number"),
        ("Milestones", ""),
        ("Published", "published"),
        ("Status", ""),
    )

    def context(self) -> dict[str, Any]:
        organization = self.organization
        return {
            "page": "announcements",
            "organization": organization,
            "shows_units": self.shows_units,
            "may_manage": organization and workflow.may_manage(self.request.user),
            "is_subscribed": self.is_subscribed,
        }


class AnnouncementsCsv(AnnouncementList, CsvTable):
    pass


class AnnouncementsXlsx(AnnouncementList, XlsxTable):
    pass
