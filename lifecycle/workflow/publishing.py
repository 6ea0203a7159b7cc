"""Publishing at the hour, and telling every holder once, whatever dies in between.

Publishing is one transaction: the version is out, the version before it is revised, the
milestones stand, and who holds how many affected units is written down. Telling follows
in batches: the row of a holder says whether its mails are queued, and both are written
together, so that whoever goes on after a crash finds what is left.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction

from audit import trail
from audit.transitions import IllegalTransition
from lifecycle import policy, units
from lifecycle.enums import AnnouncementStatus, HoldingChange, MilestonesAfter
from lifecycle.models import Announcement, Holding
from lifecycle.workflow import catalogue, telling
from lifecycle.workflow.refusals import AnnouncementRefused, required_reason
from lifecycle.workflow.steps import PUBLISH, REVISE, THE_CLOCK, WITHDRAW, lock_versions, stop
from partners.enums import OrganizationKind
from partners.models import Organization, User

BATCH = 200
"""How many holders are told in one transaction."""


@transaction.atomic
def publish(announcement: Announcement, *, user: Any, at: datetime) -> Announcement:
    """Let an approved version out, now.

    Raises: PermissionDenied; IllegalTransition; AnnouncementRefused where what stands in
    the catalogue by now contradicts it.
    """
    versions = lock_versions(announcement.number)
    before = next((v for v in versions if v.status == AnnouncementStatus.PUBLISHED), None)
    if before:
        with REVISE.on(before, user=user, at=at, by=announcement.version) as old:
            old.ended_at = at
    with PUBLISH.on(announcement, user=user, at=at) as locked:
        catalogue.set_announced(locked, actor=user.actor(), at=at)
        locked.published_at, locked.told_at = at, None
        Holding.unscoped.bulk_create(_holdings(locked, before), batch_size=1000)
    return locked


def publish_due(*, at: datetime) -> int:
    """Publish what was scheduled for now or for earlier, and tell whoever waits.

    Safe to run twice at once and after any pause. What the catalogue contradicts by now
    goes back to its authors. Returns how many came out.
    """
    count = 0
    for announcement in Announcement.objects.due(at).order_by("publish_at", "pk"):
        try:
            publish(announcement, user=THE_CLOCK, at=at)
            count += 1
        except IllegalTransition:
            continue
        except AnnouncementRefused as refusal:
            _give_back(announcement, refusal, at=at)
    for announcement in Announcement.objects.untold().order_by("published_at", "pk"):
        tell(announcement, at=at)
    return count


def _give_back(announcement: Announcement, refusal: AnnouncementRefused, *, at: datetime) -> None:
    """Send an announcement whose hour has come back to its authors, with the reason."""
    with suppress(IllegalTransition):
        stop(announcement, reason=f"Not published: {refusal}", user=THE_CLOCK, at=at)


def _holdings(announcement: Announcement, before: Announcement | None) -> list[Holding]:
    """Say what a version means to each holder of affected units, compared with the last."""
    counted = units.counted_by_holder(units.affected_units(announcement))
    partners = _partners(counted)
    if before is None:
        return [_holding(announcement, pk, counted[pk], HoldingChange.NEW) for pk in partners]
    old = {row.organization_id: row for row in Holding.unscoped.filter(announcement=before)}
    then, now = units.facts_of(before), units.facts_of(announcement)
    differing = policy.differing(then, now)
    touched = set(units.counted_by_holder(units.of_keys(differing)))
    rows = []
    for pk in partners:
        known = old.get(pk)
        if known is None or known.change == HoldingChange.RELEASED:
            rows.append(_holding(announcement, pk, counted[pk], HoldingChange.NEW))
        elif pk in touched:
            rows.append(_holding(announcement, pk, counted[pk], HoldingChange.CHANGED))
        else:
            rows.append(_unchanged(announcement, known, counted[pk]))
    dropped = set(units.counted_by_holder(units.of_keys(then.keys() - now.keys())))
    released = [
        pk
        for pk, row in old.items()
        if pk in dropped and pk not in counted and row.change != HoldingChange.RELEASED
    ]
    return rows + [_holding(announcement, pk, 0, HoldingChange.RELEASED) for pk in released]


def _partners(counted: dict[int, int]) -> list[int]:
    """Return the keys of who is told: Huawei's own direct sales tell nobody by mail."""
    huawei = Organization.objects.filter(kind=OrganizationKind.HUAWEI)
    ours = set(huawei.values_list("pk", flat=True))
    return sorted(pk for pk in counted if pk not in ours)


def _holding(
    announcement: Announcement, organization_id: int, count: int, change: HoldingChange
) -> Holding:
    return Holding(
        announcement=announcement, organization_id=organization_id, units=count, change=change
    )


def _unchanged(announcement: Announcement, known: Holding, count: int) -> Holding:
    """Keep what a holder has acknowledged: nothing that it read has changed."""
    row = _holding(announcement, known.organization_id, count, HoldingChange.SAME)
    row.acknowledged_at, row.acknowledged_by = known.acknowledged_at, known.acknowledged_by
    return row


def tell(announcement: Announcement, *, at: datetime, size: int = BATCH) -> int:
    """Queue the mails of a published version, batch by batch; return how many holders.

    Each holder's row is locked with its mails: a second run waits, then finds it told.
    """
    told = 0
    while count := tell_batch(announcement, at=at, size=size):
        told += count
    with transaction.atomic():
        locked = Announcement.unscoped.select_for_update().get(pk=announcement.pk)
        if locked.told_at is None:
            telling.queue_digests(locked, at=at)
            locked.told_at = at
            locked.save()
    return told


@transaction.atomic
def tell_batch(announcement: Announcement, *, at: datetime, size: int) -> int:
    """Queue the mails of the next holders, in one transaction; return how many they are."""
    waiting = Holding.unscoped.untold().filter(announcement=announcement)
    rows = list(waiting.select_for_update(of=("self",)).order_by("pk")[:size])
    if rows:
        telling.queue_announced(announcement, rows, at=at)
        Holding.unscoped.filter(pk__in=[row.pk for row in rows]).update(told_at=at)
    return len(rows)


def withdraw(
    announcement: Announcement, *, reason: str, after: MilestonesAfter, user: User, at: datetime
) -> Announcement:
    """Take a published announcement back, and say expressly what becomes of its milestones.

    Nothing is restored silently: whoever was told is told of this too, with the dates
    that stand from now on. Raises: PermissionDenied; IllegalTransition; ReasonMissing.
    """
    reason = required_reason(reason)
    with transaction.atomic():
        lock_versions(announcement.number)
        detail = {"reason": reason, "milestones": after.value}
        with WITHDRAW.on(announcement, user=user, at=at, **detail) as locked:
            if after == MilestonesAfter.TAKE_BACK:
                catalogue.take_back(locked, actor=user.actor(), at=at)
            locked.reason, locked.ended_at = reason[:300], at
            telling.queue_withdrawn(locked, after, at=at)
    return locked


def acknowledge(holding: Holding, *, user: User, at: datetime) -> bool:
    """Note that a holder has read a version; the first to say so stays named."""
    with transaction.atomic():
        open_row = Holding.unscoped.filter(pk=holding.pk, acknowledged_at=None)
        noted = open_row.update(acknowledged_at=at, acknowledged_by=str(user)[:254])
        if noted:
            trail.record(
                "announcement.acknowledged",
                holding.announcement,
                actor=user.actor(),
                at=at,
                organization=str(holding.organization),
            )
    return bool(noted)
