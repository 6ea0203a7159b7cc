"""The bulk check: serial numbers in, one answer a line out, each as the unit's page says."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from operator import itemgetter
from typing import IO

from django.db import connection

from catalog.enums import LifecycleStatus
from catalog.policy import InvalidSerial, valid_serial
from jobs.exports import csv_cells
from partners.models import Organization
from portal.bulk_check import portable, postgresql
from portal.bulk_check.asking import asked
from portal.bulk_check.facts import FACTS, Found, in_sight
from portal.bulk_check.suggestions import Suggester
from portal.bulk_check.verdicts import Answer, Judge, Said, Verdict
from portal.bulk_check.written import Written
from portal.lifecycle_facts import statuses
from warranty.enums import CoverStatus

HEADER = ("line", "serial_as_typed", "serial", *Verdict._fields)
UNKNOWN = "No unit with this serial number is known to your organization."

_MEANT = re.compile(r"Did you mean ([0-9A-Z]+)\?$")
_NOTHING_KNOWN = Said.of(Verdict(status=CoverStatus.UNKNOWN.value, reason=UNKNOWN))
_NOT_ANNOUNCED = LifecycleStatus.NOT_ANNOUNCED.value
_line_of = itemgetter(0)


def check_serials(
    lines: Iterable[str],
    output: IO[str],
    *,
    organization: Organization,
    on: date,
    notice: Callable[[list[Answer]], None] | None = None,
) -> Counter[str]:
    """Answer every line that holds something, in order, and count the answers by status.

    Only units that `organization` may see are known. A serial number that two part
    numbers share is answered once for each. `output` is opened with `newline=""`. `notice`
    is told every page of answers once it is written.
    Raises: FileRefused if `lines` are not text.
    """
    output.write(f"{csv_cells(HEADER)}\r\n")
    counts: Counter[str] = Counter()
    written = Written()
    for page in answers(lines, organization=organization, on=on):
        output.write("".join(map(written.line, page)))
        counts.update([answer.said.status for answer in page])
        if notice is not None:
            notice(page)
    return counts


def answers(
    lines: Iterable[str], *, organization: Organization, on: date
) -> Iterator[list[Answer]]:
    """Yield the answers to all asked lines, in order and page by page, in flat memory.

    A page is one look for mistyped serial numbers.
    """
    judge, lifecycles = Judge(on), statuses(on=on)
    suggester = Suggester(organization)
    find = postgresql.find if connection.vendor == "postgresql" else portable.find
    for page in find(asked(lines), in_sight(organization, on=on)):
        meant = suggester.meant(row[2] for row in page if row[2] and row[3] is None)
        yield list(_answers(page, judge, lifecycles, meant))


def _answers(
    page: list[Found], judge: Judge, lifecycles: dict[str, str], meant: dict[str, str]
) -> Iterator[Answer]:
    times = Counter(map(_line_of, page))
    is_shared = len(times) < len(page)
    for found in page:
        line, typed, serial, part_number, model = found[:FACTS]
        if part_number is None:
            said = _unknown(meant.get(serial)) if serial else _invalid(typed)
            yield Answer(line, typed, serial, "", "", said)
            continue
        said = judge[found[FACTS:]]
        if is_shared and times[line] > 1:
            said = _one_of(times[line], part_number, said)
        lifecycle = lifecycles.get(part_number, _NOT_ANNOUNCED)
        yield Answer(line, typed, serial, model, lifecycle, said)


def _one_of(count: int, part_number: str, said: Said) -> Said:
    here = f"{count} units carry this serial number; this line is part number {part_number}."
    return Said.of(said.verdict._replace(reason=f"{here} {said.verdict.reason}"))


def meant_by(verdict: Verdict) -> str:
    """Return the serial number that an answer suggests, or nothing."""
    said = _MEANT.search(verdict.reason) if verdict.status == CoverStatus.UNKNOWN else None
    return said[1] if said else ""


def _unknown(meant: str | None) -> Said:
    if not meant:
        return _NOTHING_KNOWN
    reason = f"{UNKNOWN} Did you mean {meant}?"
    return Said.of(Verdict(status=CoverStatus.UNKNOWN.value, reason=reason))


def _invalid(typed: str) -> Said:
    try:
        valid_serial(typed)
    except InvalidSerial as refusal:
        return Said.of(Verdict(status=CoverStatus.INVALID.value, reason=str(refusal)))
    raise AssertionError(f"{typed!r} was read as no serial number.")
