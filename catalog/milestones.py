"""The life cycle of a product: pure rules over its milestones (policy section 7).

A month counts as its last day, and as its first for general availability. End of
marketing is the first day on which orders are refused; end of full support and end
of service and support are the last days on which they are given.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

from catalog.enums import LifecycleStatus, MilestoneKind, Precision
from catalog.policy import InvalidDay, day_text, is_plausible_day, parse_day

DATED = frozenset({Precision.DAY, Precision.MONTH})
"""The precisions that come with a day."""
ENDS = (MilestoneKind.EOM, MilestoneKind.EOFS, MilestoneKind.EOS)
"""The milestones that end something, in their order."""

_PASSED = {
    MilestoneKind.EOM: LifecycleStatus.END_OF_MARKETING,
    MilestoneKind.EOFS: LifecycleStatus.END_OF_FULL_SUPPORT,
    MilestoneKind.EOS: LifecycleStatus.END_OF_SERVICE_AND_SUPPORT,
}
_WORDS = {
    "to be announced": Precision.TO_BE_ANNOUNCED,
    "tba": Precision.TO_BE_ANNOUNCED,
    "not announced": Precision.NOT_ANNOUNCED,
}
_HOW = "Write YYYY-MM-DD, YYYY-MM or to be announced."


class UnreadableMilestone(ValueError):
    """A text that says neither a day nor a month nor that a date follows."""


@dataclass(frozen=True, slots=True)
class MilestoneDate:
    """When a milestone is: how exactly it is known, and the day that it counts as."""

    precision: Precision
    day: date | None = None

    def __post_init__(self) -> None:
        if (self.day is not None) is not (self.precision in DATED):
            raise ValueError("A day comes with the precisions day and month, and only with them.")

    @property
    def text(self) -> str:
        """Return what people read: a day, a month, or the words for none."""
        if self.day is None:
            return str(self.precision.label).lower()
        day = day_text(self.day)
        return day.partition(" ")[2] if self.precision is Precision.MONTH else day

    @property
    def iso(self) -> str:
        """Return what programs and the trail read: 2026-06-30, 2026-06, or the words for none."""
        if self.day is None:
            return self.text
        return self.day.isoformat()[: 7 if self.precision is Precision.MONTH else 10]

    def counted(self, kind: MilestoneKind) -> "MilestoneDate":
        """Return it with the day that a month of this kind counts as."""
        if self.day is None or self.precision is not Precision.MONTH:
            return self
        last = monthrange(self.day.year, self.day.month)[1]
        return replace(self, day=self.day.replace(day=1 if kind is MilestoneKind.GA else last))


TO_BE_ANNOUNCED = MilestoneDate(Precision.TO_BE_ANNOUNCED)
NOT_ANNOUNCED = MilestoneDate(Precision.NOT_ANNOUNCED)

Dates = Mapping[MilestoneKind, MilestoneDate]
"""The milestones of one product or part number. A kind that is absent is not announced."""


def on_day(day: date) -> MilestoneDate:
    """Return a date that is known to the day."""
    return MilestoneDate(Precision.DAY, day)


def in_month(day: date, kind: MilestoneKind) -> MilestoneDate:
    """Return a date of which only the month of `day` is known."""
    return MilestoneDate(Precision.MONTH, day).counted(kind)


def read_date(text: str, kind: MilestoneKind) -> MilestoneDate:
    """Return the date that is written as YYYY-MM-DD, YYYY-MM, or in words.

    Raises: UnreadableMilestone.
    """
    typed = " ".join(text.split())
    if typed.lower() in _WORDS:
        return MilestoneDate(_WORDS[typed.lower()])
    is_month = re.fullmatch(r"[0-9]{4}-[0-9]{2}", typed)
    if not (is_month or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", typed)):
        raise UnreadableMilestone(f"This is not a date as read here. {_HOW}")
    try:
        day = parse_day(f"{typed}-01" if is_month else typed)
    except InvalidDay as refusal:
        raise UnreadableMilestone(f"This date does not exist or lies too far off. {_HOW}") from (
            refusal
        )
    return in_month(day, kind) if is_month else on_day(day)


def merged(product: Dates, part_number: Dates) -> dict[MilestoneKind, MilestoneDate]:
    """Return the milestones of a part number: its own, and its product's where it has none.

    A part number for which a milestone is expressly not announced does not take its
    product's. Source: policy section 7.
    """
    both = {**product, **part_number}
    return {kind: both[kind] for kind in MilestoneKind if kind in both}


def out_of_order(dates: Dates) -> tuple[str, ...]:
    """Return a sentence for each two milestones that are in the wrong order.

    Days that are equal are in order. What is to be announced, or not announced, is
    ignored. Months are compared by the day that they count as.
    Source: policy section 7, GA ≤ EOM ≤ EOFS ≤ EOS.
    """
    dated = [(k, dates[k]) for k in MilestoneKind if k in dates and dates[k].day is not None]
    return tuple(
        f"{later.label} ({_counted_text(then)}) is before "
        f"{earlier.label.lower()} ({_counted_text(first)})."
        for (earlier, first), (later, then) in combinations(dated, 2)
        if first.day and then.day and then.day < first.day
    )


def _counted_text(when: MilestoneDate) -> str:
    if when.precision is Precision.MONTH and when.day:
        return f"{when.text}, counted as {day_text(when.day)}"
    return when.text


def is_plausible(when: MilestoneDate) -> bool:
    """Tell whether the day, if any, lies in the years that dates may lie in."""
    return when.day is None or is_plausible_day(when.day)


def is_reached(kind: MilestoneKind, when: MilestoneDate, *, on: date) -> bool:
    """Tell whether the milestone lies behind on this day.

    End of marketing is reached on its day, the first on which orders are refused. The
    last day of full support, and of service and support, is still given.
    """
    if when.day is None:
        return False
    return on >= when.day if kind in (MilestoneKind.GA, MilestoneKind.EOM) else on > when.day


def reached_by(kind: MilestoneKind, *, on: date) -> date:
    """Return the latest day of a milestone of this kind that is reached on the day `on`."""
    return on if kind in (MilestoneKind.GA, MilestoneKind.EOM) else on - timedelta(days=1)


def status_on(dates: Dates, *, on: date) -> LifecycleStatus:
    """Return where the product stands on a day.

    What is not announced is a state of its own: it does not say "supported".
    Source: policy section 7.
    """
    ends = {k: dates[k] for k in ENDS if k in dates and dates[k] != NOT_ANNOUNCED}
    for kind in reversed(ENDS):
        if kind in ends and is_reached(kind, ends[kind], on=on):
            return _PASSED[kind]
    available = dates.get(MilestoneKind.GA, NOT_ANNOUNCED)
    if available.day and not is_reached(MilestoneKind.GA, available, on=on):
        return LifecycleStatus.NOT_YET_AVAILABLE
    if ends:
        return LifecycleStatus.END_ANNOUNCED
    return LifecycleStatus.AVAILABLE if available.day else LifecycleStatus.NOT_ANNOUNCED


def service_ends_on(dates: Dates) -> date | None:
    """Return the last day of service and support, or None where none is known."""
    return dates.get(MilestoneKind.EOS, NOT_ANNOUNCED).day


def next_after(dates: Dates, *, on: date) -> tuple[MilestoneKind, MilestoneDate] | None:
    """Return the first dated milestone that is not reached yet."""
    ahead = (
        (kind, when)
        for kind, when in dates.items()
        if when.day and not is_reached(kind, when, on=on)
    )
    return min(ahead, key=lambda pair: pair[1].day or date.max, default=None)


def expectations(dates: Dates, *, on: date) -> tuple[str, ...]:
    """Return what a unit of the product may still expect on a day, a sentence each."""
    said = (
        _EXPECTED[kind](dates[kind], is_reached(kind, dates[kind], on=on))
        for kind in ENDS
        if dates.get(kind, NOT_ANNOUNCED) != NOT_ANNOUNCED
    )
    return tuple(said) or ("No end is announced. This does not say how long it is supported.",)


def _orders(when: MilestoneDate, is_over: bool) -> str:
    if when.day is None:
        return "The end of orders is to be announced."
    if when.precision is Precision.MONTH:
        return f"Orders {'ended' if is_over else 'end'} in {when.text}."
    if is_over:
        return f"Orders are refused since {when.text}."
    return f"Orders are accepted until {day_text(when.day - timedelta(days=1))}."


def _full_support(when: MilestoneDate, is_over: bool) -> str:
    return _given("Full support", "end of full support", when, is_over)


def _service(when: MilestoneDate, is_over: bool) -> str:
    said = _given("Service and support", "end of service and support", when, is_over)
    return said if is_over or when.day is None else f"{said} Then all services stop."


def _given(what: str, end: str, when: MilestoneDate, is_over: bool) -> str:
    if when.day is None:
        return f"The {end} is to be announced."
    if is_over:
        named = "in" if when.precision is Precision.MONTH else "on"
        return f"{what} ended {named} {when.text}."
    named = "the end of " if when.precision is Precision.MONTH else ""
    return f"{what} until {named}{when.text}."


_EXPECTED = {
    MilestoneKind.EOM: _orders,
    MilestoneKind.EOFS: _full_support,
    MilestoneKind.EOS: _service,
}


def kinds_changed(before: Dates, after: Dates) -> Iterable[MilestoneKind]:
    """Yield the kinds for which two sets of milestones differ."""
    for kind in MilestoneKind:
        if before.get(kind, NOT_ANNOUNCED) != after.get(kind, NOT_ANNOUNCED):
            yield kind
