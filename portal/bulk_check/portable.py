"""Finding many units on any database: by chunks, one query each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from portal.bulk_check.asking import Asked, chunks
from portal.bulk_check.facts import COLUMNS, Found

CHUNK = 500
"""Serial numbers in one query; SQLite allows few parameters."""


def find(asked: Iterable[Asked], units: Any) -> Iterator[Found]:
    """Yield every asked line in order, with those of `units` that have its serial number."""
    for chunk in chunks(asked, CHUNK):
        by_serial: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        rows = units.filter(serial__in={row.serial for row in chunk}).order_by(
            "serial", "part_number__number"
        )
        for values in rows.values_list(*COLUMNS):
            by_serial[values[0]].append(values[1:])
        for row in chunk:
            yield row, by_serial.get(row.serial, [])
