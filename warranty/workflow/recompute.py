"""Bringing stored warranties in line with the policy after an input has changed."""

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from audit import trail
from audit.models import Event
from audit.trail import Actor
from partners import clock
from warranty import policy
from warranty.enums import WarrantyRule
from warranty.models import PolicyVersion, Shipment, Unit, UnitReplacement, Warranty

CHUNK = 1000
"""How many units are locked and recomputed together."""


@dataclass(frozen=True, slots=True)
class Change:
    """A warranty that was started, moved or taken back, with both its starts."""

    unit: Unit
    before: Warranty | None
    after: Warranty | None

    @property
    def event(self) -> str:
        if self.before is None:
            return "warranty.started"
        return "warranty.moved" if self.after else "warranty.unstarted"

    def detail(self, cause: str) -> dict[str, object]:
        """Return what the trail keeps: old and new dates and why they changed."""
        return {
            "before": cover_words(self.before),
            "after": cover_words(self.after),
            "cause": cause,
        }


def cover_words(warranty: Warranty | None) -> dict[str, str] | None:
    """Return the dates of a warranty as the trail and the mails keep them."""
    if warranty is None:
        return None
    return {
        "starts_on": warranty.starts_on.isoformat(),
        "ends_on": warranty.ends_on.isoformat(),
        "rule": warranty.rule,
    }


@dataclass(slots=True)
class _Book:
    """What one chunk is about to write."""

    versions: list[PolicyVersion]
    started: list[Warranty] = field(default_factory=list)
    moved: list[Warranty] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    waiting: set[int] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)

    def version_of(self, unit: Unit) -> PolicyVersion:
        """Return the version in force on the day of Huawei's shipment.

        Raises: PolicyVersion.DoesNotExist before the first one.
        """
        shipped_on = unit.huawei_shipment.shipped_on
        known = next((v for v in self.versions if v.effective_from <= shipped_on), None)
        return known or PolicyVersion.objects.in_force(shipped_on)


def recompute(unit_ids: Iterable[int], *, cause: str, actor: Actor, at: datetime) -> list[Change]:
    """Start, move or take back the warranties of these units as the policy says.

    A unit whose start is due by day 90 alone is left to the night, which dates it
    the same and tells its partner once. A start that the changed inputs put after
    today is taken back, and the night will find the unit again. What is in line
    stays untouched and leaves no event.

    Source: policy section 2 ("recompute").
    """
    today = clock.business_day(at)
    changes: list[Change] = []
    versions = list(PolicyVersion.objects.order_by("-effective_from"))
    for chunk in _chunks(sorted(set(unit_ids))):
        with transaction.atomic():
            left = chunk
            while left:
                book = _Book(versions)
                for unit in _locked(left):
                    _plan(unit, today=today, at=at, book=book)
                left = _insert(book)
                _write(book, cause=cause, actor=actor, at=at)
                changes += book.changes
                changes += _follow(book.changes, cause=cause, actor=actor, at=at)
    return changes


def term_of(unit_id: int, *, at: datetime) -> Warranty:
    """Return the term of a unit that is being replaced, begun or not, to be written down."""
    unit = next(iter(_locked([unit_id])))
    version = PolicyVersion.objects.in_force(unit.huawei_shipment.shipped_on)
    return _dated(unit, version, today=clock.business_day(at), at=at)


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    return (ids[n : n + CHUNK] for n in range(0, len(ids), CHUNK))


def _locked(unit_ids: list[int]) -> Iterable[Unit]:
    """Lock the units in key order. Their warranties may still be inserted by the night."""
    return (
        Unit.unscoped.filter(pk__in=unit_ids)
        .select_for_update(of=("self",), no_key=True)
        .select_related("warranty", "replacement", "part_number__product", *Unit.CHAIN)
        .with_first_signature()
        .order_by("pk")
    )


def _plan(unit: Unit, *, today: date, at: datetime, book: _Book) -> None:
    stored = getattr(unit, "warranty", None)
    if stored is not None and stored.inherited_from_id is not None:
        return
    version = book.version_of(unit)
    due = _due(unit, version, today=today, at=at)
    if due is None and stored is not None and stored.voided_at is None:
        book.removed.append(unit.pk)
        book.waiting.add(unit.huawei_shipment_id)
        book.changes.append(Change(unit, stored, None))
    elif due is not None and stored is None and due.rule == WarrantyRule.W2:
        book.started.append(due)
        book.changes.append(Change(unit, None, due))
    elif due is not None and stored is not None and cover_words(due) != cover_words(stored):
        book.moved.append(due)
        book.changes.append(Change(unit, stored, due))


