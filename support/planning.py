"""What a contract would do to each of its units: read once, for the page and for the act."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F

from catalog.policy import day_text
from support import contracts
from support.contracts import Span
from support.enums import Family
from support.lifetimes import service_ends
from support.models import ContractLine
from support.policy import (
    Anchor,
    SupportStartPastService,
    SupportStartTooEarly,
    SupportStartTooLate,
    Window,
    check_start,
    support_anchor,
    support_end,
    support_window,
)
from warranty.models import PolicyVersion, Shipment, Unit
from warranty.policy import Terms

CHUNK = 2000
"""How many units one statement reads or writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartChoice:
    """When support is asked to start: on a day, on the day of shipment, or not yet said.

    `days` gives single units, by key, a day of their own.
    """

    on: date | None = None
    is_chosen: bool = True
    days: Mapping[int, date] = field(default_factory=dict)

    def of(self, unit_id: int) -> tuple[date | None, bool]:
        """Return the day that is asked for a unit, and whether it counts as chosen."""
        day = self.days.get(unit_id, self.on)
        return day, self.is_chosen or day is not None


LATER = StartChoice(is_chosen=False)
"""Nobody has said when support starts: it counts from the day of shipment until somebody does."""


@dataclass(slots=True, kw_only=True)
class Planned:
    """The cover of one unit as a contract would give it, and why it may not."""

    unit: Unit
    anchor_shipment: Shipment
    window: Window
    starts_on: date
    ends_on: date
    is_chosen: bool
    term_ends_on: date
    service_ends_on: date | None = None
    others: list[ContractLine] = field(default_factory=list)
    refusal: str = ""

    @property
    def is_cut(self) -> bool:
        """Tell whether the product's end of service and support comes before the term's."""
        return self.ends_on < self.term_ends_on

    @property
    def span(self) -> Span:
        return Span(self.starts_on, self.ends_on)

    @property
    def overlaps(self) -> list[ContractLine]:
        return [line for line in self.others if line.span.overlap(self.span)]

    @property
    def gaps(self) -> list[Span]:
        return contracts.gaps([self.span, *(line.span for line in self.others)])


def chunks(ids: Collection[int]) -> Iterator[list[int]]:
    """Yield the keys in order, so that everybody who locks them locks alike."""
    ordered = sorted(set(ids))
    return (ordered[n : n + CHUNK] for n in range(0, len(ordered), CHUNK))


def read_units(ids: Collection[int], *, lock: bool = False) -> list[Unit]:
    """Return the units by key with what decides their window; `lock` keeps them still."""
    units: list[Unit] = []
    for chunk in chunks(ids):
        found = Unit.unscoped.filter(pk__in=chunk).select_related(
            "huawei_shipment", "distributor_shipment"
        )
        found = found.annotate(consignee_kind=F("consignee__kind")).order_by("pk")
        units += found.select_for_update(of=("self",), no_key=True) if lock else found
    return units


class Windows:
    """The windows of units, each reckoned once for units that were shipped alike."""

    def __init__(self) -> None:
        self._versions = list(PolicyVersion.objects.order_by("-effective_from"))
        self._terms: dict[date, Terms] = {}
        self._windows: dict[tuple[Anchor, Terms], Window] = {}

    def of(self, unit: Unit) -> Window:
        """Return the days on which support of `unit` may start.

        `unit` comes from `read_units()`. Raises: PolicyVersion.DoesNotExist before the first.
        """
        onward = unit.distributor_shipment
        anchor = support_anchor(
            huawei_shipped_on=unit.huawei_shipment.shipped_on,
            distributor_shipped_on=onward.shipped_on if onward else None,
            is_distributor_date_expected=onward is None
            and getattr(unit, "consignee_kind", None) == "distributor",
        )
        key = (anchor, self.terms(unit.huawei_shipment.shipped_on))
        if key not in self._windows:
            self._windows[key] = support_window(anchor=key[0], terms=key[1])
        return self._windows[key]

    def terms(self, shipped_on: date) -> Terms:
        """Return the numbers in force on the day of Huawei's shipment."""
        if shipped_on not in self._terms:
            known = next((v for v in self._versions if v.effective_from <= shipped_on), None)
            version = known or PolicyVersion.objects.in_force(shipped_on)
            self._terms[shipped_on] = version.terms()
        return self._terms[shipped_on]


