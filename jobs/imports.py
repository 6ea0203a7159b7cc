"""How every import runs: one job, one transaction, every refusal at once."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from django.db import transaction

from audit.trail import Actor
from jobs import workflow
from jobs.enums import JobKind, JobStatus
from jobs.exports import write_csv
from jobs.models import Job
from jobs.problems import FileRefused, Problem
from jobs.progress import Meter, alive
from jobs.tabular import Layout, Table, read_table
from partners.models import Organization

MAX_KEPT = 50_000
"""How many refusals are kept to be shown; beyond it they are only counted."""


class Refusals:
    """What is wrong with a file: called with line, column and message.

    Lines that are left out on purpose are not refused.
    """

    def __init__(self, left_out: Collection[int] = ()) -> None:
        self.left_out = left_out
        self.kept: list[Problem] = []
        self.lines: set[int] = set()
        self.count = 0

    def __call__(self, line: int | None, column: str, message: str) -> None:
        if line in self.left_out:
            return
        self.count += 1
        if len(self.kept) < MAX_KEPT:
            self.kept.append(Problem(line, column, message))
        if line:
            self.lines.add(line)


@dataclass(slots=True)
class Outcome:
    """What came of a file: counts by word, or the reasons why nothing was stored.

    `lines` are the refused ones, all of them; `problems` may be capped.
    """

    counts: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    rejected: int = 0
    lines: frozenset[int] = frozenset()
    left_out: list[Problem] = field(default_factory=list)
    """Why rows were left out of what was stored, where that was asked for."""
    seconds: float = 0.0
    job: Job | None = None

    @property
    def is_refused(self) -> bool:
        return bool(self.problems)

    @property
    def all_counts(self) -> dict[str, int]:
        return {**self.counts, "rejected": self.rejected}


Work = Callable[[Table, Refusals], dict[str, int]]
"""Checks and writes a table in the caller's transaction; returns its counts."""


class _Refused(Exception):
    """Something was refused: take everything back."""


def run_import(
    kind: JobKind,
    file: IO[bytes],
    layout: Layout,
    work: Work,
    *,
    actor: Actor,
    at: datetime,
    organization: Organization | None = None,
    file_name: str = "",
    dry_run: bool = False,
    within: Meter | None = None,
    left_out: Collection[int] = (),
) -> Outcome:
    """Run `work` over a file in one transaction; on any refusal nothing of it stays.

    A dry run does the same and takes it back; it leaves no job either. `within` is the
    meter of a job that the caller has opened and brings to its end. Lines in `left_out`
    are passed over as if the file did not have them.
    """
    if dry_run or within:
        outcome, meter = Outcome(), within or Meter(at)
        _attempt(outcome, file, layout, work, Refusals(left_out), dry_run=dry_run, meter=meter)
        outcome.seconds = meter.seconds
        return outcome
    job = workflow.open_job(
        kind, actor=actor, at=at, organization=organization, file_name=file_name
    )
    outcome = Outcome(job=job)
    with alive(job, at=at) as meter, _recorded(outcome, job, meter):
        _attempt(outcome, file, layout, work, Refusals(left_out), dry_run=False, meter=meter)
    return outcome


def _attempt(
    outcome: Outcome,
    file: IO[bytes],
    layout: Layout,
    work: Work,
    refusals: Refusals,
    *,
    dry_run: bool,
    meter: Meter,
) -> None:
    """Run `work` in a transaction and put what came of it into the outcome."""
    try:
        with transaction.atomic(), read_table(file, layout) as table:
            meter.table = table
            outcome.warnings = table.warnings
            outcome.counts = work(table, refusals)
            if not table.count and not refusals.count:
                raise FileRefused("The file holds no rows below its header. Add some.")
            if refusals.count:
                raise _Refused
            transaction.set_rollback(dry_run)
    except FileRefused as refusal:
        refusals.kept.insert(0, Problem(None, "", str(refusal)))
        outcome.counts = {}
    except _Refused:
        refusals.kept.sort(key=lambda problem: problem.line or 0)
    outcome.problems, outcome.rejected = refusals.kept, len(refusals.lines)
    outcome.lines = frozenset(refusals.lines)


@contextmanager
def _recorded(outcome: Outcome, job: Job, meter: Meter) -> Iterator[None]:
    """Bring the job's row to its end, whatever happens."""
    status = JobStatus.FAILED
    try:
        yield
        status = JobStatus.REFUSED if outcome.is_refused else JobStatus.DONE
    finally:
        outcome.seconds = meter.seconds
        workflow.finish_job(
            job, status, at=meter.now, counts=outcome.all_counts, problems=outcome.problems
        )


def write_bad_rows(
    file: IO[bytes], layout: Layout, problems: list[Problem], output: IO[str]
) -> int:
    """Write the refused rows as they came, each with its reasons, ready to be corrected.

    Returns how many were written. `output` is opened with `newline=""`.
    """
    reasons: dict[int, str] = {}
    for line, column, message in problems:
        if line:
            said = f"{column}: {message}" if column else message
            reasons[line] = f"{reasons[line]} {said}" if line in reasons else said
    with read_table(file, layout) as table:
        return write_csv(
            output,
            (*layout.columns, "error"),
            ((*cells, reasons[line]) for line, cells in table.originals() if line in reasons),
        )
