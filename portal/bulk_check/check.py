"""The bulk check: serial numbers in, one answer a line out, each as the unit's page says."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import IO, Any

from django.db import connection

from catalog.policy import InvalidSerial, valid_serial
from jobs.exports import csv_cells
from partners.models import Organization
from portal.bulk_check import portable, postgresql
from portal.bulk_check.asking import Asked, asked
from portal.bulk_check.facts import units_in_sight
from portal.bulk_check.suggestions import Suggester
from portal.bulk_check.verdicts import Judge, Verdict
from portal.bulk_check.written import Written
from warranty.enums import CoverStatus
from warranty.models import Unit

HEADER = ("line", "serial_as_typed", "serial", *Verdict._fields)
PAGE = 5_000
"""Lines answered together: one look for mistyped ones among them."""
UNKNOWN = "No unit with this serial number is known to your organization."

_MEANT = re.compile(r"Did you mean ([0-9A-Z]+)\?$")

Answer = tuple[Asked, Verdict]


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
    output.write(f"{csv_cells(HEADER)}\r\n")
    counts: Counter[str] = Counter()
    found = answers(lines, organization=organization, on=on)
    written = Written()
    while page := list(islice(found, PAGE)):
        output.write("".join(written.line(row, verdict) for row, verdict in page))
        counts.update(verdict.status for _, verdict in page)
        if notice is not None:
            for row, verdict in page:
                notice(row, verdict)
    return counts


def answers(lines: Iterable[str], *, organization: Organization, on: date) -> Iterator[Answer]:
    """Yield every asked line with its answer, in order, in flat memory."""
    judge, units = Judge(on), units_in_sight(organization, on=on)
    suggester = Suggester(Unit.objects.for_organization(organization))
    find = postgresql.find if connection.vendor == "postgresql" else portable.find
    found_by_line = find(asked(lines), units)
    while page := list(islice(found_by_line, PAGE)):
        meant = suggester.meant(row.serial for row, found in page if row.serial and not found)
        for row, found in page:
            yield from _answer(row, found, judge, meant)


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
