"""Which announcements the list is asked for."""

from typing import Any

from django.db.models import Q

from catalog.enums import MilestoneKind
from jobs.lists import filters as lists
from lifecycle.enums import AnnouncementStatus
from lifecycle.models import Announcement, Holding

MINE, IN_FORCE, WITHDRAWN = "yes", "in-force", "withdrawn"
STATES = {IN_FORCE: AnnouncementStatus.PUBLISHED, WITHDRAWN: AnnouncementStatus.WITHDRAWN}
VIEWS = (
    lists.View("All announcements"),
    lists.View("With units of yours", {"mine": MINE}),
    lists.View("In force", {"state": IN_FORCE}),
    lists.View("Withdrawn", {"state": WITHDRAWN}),
)


class AnnouncementForm(lists.DaysForm):
    between = (("published_from", "published_to"),)


class AnnouncementFilter(lists.ListFilter):
    """What somebody looks for; only a partner has units of its own to look for."""

    q = lists.text("Model, part number, subject or number", "by_words", longest=80)
    line = lists.text("Product line contains", "by_line", longest=80)
    kind = lists.choice("Milestone", MilestoneKind.choices, "by_kind")
    state = lists.choice("State", [(IN_FORCE, "In force"), (WITHDRAWN, "Withdrawn")], "by_state")
    published_from = lists.since("Published from", "published_at")
    published_to = lists.until("Published until", "published_at")
    mine = lists.choice("Your units", [(MINE, "Concerned")], "by_mine")

    class Meta:
        form = AnnouncementForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.organization is None or self.organization.is_huawei:
            del self.filters["mine"]

    def by_words(self, announcements: Any, name: str, value: str) -> Any:
        """Keep by the number, the subject, an affected model or one of its part numbers."""
        ways = Q(subject__icontains=value) | Q(number__istartswith=value)
        ways |= Q(affected__product__model__icontains=value)
        ways |= Q(affected__part_number__number__istartswith=value)
        ways |= Q(affected__part_number=None) & Q(
            affected__product__partnumber__number__istartswith=value
        )
        return _of(announcements, ways)

    def by_line(self, announcements: Any, name: str, value: str) -> Any:
        return _of(announcements, Q(affected__product__product_line__icontains=value))

    def by_kind(self, announcements: Any, name: str, value: str) -> Any:
        return _of(announcements, Q(milestones__kind=value))

    def by_state(self, announcements: Any, name: str, value: str) -> Any:
        return announcements.filter(status=STATES[value])

    def by_mine(self, announcements: Any, name: str, value: str) -> Any:
        held = Holding.objects.for_organization(self.organization).filter(units__gt=0)
        return announcements.filter(pk__in=held.values("announcement"))


def _of(announcements: Any, ways: Q) -> Any:
    return announcements.filter(pk__in=Announcement.objects.filter(ways).values("pk"))
