"""The answers of a check as files: whole or of one outcome, as CSV or as a workbook."""

import csv
from collections.abc import Iterator
from typing import Any, cast

from documents import storage
from documents.models import Document
from jobs.enums import JobKind
from jobs.exports import original_cell
from jobs.models import Job
from partners.models import Organization
from portal.bulk_check import HEADER, meant_by
from portal.bulk_check.verdicts import Verdict
from portal.checks.sample import ALL, MISTYPED

SHEET = 10_000
"""How many rows a workbook is made of while somebody waits; beyond, there is the CSV."""
_VERDICT = len(HEADER) - len(Verdict._fields)


def checks_of(organization: Organization) -> Any:
    """Return the checks that an organization asked for itself; Huawei has its own, too."""
    found = Job.objects.for_organization(organization).uploads()
    return found.filter(organization=organization, kind=JobKind.CHECK_SERIALS)


def rows_of(job: Job, outcome: str) -> Iterator[list[str]]:
    """Yield the cells of every answer of an outcome, as text."""
    path = storage.path_of(cast(Document, job.result).reference)
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        for cells in rows:
            if _is_of(Verdict(*cells[_VERDICT:]), outcome):
                yield [original_cell(cell) for cell in cells]


def _is_of(verdict: Verdict, outcome: str) -> bool:
    if outcome == MISTYPED:
        return bool(meant_by(verdict))
    return outcome in (ALL, verdict.status)


def count_of(job: Job, outcome: str) -> int:
    """Return how many answers of a finished check have an outcome."""
    if outcome == ALL:
        return sum(count for word, count in job.counts.items() if word != MISTYPED)
    return int(job.counts.get(outcome, 0))
