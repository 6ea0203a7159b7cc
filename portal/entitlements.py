"""The table of what a unit is entitled to, row by row, with the dates of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.text import capfirst

from catalog.enums import MilestoneKind
from catalog.milestones import NOT_ANNOUNCED
from catalog.policy import day_text
from portal.lifecycle_facts import SAMPLE, Lifecycle
from portal.support_facts import Support, serving
from portal.verdict import TONES
from support.enums import ContractStatus
from support.models import ContractLine
from support.policy import Window
from warranty.enums import WarrantyRule, WarrantyStatus
from warranty.policy import Cover, Terms

SUPPORT_TONES = {
    ContractStatus.FUTURE: "info",
    ContractStatus.ACTIVE: "ok",
    ContractStatus.EXPIRED: "wait",
    ContractStatus.CANCELLED: "stop",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """One row of the table of dates; a date has a note under it."""

    name: str
    note: str
    tone: str
    status: str
    starts: str
    starts_note: str
    ends: str
    ends_note: str


def entitlements(
    cover: Cover, window: Window, support: Support, terms: Terms, lifecycle: Lifecycle
) -> Iterator[Entitlement]:
    yield _warranty(cover, lifecycle, on=support.on)
    if support.kept:
        for line in support.kept:
            yield _contract(line, lifecycle, on=support.on)
    else:
        yield _no_contract(window, on=support.on)
    yield Entitlement(
        name="DOA replacement",
        note="Applied for by distributors and VAPs, through the TAC",
        tone="wait",
        status="No failure reported",
        starts="First power-on",
        starts_note="none is recorded",
        ends=f"{terms.doa_hours} hours later",
        ends_note="or at first boot, whenever that is",
    )
    yield _life_cycle(lifecycle)


def _life_cycle(lifecycle: Lifecycle) -> Entitlement:
    """Return the row of the product: from its availability to the end of all services."""
    begins = lifecycle.dates.get(MilestoneKind.GA, NOT_ANNOUNCED)
    ends = lifecycle.dates.get(MilestoneKind.EOS, NOT_ANNOUNCED)
    return Entitlement(
        name="Product life cycle",
        note=SAMPLE if lifecycle.is_sample else "From general availability to the last service",
        tone=lifecycle.tone,
        status=lifecycle.status.label,
        starts=capfirst(begins.text),
        starts_note="general availability",
        ends=capfirst(ends.text),
        ends_note="end of service and support",
    )


def _warranty(cover: Cover, lifecycle: Lifecycle, *, on: date) -> Entitlement:
    pending = cover.status is WarrantyStatus.PENDING
    latest = pending and cover.rule is WarrantyRule.W3
    is_active = cover.status is WarrantyStatus.ACTIVE
    left = days_left(cover.ends_on, on=on) if is_active else ""
    return Entitlement(
        name="Hardware warranty",
        note="Counts from Huawei's shipment",
        tone=TONES[cover.status],
        status=cover.status.label,
        starts=day_text(cover.starts_on),
        starts_note="at the latest" if latest else f"Rule {cover.rule.value}",
        ends=day_text(cover.ends_on),
        ends_note=lifecycle.ends_before(cover.ends_on)
        or ("if it starts then" if pending else left),
    )


def _contract(line: ContractLine, lifecycle: Lifecycle, *, on: date) -> Entitlement:
    status = line.status(on)
    is_active = status is ContractStatus.ACTIVE
    return Entitlement(
        name=str(line.contract.level),
        note=f"{line.contract.level.level.in_words} {serving(line)}",
        tone=SUPPORT_TONES[status],
        status=status.label,
        starts=day_text(line.starts_on),
        starts_note=_start_note(line, on=on),
        ends=day_text(line.ends_on),
        ends_note=lifecycle.ends_before(line.ends_on)
        or (days_left(line.ends_on, on=on) if is_active else ""),
    )


def _start_note(line: ContractLine, *, on: date) -> str:
    if line.is_renewal:
        return "Renewal"
    if not line.is_chosen and on <= line.latest_start_on:
        return f"or a day chosen until {day_text(line.latest_start_on)}"
    number = (line.starts_on - line.anchor_on).days
    return f"day {number} after shipment{', provisional' if line.is_provisional else ''}"


def _no_contract(window: Window, *, on: date) -> Entitlement:
    is_open = window.earliest_on <= on <= window.latest_on
    return Entitlement(
        name="HiCare or CoCare support",
        note="No contract is registered for this unit",
        tone="info" if is_open else "wait",
        status="Start can be chosen" if is_open else "No contract",
        starts=day_text(window.earliest_on),
        starts_note="first possible start",
        ends=day_text(window.latest_on),
        ends_note="last possible start",
    )


def days_left(ends_on: date, *, on: date) -> str:
    days = (ends_on - on).days
    return {0: "ends today", 1: "1 day left"}.get(days, f"{days:,} days left")
