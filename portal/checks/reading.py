"""The lines of a list that somebody handed in: text, or the first sheet of a workbook."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import islice
from typing import IO

from jobs import workbook
from jobs.problems import FileRefused
from portal.bulk_check.asking import asked

MOST = 100_000
"""How many serial numbers one check answers."""
TOO_MANY = f"The list has more than {MOST:,} serial numbers. Split it."
EMPTY = "The list holds no serial number. Put one on each line."


@contextmanager
def lines_of(file: IO[bytes]) -> Iterator[Iterable[str]]:
    """Open a seekable binary file as lines.

    Raises: FileRefused, also while they are read, for a workbook that cannot be read.
    """
    file.seek(0)
    is_workbook = file.read(4) == b"PK\x03\x04"
    file.seek(0)
    if is_workbook:
        yield _rows(file)
        return
    text = TextIOWrapper(file, encoding="utf-8-sig", errors="replace")
    try:
        yield text
    finally:
        text.detach()


def count(file: IO[bytes]) -> int:
    """Return how many serial numbers a file asks about.

    Raises: FileRefused if it cannot be read, holds none or too many.
    """
    with lines_of(file) as lines:
        found = sum(1 for _ in islice(asked(lines), MOST + 1))
    if not found:
        raise FileRefused(EMPTY)
    if found > MOST:
        raise FileRefused(TOO_MANY)
    return found


def one_a_line(text: str) -> str:
    """Return a pasted text with a line for each serial number, where it stands on one line."""
    text = text.strip()
    return text if "\n" in text else re.sub("[,;\t]+", "\n", text)


def _rows(file: IO[bytes]) -> Iterator[str]:
    header, records, _ = workbook.open_sheet(file)
    yield as_line(header)
    for line, cells, fault in records:
        if fault:
            raise FileRefused(f"Line {line}: {fault}")
        yield as_line(cells)


def as_line(cells: list[str]) -> str:
    """Return a row as `asked()` reads one, every cell quoted."""
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
