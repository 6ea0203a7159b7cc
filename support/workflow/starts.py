"""When support starts: chosen by the partner, moved by staff, following the shipments."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, datetime
from itertools import groupby

from django.db import transaction

from audit import trail
from partners import clock
from partners.enums import Permission
from partners.models import User
from support import contracts, lifetimes, planning
from support.enums import Family
from support.models import ContractLine, SupportContract
from support.policy import SupportStartPastService, Window
from support.workflow import telling
from support.workflow.ordering import ContractRefused, Refusal, refuse
from support.workflow.registering import require
from warranty.models import Shipment, Unit


def choose_start(
    contract: SupportContract,
    *,
    starts_on: date,
    user: User,
    at: datetime,
    line_ids: Collection[int] | None = None,
) -> int:
    """Let support start on `starts_on` for all lines of a contract, or for some.

    Returns the number of units. Source: policy section 3, S2.
    Raises: PermissionDenied; ContractRefused that names every unit in the way.
    """
    require(user, Permission.REGISTER_CONTRACTS, contract.organization)
    today = clock.business_day(at)
    return _start(contract, starts_on, line_ids, user=user, at=at, partner_on=today)


def move_start(
    contract: SupportContract,
    *,
    starts_on: date,
    reason: str,
    user: User,
    at: datetime,
    line_ids: Collection[int] | None = None,
) -> int:
    """Move a start that a partner can no longer move, inside the window, with a reason.

    Raises: PermissionDenied; ReasonMissing; ContractRefused.
    """
    reason = telling.required_reason(reason)
    require(user, Permission.MANAGE_SUPPORT, contract.organization)
    return _start(contract, starts_on, line_ids, user=user, at=at, reason=reason)


def _start(
    contract: SupportContract,
    starts_on: date,
    line_ids: Collection[int] | None,
    *,
    user: User,
    at: datetime,
    reason: str = "",
    partner_on: date | None = None,
) -> int:
    with transaction.atomic():
        lines = _locked(contract, line_ids)
        refuse(list(start_refusals(lines, starts_on=starts_on, partner_on=partner_on)))
        before = [telling.dates(line.starts_on, line.ends_on) for line in lines]
        _move(lines, starts_on, at=at)
        after = telling.dates(starts_on, max(line.ends_on for line in lines))
        because = {"reason": reason} if reason else {}
        detail = {"units": len(lines), **after, **because}
        trail.record("contract.start_chosen", contract, actor=user.actor(), at=at, **detail)
        said = [
            (
                line,
                {"before": old, "after": telling.dates(line.starts_on, line.ends_on), **because},
            )
            for line, old in zip(lines, before, strict=True)
        ]
        telling.on_units("support.start_chosen", said, actor=user.actor(), at=at)
        telling.tell_holder(
            "support/start_chosen", contract, at=at, units=len(lines), reason=reason, **after
        )
    return len(lines)


def _move(lines: list[ContractLine], starts_on: date, *, at: datetime) -> None:
    """Let lines start on a day; each ends after its term or with its product's service."""
    ends = lifetimes.service_ends(line.unit for line in lines)
    for line in lines:
        until = ends.get(line.unit.part_number_id)
        line.ends_on = lifetimes.moved_end(line, starts_on=starts_on, until=until)
        line.starts_on, line.start_chosen_at = starts_on, at
    by_end = groupby(sorted(lines, key=_end), key=_end)
    for ends_on, alike in by_end:
        for chunk in planning.chunks([line.pk for line in alike]):
            ContractLine.unscoped.filter(pk__in=chunk).update(
                starts_on=starts_on, ends_on=ends_on, start_chosen_at=at
            )


def _end(line: ContractLine) -> date:
    return line.ends_on


def _locked(contract: SupportContract, line_ids: Collection[int] | None) -> list[ContractLine]:
    """Lock units, contract and lines, always in this order. Raises: ContractRefused."""
    wanted = ContractLine.unscoped.filter(contract=contract)
    if line_ids is not None:
        wanted = wanted.filter(pk__in=line_ids)
    planning.read_units(wanted.values_list("unit", flat=True), lock=True)
    kept = SupportContract.unscoped.select_for_update(of=("self",)).get(pk=contract.pk)
    if kept.cancelled_on is not None:
        raise ContractRefused(f"Contract {kept} is cancelled. Its dates stay as they are.")
    lines = wanted.select_related("unit", "contract__level", "anchor_shipment")
    found = list(lines.select_for_update(of=("self",)).order_by("pk"))
    if not found:
        raise ContractRefused("Name at least one unit of this contract.")
    return found


