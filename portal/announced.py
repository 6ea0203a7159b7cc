"""Announcements where people come by: what their organization has not read, and on a unit."""

from collections.abc import Iterator
from typing import NamedTuple

from django.urls import reverse

from lifecycle.enums import AnnouncementStatus
from lifecycle.models import Announcement, Holding, ReplacementPlan
from lifecycle.plans import plans_for_unit
from partners.enums import Permission
from partners.models import Organization
from portal.needs import MOST, Asker, Need, kind
from warranty.models import Unit


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


class Affecting(NamedTuple):
    """An announcement about a unit, and when its holder means to replace the unit."""

    announcement: Announcement
    plan: ReplacementPlan | None


def announcements_about(unit: Unit, organization: Organization) -> list[Affecting]:
    """Return the announcements in force about a unit, the last published first.

    A plan is its holder's own: nobody else of the chain is told of it.
    """
    found = Announcement.objects.in_force().affecting(unit.part_number.number).newest_first()
    announcements = list(found)
    planned = {}
    if announcements and unit.partner == organization:
        planned = plans_for_unit(announcements, unit.end_customer, organization)
    return [Affecting(a, planned.get(a.number)) for a in announcements]
