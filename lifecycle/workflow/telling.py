"""Who gets which mail of an announcement (mail 18): at once, once a week, or none."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from lifecycle.enums import MilestonesAfter
from lifecycle.models import Announcement, Holding, Subscription
from notifications import kinds, outbox, preferences
from notifications.models import Message
from notifications.policy import collected_at

ANNOUNCED = "lifecycle/announced"
WITHDRAWN = "lifecycle/withdrawn"
DIGEST = "lifecycle/digest"


def queue_announced(
    announcement: Announcement, holdings: Sequence[Holding], *, at: datetime
) -> None:
    """Queue the mails of some holders: now, or on Monday for who reads once a week."""
    readers = outbox.recipients_by_organization([row.organization_id for row in holdings])
    addresses = [address for found in readers.values() for address in found]
    choices = preferences.choices_about(kinds.of_template(ANNOUNCED), addresses, [])
    now, weekly = [], []
    for pk, found in readers.items():
        for address in found:
            if choices.is_weekly(address):
                weekly.append(_digest(address, pk, at=at))
            else:
                now.append(_announced(announcement, address, pk, at=at))
    outbox.queue_all(now)
    outbox.queue_all(weekly)


def _announced(
    announcement: Announcement, address: str, organization_id: int, *, at: datetime
) -> Message:
    key = f"announcement:{announcement.number}:{announcement.version}:{organization_id}"
    context = {"announcement": announcement.pk}
    return outbox.message(ANNOUNCED, key, address, organization_id, context, at)


def queue_digests(announcement: Announcement, *, at: datetime) -> None:
    """Put a version into the week's digest of every subscriber who is not told of it at once."""
    told = Holding.unscoped.filter(announcement=announcement).exclude(told_at=None)
    waiting = Subscription.unscoped.exclude(organization__in=told.values("organization"))
    rows = waiting.filter(user__is_active=True).values_list("user__email", "organization")
    outbox.queue_all(_digest(address, pk, at=at) for address, pk in rows)


def _digest(address: str, organization_id: int, *, at: datetime) -> Message:
    """Make the mail that collects a week: its key lets it be queued once."""
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    closes_at = collected_at(at, zone)
    monday = closes_at.astimezone(zone).date().isoformat()
    return outbox.message(
        DIGEST,
        f"announcements:week:{monday}:{organization_id}",
        address,
        organization_id,
        {"monday": monday},
        at,
        due_at=closes_at,
    )


def queue_withdrawn(announcement: Announcement, after: MilestonesAfter, *, at: datetime) -> None:
    """Queue the news of a withdrawal to everybody who was told of any version."""
    outbox.queue_all(_withdrawals(announcement, after, at=at))


def _withdrawals(
    announcement: Announcement, after: MilestonesAfter, *, at: datetime
) -> Iterator[Message]:
    told = Holding.unscoped.filter(announcement__number=announcement.number)
    ids = told.exclude(told_at=None).values_list("organization", flat=True).distinct()
    context = {"announcement": announcement.pk, "after": after.value}
    for pk, found in outbox.recipients_by_organization(list(ids)).items():
        for address in found:
            key = f"announcement:{announcement.number}:withdrawn:{pk}"
            yield outbox.message(WITHDRAWN, key, address, pk, context, at)
