"""Milestones from a file: a row for each product or release, real ones as their vendor wrote them.

A row is about the part number it names; without one, about the product of that name. A
name that the catalogue does not know is a release of its own, such as a version of
software: it becomes a product without a part number, which no unit can have. A name that
ends in "[rev 2025-02-19]" holds what an earlier revision said. It is written down as the
value before the one that stands, and only where nothing is known yet.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO

from audit import trail
from audit.trail import Actor
from catalog.enums import MilestoneKind
from catalog.milestones import MilestoneDate, UnreadableMilestone, merged, out_of_order, read_date
from catalog.models import Milestone, PartNumber, Product
from catalog.policy import InvalidDay, parse_day
from catalog.workflow import Key, MilestoneRow, MilestonesRefused, write_milestones
from jobs.enums import JobKind
from jobs.imports import Outcome, Refusals, run_import
from jobs.tabular import Layout, Table

NUMBERED = ("part_number", "part_number_if_any")
LAYOUT = Layout(("product", *(kind.value for kind in MilestoneKind)), (*NUMBERED, "source"))
SOFTWARE = "software"
"""The category of a release that the catalogue did not know."""
NO_SOURCE = "Imported without a source"

_REVISION = re.compile(r"(?P<name>.*\S)\s*\[rev (?P<on>[^\]]*)\]")
_LONGEST = {"product": 120, "source": 300}
_STEP = timedelta(microseconds=1)
"""What a revision is set before the one that follows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What a sound row says. `revised_on` is set where it was superseded since."""

    line: int
    name: str
    number: str
    dates: dict[MilestoneKind, MilestoneDate]
    source: str
    revised_on: date | None

    @property
    def identity(self) -> tuple[str, str, date | None]:
        return self.name.casefold(), self.number, self.revised_on


class _Catalogue:
    """What is known: products by name, part numbers, and the milestones of both."""

    def __init__(self) -> None:
        self.products = {p.model.casefold(): p for p in Product.objects.all()}
        self.parts = {p.number: p for p in PartNumber.objects.select_related("product")}
        self.said: dict[Key, dict[MilestoneKind, MilestoneDate]] = {}
        for row in Milestone.objects.current():
            said = self.said.setdefault((row.product_id, row.part_number_id), {})
            said[MilestoneKind(row.kind)] = row.date

    def product_of(self, line: _Line) -> Product | None:
        part = self.parts.get(line.number)
        return part.product if part else self.products.get(line.name.casefold())

    def key_of(self, line: _Line) -> Key | None:
        product, part = self.product_of(line), self.parts.get(line.number)
        return (product.pk, part.pk if part else None) if product else None

    def disorder(self, line: _Line) -> str:
        """Say what would be in the wrong order once the row stands, or nothing."""
        before: dict[MilestoneKind, MilestoneDate] = {}
        if (key := self.key_of(line)) and line.revised_on is None:
            before = merged(self.said.get((key[0], None), {}), self.said.get(key, {}))
        faults = out_of_order(merged(before, line.dates))
        return f"{' '.join(faults)} Correct one of the dates." if faults else ""


def import_lifecycle(
    file: IO[bytes],
    *,
    file_name: str,
    actor: Actor,
    at: datetime,
    dry_run: bool = False,
    leave_out: bool = False,
) -> Outcome:
    """Set the milestones of a file: all rows, or with `leave_out` those that can stand.

    An empty cell keeps what is known. Reading the same file again changes nothing.
    """

    def work(table: Table, refuse: Refusals) -> dict[str, int]:
        catalogue = _Catalogue()
        lines = _checked(list(_read(table, refuse)), catalogue, refuse)
        return {} if refuse.count else _write(lines, catalogue, refuse, actor=actor, at=at)

    def run(*, dry_run: bool, left_out: frozenset[int] = frozenset()) -> Outcome:
        return run_import(
            JobKind.IMPORT_LIFECYCLE,
            file,
            LAYOUT,
            work,
            actor=actor,
            at=at,
            file_name=file_name,
            dry_run=dry_run,
            left_out=left_out,
        )

    if not leave_out:
        return run(dry_run=dry_run)
    first = run(dry_run=True)
    if not first.is_refused or any(problem.line is None for problem in first.problems):
        return first if dry_run else run(dry_run=False)
    outcome = run(dry_run=dry_run, left_out=first.lines)
    outcome.left_out, outcome.rejected = first.problems, first.rejected
    return outcome


def _read(table: Table, refuse: Refusals) -> Iterator[_Line]:
    for line, cells in table.rows(refuse):
        given = dict(zip(LAYOUT.columns, cells, strict=True))
        found, faults = _read_line(line, given)
        for column, message in faults:
            refuse(line, column, message)
        if not faults:
            yield found


def _read_line(line: int, given: dict[str, str]) -> tuple[_Line, list[tuple[str, str]]]:
    faults = []
    name, revised_on = " ".join(given["product"].split()), None
    if revision := _REVISION.fullmatch(name):
        name = revision["name"]
        try:
            revised_on = parse_day(revision["on"])
        except InvalidDay as refusal:
            faults.append(("product", f"The day of the revision: {refusal}"))
    for column, longest in _LONGEST.items():
        if len(given[column]) > longest:
            faults.append((column, f"Write at most {longest} characters."))
    if not name:
        faults.append(("product", "Write the name of the product or release."))
    numbers = {given[column] for column in NUMBERED} - {""}
    if len(numbers) > 1:
        faults.append((NUMBERED[0], "Two columns name two part numbers. Keep one of them."))
    dates: dict[MilestoneKind, MilestoneDate] = {}
    for kind in MilestoneKind:
        try:
            if given[kind.value]:
                dates[kind] = read_date(given[kind.value], kind)
        except UnreadableMilestone as refusal:
            faults.append((kind.value, str(refusal)))
    if not dates and not faults:
        faults.append(("", "The row has no milestone. Write one, or take the row out."))
    read = _Line(
        line=line,
        name=name,
        number=next(iter(numbers), ""),
        dates=dates,
        source=given["source"] or NO_SOURCE,
        revised_on=revised_on,
    )
    return read, faults


def _checked(lines: list[_Line], catalogue: _Catalogue, refuse: Refusals) -> list[_Line]:
    """Return what can stand; refuse what the catalogue contradicts or the file says twice."""
    first: dict[tuple[str, str, date | None], int] = {}
    sound = []
    for line in lines:
        if line.number and (fault := _foreign(line, catalogue)):
            refuse(line.line, NUMBERED[0], fault)
        elif first.setdefault(line.identity, line.line) != line.line:
            where = first[line.identity]
            refuse(line.line, "product", f"{line.name} is on line {where} already. Keep one row.")
        elif fault := catalogue.disorder(line):
            refuse(line.line, "", fault)
        else:
            sound.append(line)
    return sound


def _foreign(line: _Line, catalogue: _Catalogue) -> str:
    part = catalogue.parts.get(line.number)
    if part is None:
        return f"{line.number} is not in the catalogue. Import the product first."
    if part.product.model.casefold() != line.name.casefold():
        return f"{line.number} belongs to {part.product}. Correct the name or the number."
    return ""


def _write(
    lines: list[_Line], catalogue: _Catalogue, refuse: Refusals, *, actor: Actor, at: datetime
) -> dict[str, int]:
    """Add the releases, then what each revision said, the oldest first, then what stands."""
    fresh = [line for line in lines if line.revised_on is None or not _is_known(line, catalogue)]
    new = _add_releases(lines, catalogue, actor=actor, at=at)
    days = sorted({line.revised_on for line in fresh}, key=lambda day: day or date.max)
    changed = 0
    for place, day in enumerate(days):
        rows = [r for x in fresh if x.revised_on == day for r in _rows(x, catalogue)]
        when = at - _STEP * (len(days) - 1 - place)
        try:
            changed += len(write_milestones(rows, actor=actor, at=when, cause=NO_SOURCE))
        except MilestonesRefused as refused:
            for message in refused.refusals:
                refuse(None, "", message)
    named = {catalogue.key_of(line) for line in lines}
    return {
        "rows": len(lines),
        "new_releases": new,
        "products": len(named),
        "milestones_set": changed,
    }


def _is_known(line: _Line, catalogue: _Catalogue) -> bool:
    key = catalogue.key_of(line)
    return key is not None and key in catalogue.said


def _add_releases(lines: list[_Line], catalogue: _Catalogue, *, actor: Actor, at: datetime) -> int:
    new = {
        line.name.casefold(): Product(model=line.name, category=SOFTWARE, source=line.source)
        for line in reversed(lines)
        if catalogue.product_of(line) is None
    }
    Product.objects.bulk_create(new.values())
    catalogue.products |= new
    detail = {"category": SOFTWARE}
    trail.record_all(
        trail.event("product.added", p, actor=actor, at=at, detail=detail) for p in new.values()
    )
    return len(new)


def _rows(line: _Line, catalogue: _Catalogue) -> Iterator[MilestoneRow]:
    product = catalogue.product_of(line)
    if product is None:
        raise LookupError(f"{line.name} was not added to the catalogue.")
    for kind, when in line.dates.items():
        yield MilestoneRow(
            product=product,
            part_number=catalogue.parts.get(line.number),
            kind=kind,
            date=when,
            cause=line.source,
        )