def _due(unit: Unit, version: PolicyVersion, *, today: date, at: datetime) -> Warranty | None:
    """Return the warranty this unit ought to have today, or None before its start.

    That of a unit which has been replaced is kept before its start too.
    """
    due = _dated(unit, version, today=today, at=at)
    return due if due.starts_on <= today or hasattr(unit, "replacement") else None


def _dated(unit: Unit, version: PolicyVersion, *, today: date, at: datetime) -> Warranty:
    start = policy.warranty_start(
        shipped_on=unit.huawei_shipment.shipped_on,
        installation_service=unit.installation_service,
        signatures=[unit.signed_on] if unit.signed_on else [],
        today=today,
        terms=version.terms(),
    )
    months = _months(unit, version)
    return Warranty(
        unit_id=unit.pk,
        starts_on=start.starts_on,
        ends_on=policy.last_covered_day(starts_on=start.starts_on, months=months),
        rule=start.rule,
        months=months,
        policy_version=version,
        report_id=unit.signed_report_id if start.rule == WarrantyRule.W2 else None,
        started_at=at,
    )


def _months(unit: Unit, version: PolicyVersion) -> int:
    """Return the term in months: the one it started with, or what the catalogue says now."""
    stored = getattr(unit, "warranty", None)
    if stored is not None:
        return stored.months
    return unit.product.warranty_months or version.default_warranty_months


def _insert(book: _Book) -> list[int]:
    """Insert the new starts, and return the units that the night has started meanwhile.

    Theirs is the warranty that stands; planned again, it is moved like any other.
    """
    Warranty.unscoped.bulk_create(book.started, ignore_conflicts=True)
    ours = Warranty.unscoped.filter(pk__in=[w.pk for w in book.started])
    lost = list(ours.exclude(notice_on=None).order_by("pk").values_list("pk", flat=True))
    book.changes = [c for c in book.changes if c.before or c.unit.pk not in lost]
    return lost


def _write(book: _Book, *, cause: str, actor: Actor, at: datetime) -> None:
    """Write what moved and what is taken back, and an event for every change."""
    Warranty.unscoped.filter(pk__in=book.removed).delete()
    Warranty.unscoped.bulk_update(
        book.moved, ["starts_on", "ends_on", "rule", "months", "policy_version", "report"]
    )
    Shipment.unscoped.filter(pk__in=book.waiting).update(pending=True)
    trail.record_all(_events(book.changes, cause=cause, actor=actor, at=at))


def _follow(changes: list[Change], *, cause: str, actor: Actor, at: datetime) -> list[Change]:
    """Move the terms that go on from those which have changed, link by link."""
    followed: list[Change] = []
    moved = {change.unit.pk: change.after for change in changes}
    while moved:
        links = UnitReplacement.unscoped.filter(
            old__in=moved, new__warranty__inherited_from=F("old")
        ).select_related("new__warranty", *(f"new__{join}" for join in Unit.CHAIN))
        step: list[Change] = []
        for link in links.order_by("pk"):
            after = moved[link.old_id]
            if after is not None:
                step.append(_moved_on(link, after))
        Warranty.unscoped.bulk_update(
            [change.after for change in step if change.after],
            ["starts_on", "ends_on", "rule", "report"],
        )
        trail.record_all(_events(step, cause=cause, actor=actor, at=at))
        followed += step
        moved = {change.unit.pk: change.after for change in step}
    return followed


def _moved_on(link: UnitReplacement, term: Warranty) -> Change:
    before = link.new.warranty
    after = copy(before)
    after.starts_on, after.rule, after.report_id = term.starts_on, term.rule, term.report_id
    after.ends_on = policy.inherited_end(
        ends_on=term.ends_on, replaced_on=link.replaced_on, floor_days=link.floor_days
    )
    return Change(link.new, before, after)


def _events(changes: list[Change], *, cause: str, actor: Actor, at: datetime) -> Iterator[Event]:
    for change in changes:
        yield trail.event(
            change.event, change.unit, actor=actor, at=at, detail=change.detail(cause)
        )