def plan_first(
    units: Iterable[Unit], *, family: Family, months: int, start: StartChoice
) -> list[Planned]:
    """Return what a first contract would give each unit; refusals are in their plans.

    Source: policy section 3.
    """
    units = list(units)
    windows, ends, planned = Windows(), service_ends(units), list[Planned]()
    for unit in units:
        window = windows.of(unit)
        asked, is_chosen = start.of(unit.pk)
        starts_on = asked or window.earliest_on
        plan = _planned(
            unit,
            unit.latest_shipment,
            window,
            starts_on=starts_on,
            months=months,
            until=ends.get(unit.part_number_id),
            is_chosen=is_chosen,
        )
        plan.refusal = outside(starts_on, window) or plan.refusal
        planned.append(plan)
    _compare(planned, family=family)
    return planned


def _planned(
    unit: Unit,
    shipment: Shipment,
    window: Window,
    *,
    starts_on: date,
    months: int,
    until: date | None,
    is_chosen: bool,
) -> Planned:
    """Return the cover of a unit, never past `until`; refused where it begins after it."""
    term_ends_on = support_end(starts_on=starts_on, months=months)
    plan = Planned(
        unit=unit,
        anchor_shipment=shipment,
        window=window,
        starts_on=starts_on,
        ends_on=term_ends_on,
        is_chosen=is_chosen,
        term_ends_on=term_ends_on,
        service_ends_on=until,
    )
    try:
        plan.ends_on = support_end(starts_on=starts_on, months=months, end_of_service_on=until)
    except SupportStartPastService as refusal:
        plan.refusal = str(refusal)
    return plan


def outside(starts_on: date, window: Window) -> str:
    """Say why a start lies outside the window, or nothing."""
    try:
        check_start(starts_on=starts_on, window=window)
    except (SupportStartTooEarly, SupportStartTooLate) as refusal:
        return str(refusal)
    return ""


def plan_renewal(
    lines: Iterable[ContractLine],
    *,
    months: int,
    today: date,
    starts_on: date | None = None,
    is_lapse_allowed: bool = False,
) -> list[Planned]:
    """Return what a renewal would give each unit: cover from the day after its last end.

    `starts_on` is a later day for what staff reinstates. Source: policy section 3.
    """
    lines = list(lines)
    planned, family = list[Planned](), Family.HICARE
    ends = service_ends(line.unit for line in lines)
    for line in lines:
        family = Family(line.contract.family)
        due_on = contracts.renewal_due_on(ended_on=line.ends_on)
        first = max(starts_on or due_on, due_on)
        plan = _planned(
            line.unit,
            line.anchor_shipment,
            line.window,
            starts_on=first,
            months=months,
            until=ends.get(line.unit.part_number_id),
            is_chosen=False,
        )
        try:
            if not is_lapse_allowed:
                contracts.check_renewal(ended_on=line.ends_on, today=today)
        except contracts.RenewalLapsed as refusal:
            plan.refusal = str(refusal)
        planned.append(plan)
    _compare(planned, family=family)
    return planned


def _compare(planned: list[Planned], *, family: Family) -> None:
    """Add to each plan what covers its unit already, and refuse what overlaps."""
    others = lines_of([plan.unit.pk for plan in planned], family=family)
    for plan in planned:
        plan.others = others.get(plan.unit.pk, [])
        if not plan.refusal:
            plan.refusal = overlapping(plan.overlaps)


def overlapping(lines: Iterable[ContractLine]) -> str:
    """Say which cover stands in the way, or nothing where staff allows it."""
    line = next((line for line in lines if not line.overlap_allowed), None)
    if line is None:
        return ""
    return (
        f"{line.contract.level} covers this unit from {day_text(line.starts_on)} to "
        f"{day_text(line.ends_on)}. Leave it out, or ask Huawei's service desk to allow "
        "the overlap."
    )


def lines_of(
    unit_ids: Collection[int], *, family: Family, besides: int | None = None
) -> dict[int, list[ContractLine]]:
    """Return the lines in force of these units in a family, by unit, the earliest first."""
    found: dict[int, list[ContractLine]] = {}
    for chunk in chunks(unit_ids):
        lines = ContractLine.unscoped.covering().filter(unit__in=chunk, contract__family=family)
        lines = lines.exclude(contract=besides) if besides else lines
        for line in lines.select_related("contract__level").order_by("starts_on", "pk"):
            found.setdefault(line.unit_id, []).append(line)
    return found
