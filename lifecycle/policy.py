"""What an announcement may say, and what to point out before it is published (policy section 7)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from catalog.enums import MilestoneKind, Precision
from catalog.milestones import MilestoneDate, out_of_order
from catalog.policy import day_text

Dates = Mapping[MilestoneKind, MilestoneDate]

NUMBER = r"[A-Z]{1,4}-[0-9]{4}-[0-9]{1,6}"
"""How a number is written: PN-2026-118."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an announcement says of one part number: its dates, and what replaces it."""

    dates: Dates = field(default_factory=dict)
    replacement: str = ""


def faults(named: Iterable[tuple[str, Dates]]) -> Iterator[str]:
    """Yield why an announcement cannot say these dates, a sentence for each product.

    Source: policy section 7, GA ≤ EOM ≤ EOFS ≤ EOS; "to be announced" is ignored.
    """
    said = [(name, dates) for name, dates in named]
    if not any(dates for _, dates in said):
        yield "An announcement says at least one milestone. Write one."
    for name, dates in said:
        if wrong := out_of_order(dates):
            yield f"{name}: {' '.join(wrong)} Move one of the dates."


def warnings(named: Iterable[tuple[str, Dates]], *, on: date, over: int) -> Iterator[str]:
    """Yield what to look at before publishing on a day; none of it forbids.

    `over` is how many contracts run past the end of service and support.
    Source: policy section 7, an announcement may follow the end that it announces.
    """
    said = [(name, dates) for name, dates in named]
    for kind in (MilestoneKind.EOM, MilestoneKind.EOFS, MilestoneKind.EOS):
        past = {n: d[kind].day for n, d in said if kind in d and _is_past(d[kind].day, on)}
        for day in sorted({day for day in past.values() if day}):
            names = _listed([name for name, of in past.items() if of == day])
            yield f"{kind.label} of {names} lies in the past: {day_text(day)}."
    open_ends = [name for name, dates in said if _says_no_day(dates)]
    if open_ends:
        yield f"No day or month is known yet for {_listed(open_ends)}: every date is to follow."
    if over:
        contracts = "1 contract runs" if over == 1 else f"{over:,} contracts run"
        yield f"{contracts} past the end of service and support. No contract is shortened."


def _is_past(day: date | None, on: date) -> bool:
    return day is not None and day < on


def _says_no_day(dates: Dates) -> bool:
    return bool(dates) and all(when.day is None for when in dates.values())


def _listed(names: list[str]) -> str:
    """Name the first three, and count the others."""
    if len(names) <= 3:
        return ", ".join(names)
    return f"{', '.join(names[:3])} and {len(names) - 3} more"


def differing(before: Mapping[int, Facts], after: Mapping[int, Facts]) -> set[int]:
    """Return the part numbers, by key, of which two versions do not say the same.

    One that stands in a single version differs; the words of the text do not count.
    """
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def headline(dates: Dates) -> str:
    """Name an announcement by the milestones that it gives a date: the first of the ends."""
    dated = [kind for kind in MilestoneKind if kind in dates and dates[kind].day]
    ends = [kind for kind in dated if kind is not MilestoneKind.GA]
    named = (ends or dated or list(dates))[:1]
    return named[0].label if named else "Announcement"


def means(dates: Dates) -> list[str]:
    """Return what each milestone means for who uses the product, a sentence each."""
    return [_MEANS[kind] for kind in MilestoneKind if dates.get(kind) and _is_said(dates[kind])]


def _is_said(when: MilestoneDate) -> bool:
    return when.precision is not Precision.NOT_ANNOUNCED


_MEANS = {
    MilestoneKind.GA: "General availability: from this day on the product can be ordered.",
    MilestoneKind.EOM: (
        "End of marketing: from this day on orders are refused. Units in use keep their service."
    ),
    MilestoneKind.EOFS: (
        "End of full support: up to this day faults are corrected in new software. After it "
        "service goes on with what exists."
    ),
    MilestoneKind.EOS: (
        "End of service and support: the last day of every service. A contract that runs longer "
        "is not shortened by this announcement."
    ),
}
