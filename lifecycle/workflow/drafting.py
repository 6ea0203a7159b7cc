"""Writing an announcement: the first version, its corrections, and the next version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from audit import trail
from audit.transitions import IllegalTransition
from catalog.enums import MilestoneKind
from catalog.milestones import MilestoneDate
from catalog.models import PartNumber, Product
from documents import workflow as documents
from documents.models import Document
from lifecycle import policy
from lifecycle.enums import AnnouncementStatus
from lifecycle.models import Affected, AnnouncedMilestone, Announcement, Attachment
from lifecycle.workflow.refusals import (
    AnnouncementRefused,
    InTheWorks,
    NumberTaken,
    require_manager,
    required_reason,
)
from partners.models import User

Dates = Mapping[MilestoneKind, MilestoneDate]


@dataclass(frozen=True, slots=True)
class Subject:
    """A product, or one part number of it, and what replaces it."""

    product: Product
    part_number: PartNumber | None = None
    replacement: Product | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a version shall say. `own_dates` are those of single products, by key."""

    subject: str
    text: str
    affected: Sequence[Subject]
    dates: Dates
    own_dates: Mapping[int, Dates] = field(default_factory=dict)
    changes: str = ""
    source: str = ""
    is_sample: bool = False
    documents: Sequence[Document] = ()


def write_announcement(number: str, draft: Draft, *, user: User, at: datetime) -> Announcement:
    """Begin an announcement. Raises: PermissionDenied; NumberTaken; AnnouncementRefused."""
    require_manager(user)
    _require_sound(draft)
    announcement = Announcement(number=number, created_at=at)
    with transaction.atomic():
        _say(announcement, draft)
        try:
            with transaction.atomic():
                announcement.save(force_insert=True)
        except IntegrityError:
            raise NumberTaken([f"{number} is taken. Choose another number."]) from None
        _store(announcement, draft, user=user, at=at)
        trail.record("announcement.written", announcement, actor=user.actor(), at=at)
    return announcement


@transaction.atomic
def change_announcement(
    announcement: Announcement, draft: Draft, *, user: User, at: datetime
) -> Announcement:
    """Let a draft say something else; who changes it is one of its authors.

    Raises: PermissionDenied; IllegalTransition once it is in review; AnnouncementRefused.
    """
    require_manager(user)
    _require_sound(draft)
    locked = Announcement.unscoped.select_for_update().get(pk=announcement.pk)
    if locked.status != AnnouncementStatus.DRAFT:
        raise IllegalTransition(locked)
    if locked.version > 1 and not draft.changes:
        raise AnnouncementRefused(["A revision says what changed. Write it."])
    _say(locked, draft)
    locked.save()
    for rows in (locked.affected, locked.milestones, locked.attachments):
        rows.all().delete()
    _store(locked, draft, user=user, at=at)
    trail.record("announcement.changed", locked, actor=user.actor(), at=at)
    return locked


@transaction.atomic
def revise_announcement(
    announcement: Announcement, *, changes: str, user: User, at: datetime
) -> Announcement:
    """Begin the next version of what is published, as a copy. The old one holds until then.

    Raises: PermissionDenied; IllegalTransition; InTheWorks; ReasonMissing.
    """
    require_manager(user)
    changes = required_reason(changes)
    locked = Announcement.unscoped.select_for_update().get(pk=announcement.pk)
    if locked.status != AnnouncementStatus.PUBLISHED:
        raise IllegalTransition(locked)
    versions = Announcement.objects.filter(number=locked.number)
    if open_version := versions.in_the_works().first():
        raise InTheWorks([f"{open_version} is being written already. Change that one."])
    highest = max(versions.values_list("version", flat=True))
    revision = Announcement(
        number=locked.number,
        version=highest + 1,
        subject=locked.subject,
        text=locked.text,
        source=locked.source,
        is_sample=locked.is_sample,
        changes=changes,
        created_at=at,
    )
    revision.save(force_insert=True)
    _copy_rows(locked, revision)
    revision.authors.add(user)
    trail.record("announcement.written", revision, actor=user.actor(), at=at, reason=changes)
    return revision


def _copy_rows(source: Announcement, target: Announcement) -> None:
    """Let a version begin with the products, dates and files of another."""
    managers: tuple[Any, ...] = (source.affected, source.milestones, source.attachments)
    for rows in managers:
        copies = list(rows.all())
        for row in copies:
            row.pk, row.announcement = None, target
        rows.model.objects.bulk_create(copies, batch_size=1000)


def _say(announcement: Announcement, draft: Draft) -> None:
    announcement.subject, announcement.text = draft.subject, draft.text
    announcement.changes, announcement.source = draft.changes, draft.source
    announcement.is_sample = draft.is_sample


def _store(announcement: Announcement, draft: Draft, *, user: User, at: datetime) -> None:
    """Store what stands in rows of their own: products, dates, files and who wrote it."""
    Affected.objects.bulk_create(
        Affected(
            announcement=announcement,
            product=subject.product,
            part_number=subject.part_number,
            replacement=subject.replacement,
        )
        for subject in draft.affected
    )
    said: dict[int | None, Dates] = {None: draft.dates}
    said.update(draft.own_dates.items())
    AnnouncedMilestone.objects.bulk_create(
        AnnouncedMilestone(
            announcement=announcement,
            product_id=product,
            kind=kind,
            precision=when.precision,
            day=when.counted(kind).day,
        )
        for product, dates in said.items()
        for kind, when in dates.items()
    )
    for document in draft.documents:
        Attachment.objects.create(announcement=announcement, document=document)
        documents.attach(document, at=at)
    announcement.authors.add(user)


def _require_sound(draft: Draft) -> None:
    """Refuse what contradicts itself, with every reason at once. Raises: AnnouncementRefused."""
    refusals = [*_doubles(draft.affected), *policy.faults(_named(draft))]
    if not draft.affected:
        refusals.insert(0, "An announcement is about at least one product. Name one.")
    if refusals:
        raise AnnouncementRefused(refusals)


def _named(draft: Draft) -> list[tuple[str, Dates]]:
    """Return what is said of each product, under its name."""
    products = {subject.product.pk: subject.product for subject in draft.affected}
    return [
        (product.model, {**draft.dates, **draft.own_dates.get(pk, {})})
        for pk, product in products.items()
    ]


def _doubles(affected: Iterable[Subject]) -> Iterable[str]:
    seen: set[tuple[int, int | None]] = set()
    for subject in affected:
        key = (subject.product.pk, subject.part_number.pk if subject.part_number else None)
        name = str(subject.part_number or subject.product)
        if key in seen:
            yield f"{name} is named twice. Name it once."
        if subject.part_number and (subject.product.pk, None) in seen:
            yield f"{name} belongs to {subject.product}, which is named already. Name one of them."
        if subject.replacement == subject.product:
            yield f"{name} cannot replace itself. Name another product."
        seen.add(key)
