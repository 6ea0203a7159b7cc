"""Finding many units on any database: by chunks, two queries each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from portal.bulk_check.asking import Asked, chunks
from portal.bulk_check.facts import COLUMNS, FACTS, Facts, Found, Sources

CHUNK = 500
"""Serial numbers in one query; SQLite allows few parameters."""
PAGE = 10
"""Chunks that are answered together."""
_NOTHING: Found = (None,) * (FACTS - len(Asked._fields) + len(Facts._fields))


def find(asked: Iterable[Asked], sources: Sources) -> Iterator[list[Found]]:
    """Yield what was found for every asked line, in order, page by page."""
    for page in chunks(asked, CHUNK * PAGE):
        yield [found for chunk in chunks(page, CHUNK) for found in _found(chunk, sources)]


def _found(chunk: list[Asked], sources: Sources) -> Iterator[Found]:
    units = sources.units.filter(serial__in={row.serial for row in chunk})
    rows = list(units.order_by("serial", "part_number__number").values_list(*COLUMNS))
    support: dict[int, str] = {}
    for unit, words in sources.support.filter(unit__in=[row[0] for row in rows]):
        support.setdefault(unit, words)
    by_serial: dict[str, list[Found]] = defaultdict(list)
    for pk, serial, *values in rows:
        by_serial[serial].append((*values, support.get(pk)))
    for row in chunk:
        for values in by_serial.get(row.serial, [_NOTHING]):
            yield (*row, *values)