def start_refusals(
    lines: Collection[ContractLine], *, starts_on: date, partner_on: date | None
) -> Iterator[Refusal]:
    """Yield why a start cannot be this day, by unit; `partner_on` is a partner's today.

    Source: policy section 3, S2.
    """
    if not lines:
        return
    contract = next(iter(lines)).contract
    ends = lifetimes.service_ends(line.unit for line in lines)
    others = planning.lines_of(
        [line.unit_id for line in lines], family=Family(contract.family), besides=contract.pk
    )
    for line in lines:
        problem = _fixed(line, partner_on) or planning.outside(starts_on, line.window)
        if not problem:
            problem = _unfit(line, starts_on, ends.get(line.unit.part_number_id), others)
        if problem:
            yield Refusal(line.unit.serial, problem)


def _unfit(
    line: ContractLine,
    starts_on: date,
    until: date | None,
    others: dict[int, list[ContractLine]],
) -> str:
    """Say why cover from this day does not fit the product's life or the unit's contracts."""
    try:
        ends_on = lifetimes.moved_end(line, starts_on=starts_on, until=until)
    except SupportStartPastService as refusal:
        return str(refusal)
    if line.overlap_allowed:
        return ""
    asked = contracts.Span(starts_on, ends_on)
    beside = others.get(line.unit_id, [])
    return planning.overlapping(other for other in beside if other.span.overlap(asked))


def _fixed(line: ContractLine, partner_on: date | None) -> str:
    """Say why a line's start stays: for a renewal always, for the rest to a partner alone."""
    if partner_on is None and not line.is_renewal:
        return ""
    try:
        contracts.check_movable(
            starts_on=line.starts_on,
            is_chosen=line.is_chosen,
            is_served=line.served_at is not None,
            is_renewal=line.is_renewal,
            is_moved=line.moved_from_id is not None,
            window=line.window,
            today=partner_on or line.starts_on,
        )
    except contracts.StartFixed as refusal:
        return str(refusal)
    return ""


def follow_shipments(*, at: datetime) -> int:
    """Let the lines that count from an outdated day of shipment count from today's.

    A distributor's shipment that became known, or a date that staff corrected, moves the
    window. Returns the number of lines. Safe to run twice at once: a line that is in step
    is left alone. Source: policy sections 1 and 3.
    """
    stale = ContractLine.unscoped.out_of_step().values_list("unit", flat=True)
    moved = 0
    for chunk in planning.chunks(stale):
        with transaction.atomic():
            moved += _follow(planning.read_units(chunk, lock=True), at=at)
    return moved


def _follow(units: list[Unit], *, at: datetime) -> int:
    by_key, windows = {unit.pk: unit for unit in units}, planning.Windows()
    ends = lifetimes.service_ends(units)
    stale = ContractLine.unscoped.out_of_step().filter(unit__in=by_key)
    lines = list(
        stale.select_related("unit", "contract__level", "contract__organization")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    before = [telling.dates(line.starts_on, line.ends_on) for line in lines]
    for line in lines:
        unit = by_key[line.unit_id]
        until = ends.get(unit.part_number_id)
        _anchor(line, unit.latest_shipment, windows.of(unit), until=until)
    ContractLine.unscoped.bulk_update(lines, FOLLOWED, batch_size=500)
    said = [
        (line, {"before": old, "after": telling.dates(line.starts_on, line.ends_on)})
        for line, old in zip(lines, before, strict=True)
    ]
    telling.on_units("support.anchor_moved", said, actor=trail.SYSTEM, at=at)
    for contract, count in Counter(line.contract for line in lines).items():
        trail.record("contract.anchor_moved", contract, actor=trail.SYSTEM, at=at, units=count)
        telling.tell_holder("support/start_moved", contract, at=at, units=count)
    return len(lines)


def _anchor(line: ContractLine, shipment: Shipment, window: Window, *, until: date | None) -> None:
    """Let a line count from this shipment, its start as near to the old one as allowed."""
    line.anchor_on, line.anchor_shipment = window.anchor.on, shipment
    line.is_provisional = window.anchor.is_provisional
    line.latest_start_on = window.latest_on
    starts_on = contracts.moved_start(
        starts_on=line.starts_on, is_chosen=line.is_chosen, window=window
    )
    if until is not None and starts_on > until:
        until = None  # what was sold still covers; the pages warn of it
    line.ends_on = lifetimes.moved_end(line, starts_on=starts_on, until=until)
    line.starts_on = starts_on


FOLLOWED = [
    "anchor_on", "anchor_shipment", "is_provisional", "latest_start_on", "starts_on", "ends_on",
]  # fmt: skip
