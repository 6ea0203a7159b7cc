"""What an announcement does to the milestones in the catalogue."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from audit import trail
from audit.trail import Actor
from catalog.enums import MilestoneKind
from catalog.milestones import NOT_ANNOUNCED, MilestoneDate
from catalog.models import Milestone
from catalog.workflow import Change, MilestoneRow, MilestonesRefused, write_milestones
from lifecycle.models import Announcement
from lifecycle.workflow.refusals import AnnouncementRefused

Place = tuple[int, int | None, str]
"""A product, a part number where the milestone is its own, and the kind."""


def set_announced(announcement: Announcement, *, actor: Actor, at: datetime) -> tuple[Change, ...]:
    """Let the milestones stand as a version says, and take back what it no longer says.

    Raises: AnnouncementRefused, naming each product that stands in the way.
    """
    said = list(_rows(announcement))
    kept = {_place(row) for row in said}
    dropped = [row for row in _before(announcement.number) if _place(row) not in kept]
    return _write(announcement, [*said, *dropped], actor=actor, at=at)


def take_back(announcement: Announcement, *, actor: Actor, at: datetime) -> tuple[Change, ...]:
    """Put back what stood before the first version of an announcement."""
    return _write(announcement, _before(announcement.number), actor=actor, at=at)


def rehearse(announcement: Announcement, *, at: datetime) -> tuple[Change, ...]:
    """Return what publishing would change, and change nothing. Raises: AnnouncementRefused."""
    with transaction.atomic():
        changes = set_announced(announcement, actor=trail.SYSTEM, at=at)
        transaction.set_rollback(True)
    return changes


def _write(
    announcement: Announcement, rows: Iterable[MilestoneRow], *, actor: Actor, at: datetime
) -> tuple[Change, ...]:
    try:
        return write_milestones(
            rows, actor=actor, at=at, cause=announcement.cause, is_sample=announcement.is_sample
        )
    except MilestonesRefused as refusal:
        raise AnnouncementRefused(refusal.refusals) from refusal


def _rows(announcement: Announcement) -> Iterable[MilestoneRow]:
    dates = announcement.dates_by_product()
    for row in announcement.affected.select_related("product", "part_number"):
        for kind, when in dates[row.product_id].items():
            yield MilestoneRow(
                product=row.product, part_number=row.part_number, kind=kind, date=when
            )


def _place(row: MilestoneRow) -> Place:
    return (*row.key, row.kind.value)


def _before(number: str) -> list[MilestoneRow]:
    """Return what stood before an announcement, for what stands by one of its versions now."""
    ours = Q(cause=number) | Q(cause__startswith=f"{number}, version ")
    standing = Milestone.objects.current().filter(ours).select_related("product", "part_number")
    return [
        MilestoneRow(
            product=row.product,
            part_number=row.part_number,
            kind=MilestoneKind(row.kind),
            date=_earlier(row, ours),
        )
        for row in standing
    ]


def _earlier(row: Milestone, ours: Q) -> MilestoneDate:
    before = (
        Milestone.objects.filter(
            product=row.product_id, part_number=row.part_number_id, kind=row.kind
        )
        .exclude(ours)
        .exclude(replaced_at=None)
        .order_by("-set_at", "-pk")
        .first()
    )
    return before.date if before else NOT_ANNOUNCED
