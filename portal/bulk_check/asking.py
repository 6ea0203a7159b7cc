"""Reading the serial numbers that somebody asks about: a list, or a column of a CSV."""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from catalog.policy import InvalidSerial, valid_serial
from jobs.exports import original_cell
from jobs.problems import FileRefused

HEADERS = frozenset({"serial", "serial_number", "serial_as_typed"})
LONGEST = 100
"""Characters kept of what was typed; no serial number comes near."""
DELIMITERS = ",;\t"
_is_normal = re.compile("[0-9A-Z]{1,32}").fullmatch
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


Asked = tuple[int, str, str]
"""One line of the file: its number, its text, and the serial number read from it.

The serial number is empty where the text cannot be one. It is a bare tuple because a
named one takes half the time of reading a long list.
"""


def asked(lines: Iterable[str]) -> Iterator[Asked]:
    """Yield each line that holds something, numbered as in the file, from 1.

    The first line may name the columns; without names the first column counts.
    Raises: FileRefused if the text is a workbook or another binary file.
    """
    numbered = enumerate(lines, start=1)
    first = next(((n, text) for n, text in numbered if text.strip()), None)
    if first is None:
        return
    if first[1].startswith("PK\x03\x04") or "\0" in first[1]:
        raise FileRefused("The file is not text. Save the serial numbers as 'CSV UTF-8'.")
    delimiter = max(DELIMITERS, key=first[1].count)
    column = _column(_cells(first[1], delimiter))
    body = numbered if column is not None else chain([first], numbered)
    for line, text in body:
        typed = text.strip()
        if not column and _is_normal(typed):
            yield line, typed, typed
        elif typed:
            typed = _typed(text, delimiter, column or 0)
            yield line, typed, typed if _is_normal(typed) else _read(typed)


def chunks(rows: Iterable[Asked], size: int) -> Iterator[list[Asked]]:
    rows = iter(rows)
    while chunk := list(islice(rows, size)):
        yield chunk


def _column(cells: list[str]) -> int | None:
    names = ["_".join(cell.strip("\ufeff ").lower().split()) for cell in cells]
    return next((n for n, name in enumerate(names) if name in HEADERS), None)


def _typed(text: str, delimiter: str, column: int) -> str:
    """Return the asked cell of a line as it was typed, in storable length."""
    if column == 0 and delimiter not in text and '"' not in text:
        cell = text.strip()
    else:
        cells = _cells(text, delimiter)
        cell = cells[column].strip() if column < len(cells) else ""
    return _UNSTORABLE.sub("\ufffd", original_cell(cell)[:LONGEST])


def _read(typed: str) -> str:
    try:
        return valid_serial(typed)
    except InvalidSerial:
        return ""


def _cells(text: str, delimiter: str) -> list[str]:
    return next(csv.reader([text[:10_000]], delimiter=delimiter), [])
