"""The bulk check: serial numbers in, one answer a line out, each as the unit's page says."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import groupby, islice
from operator import itemgetter
from typing import IO, Any

from django.db import connection

from catalog.policy import InvalidSerial, valid_serial
from jobs.exports import safe_cell
from partners.models import Organization
from portal.bulk_check import portable, postgresql
from portal.bulk_check.asking import Asked, asked
from portal.bulk_check.facts import Found, units_in_sight
from portal.bulk_check.suggestions import Suggester
from portal.bulk_check.verdicts import Judge, Verdict
from warranty.enums import CoverStatus
from warranty.models import Unit

HEADER = ("line", "serial_as_typed", "serial", *Verdict._fields)
PAGE = 5_000
"""Lines answered together: one look for mistyped ones among them."""
UNKNOWN = "No unit with this serial number is known to your organization."

_MEANT = re.compile(r"Did you mean ([0-9A-Z]+)\?$")

Answer = tuple[Asked, Verdict]
Line = tuple[Asked, list[tuple[Any, ...]]]
"""A line with what was found for it: nothing, one unit, or one for each part number."""


def check_serials(
    lines: Iterable[str],
    output: IO[str],
    *,
    organization: Organization,
    on: date,
    notice: Callable[[Asked, Verdict], None] | None = None,
) -> Counter[str]:
    """Answer every line that holds something, in order, and count the answers by status.

    Only units that `organization` may see are known. A serial number that two part
    numbers share is answered once for each. `output` is opened with `newline=""`. `notice`
    is told every answer once it is written.
    Raises: FileRefused if `lines` are not text.
    """
    write = csv.writer(output).writerow
    write(HEADER)
    counts: Counter[str] = Counter()
    for row, verdict in answers(lines, organization=organization, on=on):
        typed = row.typed if row.typed.isalnum() else safe_cell(row.typed)
        serial = row.serial if row.serial.isalnum() else safe_cell(row.serial)
        write((row.line, typed, serial, *verdict))
        counts[verdict.status] += 1
        if notice is not None:
            notice(row, verdict)
    return counts


def answers(lines: Iterable[str], *, organization: Organization, on: date) -> Iterator[Answer]:
    """Yield every asked line with its answer, in order, in flat memory."""
    judge, units = Judge(on), units_in_sight(organization, on=on)
    suggester = Suggester(Unit.objects.for_organization(organization))
    find = postgresql.find if connection.vendor == "postgresql" else portable.find
    by_line = _by_line(find(asked(lines), units))
    while page := list(islice(by_line, PAGE)):
        meant = suggester.meant(row.serial for row, found in page if row.serial and not found)
        for row, found in page:
            yield from _answer(row, found, judge, meant)


def _by_line(found: Iterable[Found]) -> Iterator[Line]:
    for row, pairs in groupby(found, key=itemgetter(0)):
        yield row, [values for _, values in pairs if values is not None]


def _answer(
    row: Asked, found: list[tuple[Any, ...]], judge: Judge, meant: dict[str, str]
) -> Iterator[Answer]:
    if len(found) == 1:
        yield row, judge.verdict(found[0])
    elif found:
        for values in found:
            yield row, _one_of(len(found), values[0], judge.verdict(values))
    elif row.serial:
        yield row, _unknown(meant.get(row.serial))
    else:
        yield row, _invalid(row.typed)


def _one_of(count: int, part_number: str, verdict: Verdict) -> Verdict:
    here = f"{count} units carry this serial number; this line is part number {part_number}."
    return verdict._replace(reason=f"{here} {verdict.reason}")


def meant_by(verdict: Verdict) -> str:
    """Return the serial number that an answer suggests, or nothing."""
    said = _MEANT.search(verdict.reason) if verdict.status == CoverStatus.UNKNOWN else None
    return said[1] if said else ""


def _unknown(meant: str | None) -> Verdict:
    reason = f"{UNKNOWN} Did you mean {meant}?" if meant else UNKNOWN
    return Verdict(status=CoverStatus.UNKNOWN.value, reason=reason)


def _invalid(typed: str) -> Verdict:
    try:
        valid_serial(typed)
    except InvalidSerial as refusal:
        return Verdict(status=CoverStatus.INVALID.value, reason=str(refusal))
    raise AssertionError(f"{typed!r} was read as no serial number.")
