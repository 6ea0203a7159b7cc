"""Every write to milestones: many products at once, each change with what stood before."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit import trail
from audit.models import Event
from audit.trail import Actor
from catalog.enums import MilestoneKind
from catalog.milestones import (
    NOT_ANNOUNCED,
    MilestoneDate,
    is_plausible,
    merged,
    out_of_order,
)
from catalog.models import Milestone, PartNumber, Product
from catalog.policy import FIRST_YEAR, LAST_YEAR
from partners.enums import Permission
from partners.models import User

Key = tuple[int, int | None]
"""A product and, where the milestone is its own, a part number."""
Said = dict[Key, dict[MilestoneKind, MilestoneDate]]


class MilestonesRefused(ValueError):
    """The milestones cannot be set. `refusals` names each product with its reason."""

    def __init__(self, refusals: Sequence[str]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(" ".join(self.refusals))


class CauseMissing(ValueError):
    """A milestone was set without a word of why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneRow:
    """One milestone as it shall stand. A part number's own row wins over its product's.

    `cause` is said where rows that are set together do not share one.
    """

    product: Product
    kind: MilestoneKind
    date: MilestoneDate
    part_number: PartNumber | None = None
    cause: str = ""

    @property
    def key(self) -> Key:
        return self.product.pk, self.part_number.pk if self.part_number else None

    @property
    def of_what(self) -> str:
        return str(self.part_number or self.product)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one milestone."""

    row: MilestoneRow
    before: MilestoneDate

    @property
    def after(self) -> MilestoneDate:
        return self.row.date


def set_milestones(
    rows: Iterable[MilestoneRow], *, user: User, at: datetime, cause: str, is_sample: bool = False
) -> tuple[Change, ...]:
    """Let the milestones stand as the rows say, all of them or none.

    `cause` is shown with each: an announcement and its version, or a reason. A month
    may be given by any of its days. What stands already is left alone. Returns what
    changed.

    Raises: PermissionDenied; CauseMissing; MilestonesRefused, naming the products.
    """
    organizations = [m.organization for m in user.joined_memberships() if m.is_huawei_staff]
    if not any(user.can(Permission.MANAGE_LIFECYCLE, o) for o in organizations):
        raise PermissionDenied(f"{Permission.MANAGE_LIFECYCLE.deed} needs another role.")
    return write_milestones(rows, actor=user.actor(), at=at, cause=cause, is_sample=is_sample)


@transaction.atomic
def write_milestones(
    rows: Iterable[MilestoneRow], *, actor: Actor, at: datetime, cause: str, is_sample: bool = False
) -> tuple[Change, ...]:
    """Do what `set_milestones()` does for a command, whose operator may do what staff may."""
    if not cause.strip():
        raise CauseMissing("Say why: name the announcement, or the reason of the correction.")
    wanted = [_counted(row) for row in rows]
    known = sorted({row.product.pk for row in wanted})
    list(Product.objects.select_for_update().filter(pk__in=known).order_by("pk"))
    current = list(Milestone.objects.current().of_products(known))
    before = _said(current)
    _require_sound(wanted, before)
    changes = tuple(
        Change(row=row, before=stood)
        for row in wanted
        if (stood := before[row.key].get(row.kind, NOT_ANNOUNCED)) != row.date
        or (row.part_number and row.kind not in before[row.key])
    )
    _replace(changes, current, actor=actor, at=at, cause=cause.strip(), is_sample=is_sample)
    trail.record_all(_events(changes, actor=actor, at=at, cause=cause.strip()))
    return changes


def _counted(row: MilestoneRow) -> MilestoneRow:
    return replace(row, date=row.date.counted(row.kind))


def _said(rows: Iterable[Milestone]) -> Said:
    said: Said = defaultdict(dict)
    for row in rows:
        said[row.product_id, row.part_number_id][MilestoneKind(row.kind)] = row.date
    return said


def _require_sound(wanted: list[MilestoneRow], before: Said) -> None:
    """Refuse what contradicts itself, lies too far off, or breaks the order, by name."""
    refusals = list(_faults(wanted))
    if not refusals:
        refusals = list(_disorders(wanted, before))
    if refusals:
        raise MilestonesRefused(refusals)


def _faults(wanted: list[MilestoneRow]) -> Iterator[str]:
    stated = set()
    for row in wanted:
        name = row.kind.label.lower()
        if (row.key, row.kind) in stated:
            yield f"{row.of_what}: {name} is given twice. Give it once."
        stated.add((row.key, row.kind))
        if not is_plausible(row.date):
            yield (
                f"{row.of_what}: {name} is not between {FIRST_YEAR} and {LAST_YEAR}. "
                "Check the year."
            )
        if row.part_number and row.part_number.product_id != row.product.pk:
            yield f"{row.of_what} is no part number of {row.product}. Choose one that is."


def _disorders(wanted: list[MilestoneRow], before: Said) -> Iterator[str]:
    """Yield what would be out of order, for products and for part numbers of their own."""
    after: Said = defaultdict(dict, {key: dict(dates) for key, dates in before.items()})
    for row in wanted:
        after[row.key][row.kind] = row.date
    names = {row.product.pk: str(row.product) for row in wanted}
    own = {part_number for _, part_number in after if part_number}
    numbers = dict(PartNumber.objects.filter(pk__in=own).values_list("pk", "number"))
    for product, part_number in sorted(after, key=lambda key: (key[0], key[1] or 0)):
        of_product = after.get((product, None), {})
        name = numbers[part_number] if part_number else names[product]
        faults = out_of_order(merged(of_product, after[product, part_number]))
        if faults:
            yield f"{name}: {' '.join(faults)} Move one of the dates."


def _replace(
    changes: Sequence[Change],
    current: list[Milestone],
    *,
    actor: Actor,
    at: datetime,
    cause: str,
    is_sample: bool,
) -> None:
    """Keep what stood as replaced, and add what stands now."""
    changed = {(change.row.key, change.row.kind) for change in changes}
    replaced = [
        row.pk for row in current if ((row.product_id, row.part_number_id), row.kind) in changed
    ]
    Milestone.objects.filter(pk__in=replaced).update(replaced_at=at)
    Milestone.objects.bulk_create(
        Milestone(
            product=change.row.product,
            part_number=change.row.part_number,
            kind=change.row.kind,
            precision=change.after.precision,
            day=change.after.day,
            cause=(change.row.cause or cause)[:300],
            is_sample=is_sample,
            set_at=at,
            set_by=actor.label[:254],
        )
        for change in changes
    )


def _events(
    changes: Sequence[Change], *, actor: Actor, at: datetime, cause: str
) -> Iterator[Event]:
    for change in changes:
        detail = {
            "milestone": change.row.kind.label,
            "before": change.before.iso,
            "after": change.after.iso,
            "cause": change.row.cause or cause,
        }
        if change.row.part_number:
            detail["part_number"] = change.row.part_number.number
        yield trail.event("milestone.set", change.row.product, actor=actor, at=at, detail=detail)
