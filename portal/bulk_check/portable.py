"""Finding many units on any database: by chunks, three queries each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from portal.bulk_check.asking import Asked, chunks
from portal.bulk_check.facts import COLUMNS, Found, Sources

CHUNK = 500
"""Serial numbers in one query; SQLite allows few parameters."""
PAGE = 10
"""Chunks that are answered together."""
_NOTHING: Found = (None,) * len(COLUMNS)
"""In place of the two columns to join by come two that only some units have."""


def find(asked: Iterable[Asked], sources: Sources) -> Iterator[list[Found]]:
    """Yield what was found for every asked line, in order, page by page."""
    for page in chunks(asked, CHUNK * PAGE):
        yield [found for chunk in chunks(page, CHUNK) for found in _found(chunk, sources)]


def _found(chunk: list[Asked], sources: Sources) -> Iterator[Found]:
    units = sources.units.filter(serial__in={serial for _, _, serial in chunk})
    rows = list(units.order_by("serial", "part_number__number").values_list(*COLUMNS))
    found = [row[0] for row in rows]
    signed = _first(sources.signatures.filter(unit__in=found))
    support = _first(sources.support.filter(unit__in=found))
    by_serial: dict[str, list[Found]] = defaultdict(list)
    for pk, serial, *values in rows:
        by_serial[serial].append((*values, signed.get(pk), support.get(pk)))
    for row in chunk:
        for values in by_serial.get(row[2], [_NOTHING]):
            yield (*row, *values)


def _first(rows: Iterable[tuple[int, Any]]) -> dict[int, Any]:
    """Return by unit what comes first of what it has."""
    first: dict[int, Any] = {}
    for unit, value in rows:
        first.setdefault(unit, value)
    return first
