"""Announcements where people come by: what their organization has not read, and on a unit."""

from collections.abc import Iterator

from django.urls import reverse

from catalog.models import PartNumber
from lifecycle.enums import AnnouncementStatus
from lifecycle.models import Announcement, Holding
from partners.enums import Permission
from portal.needs import MOST, Asker, Need, kind


@kind
def announcements_to_read(asker: Asker) -> Iterator[Need]:
    """Yield what affects units of the organization and nobody there has read yet."""
    if asker.organization.is_huawei or not asker.may(Permission.VIEW_UNITS):
        return
    held = Holding.objects.for_organization(asker.organization).filter(
        acknowledged_at=None, units__gt=0, announcement__status=AnnouncementStatus.PUBLISHED
    )
    for row in held.select_related("announcement").order_by("-announcement__published_at")[:MOST]:
        is_one = row.units == 1
        yield Need(
            tone="life",
            icon="flag",
            title=row.announcement.subject,
            text="1 unit of yours is affected." if is_one else f"{row.units:,} units are affected.",
            button="Read it",
            url=reverse("announcement", args=[row.announcement.slug]),
        )


def announcements_about(part_number: PartNumber) -> list[Announcement]:
    """Return the announcements in force about a part number, the last published first."""
    return list(Announcement.objects.in_force().affecting(part_number.number).newest_first())
