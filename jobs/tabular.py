"""Reading tables that people upload: CSV and XLSX, strictly, with line numbers.

Nothing is guessed but the delimiter, and that from the header alone. A row that
cannot be read with certainty is refused with its line; it is never repaired.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from io import TextIOWrapper
from operator import itemgetter
from typing import IO

from jobs import workbook
from jobs.exports import original_cell
from jobs.problems import FileRefused

BLOCK = 1 << 20
MAX_ROWS = 2_000_000
MAX_COLUMNS = 100
MAX_CELL = 1_000
"""Characters in one cell."""
MAX_LINE = 100_000
"""Characters in one line; below the limit of the csv module for one cell."""

BROKEN_QUOTES = (
    "The quotation marks do not pair up. Put one at both ends of a quoted cell "
    "and write a quotation mark inside it twice."
)
LINE_BREAK = "A cell holds a line break. Close the quotation mark before it, or write one line."

_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""They turn the direction of writing, so that a cell reads as what it is not."""

Cells = Sequence[str]
Record = tuple[int, Cells, str]
"""The line it starts on, its cells, and why it cannot be read, if so."""
Row = tuple[int, tuple[str, ...]]
Refuse = Callable[[int, str, str], None]


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a kind of file. `error` is what our own bad-rows files add."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return self.required + self.optional


@dataclass(slots=True)
class Table:
    """An opened file below its header."""

    layout: Layout
    header: list[str]
    records: Iterator[Record]
    warnings: list[str] = field(default_factory=list)
    count: int = 0
    total: int = 0
    """Lines below the header, for whoever watches; 0 where only reading would tell."""

    def rows(self, refuse: Refuse) -> Iterator[Row]:
        """Yield the line number and the cells in the layout's order, trimmed.

        What is refused goes to `refuse(line, column, message)` and is not
        yielded. Blank rows are passed over. An absent optional column is empty.
        Raises: FileRefused for too many rows or a line without an end.
        """
        width, pick = len(self.header), self._picker()
        for line, cells, fault in self.records:
            if fault:
                refuse(line, "", fault)
                continue
            text = "".join(cells)
            if not text or text.isspace():
                continue
            self.count += 1
            if self.count > MAX_ROWS:
                raise FileRefused(f"The file holds more than {MAX_ROWS:,} rows. Split it.")
            fitted: Cells | None = cells
            if len(cells) != width:
                fitted = _fitted(line, cells, width, refuse)
            if fitted is not None and not _is_plain(text):
                fitted = self._cleaned(line, fitted, refuse)
            elif fitted is not None and " " in text:
                fitted = [cell.strip() for cell in fitted]
            if fitted is not None:
                yield line, pick(fitted)

    def originals(self) -> Iterator[tuple[int, list[str]]]:
        """Yield every row as it was written, in the layout's order, checked for nothing."""
        places = [self._place(name) for name in self.layout.columns]
        for line, cells, _ in self.records:
            yield line, [_cell(cells, place) for place in places]

    def _cleaned(self, line: int, cells: Cells, refuse: Refuse) -> Cells | None:
        """Return the cells trimmed, in NFC and unescaped, or refuse the row."""
        cleaned = []
        for position, cell in enumerate(cells):
            text = original_cell(cell.strip().strip("\ufeff\u200b").strip())
            if not (text.isascii() and text.isprintable()):
                text = unicodedata.normalize("NFC", text)
            fault = _fault(text)
            if fault:
                refuse(line, self.header[position], fault)
                return None
            cleaned.append(text)
        return cleaned

    def _place(self, name: str) -> int | None:
        return self.header.index(name) if name in self.header else None

    def _picker(self) -> Callable[[Cells], tuple[str, ...]]:
        found = [self._place(name) for name in self.layout.columns]
        if len(found) > 1 and None not in found:
            return itemgetter(*(p for p in found if p is not None))
        return lambda cells: tuple("" if p is None else cells[p] for p in found)


def _cell(cells: Cells, place: int | None) -> str:
    return original_cell(cells[place]) if place is not None and place < len(cells) else ""


@contextmanager
def read_table(file: IO[bytes], layout: Layout) -> Iterator[Table]:
    """Open a seekable binary file as CSV or, by its first bytes, as XLSX.

    Raises: FileRefused if it is neither, or if its header does not fit `layout`.
    """
    file.seek(0)
    start = file.read(4096)
    file.seek(0)
    if start.startswith(b"PK\x03\x04"):
        yield _table(layout, *workbook.open_sheet(file))
        return
    _refuse_foreign(start)
    lines = _count_lines(file)
    text = TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        table = _table(layout, *_open_csv(text))
        table.total = lines
        yield table
    finally:
        text.detach()


def _count_lines(file: IO[bytes]) -> int:
    """Return how many lines stand below the first, and go back to the beginning."""
    count = sum(block.count(b"\n") for block in iter(partial(file.read, BLOCK), b""))
    file.seek(0)
    return max(count - 1, 0)


def _refuse_foreign(start: bytes) -> None:
    if not start.strip():
        raise FileRefused("The file is empty. Its first line must name the columns.")
    if start.startswith((b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF")):
        raise FileRefused("The file is neither CSV nor XLSX. Save it as 'CSV UTF-8' or as XLSX.")
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start.partition(b"\n")[0]:
        raise FileRefused("The file is UTF-16 or not text. Save it as 'CSV UTF-8' or as XLSX.")


def _open_csv(text: TextIOWrapper) -> tuple[list[str], Iterator[Record], list[str]]:
    head = text.readline(MAX_LINE)
    if len(head) == MAX_LINE:
        raise FileRefused("The first line is too long. It must name the columns, no more.")
    unquoted = re.sub('"[^"]*"', "", head)
    delimiter = max(",;\t", key=unquoted.count)
    try:
        header = next(csv.reader([head], delimiter=delimiter, strict=True), [])
    except csv.Error:
        raise FileRefused(f"Line 1: {BROKEN_QUOTES}") from None
    return header, _csv_records(text, delimiter), []


def _csv_records(text: TextIOWrapper, delimiter: str) -> Iterator[Record]:
    """Yield each record with the line on which it starts; none where quotes are broken."""
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    line = 2
    while True:
        try:
            yield line, next(reader), ""
        except StopIteration:
            return
        except csv.Error:
            yield line, (), BROKEN_QUOTES
        line = 2 + reader.line_num


def _lines(text: TextIOWrapper) -> Iterator[str]:
    number = 1
    while line := text.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE:
            raise FileRefused(f"Line {number}: the line is longer than {MAX_LINE:,} characters.")
        yield line


def _table(
    layout: Layout, header: list[str], records: Iterator[Record], warnings: list[str]
) -> Table:
    if len(header) > MAX_COLUMNS:
        raise FileRefused(f"The file has {len(header):,} columns; {MAX_COLUMNS} are allowed.")
    names = [_column_name(cell) for cell in header]
    missing = [name for name in layout.required if name not in names]
    if missing:
        raise FileRefused(
            f"Columns are missing: {', '.join(missing)}. Name them in the first line."
        )
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise FileRefused(f"Columns appear twice: {', '.join(twice)}. Keep one of each.")
    unknown = [name or "(no name)" for name in names if name not in (*layout.columns, "error")]
    if unknown:
        warnings.append(f"Columns ignored: {', '.join(_shown(name) for name in unknown)}.")
    return Table(layout, names, records, warnings)


def _column_name(cell: str) -> str:
    return "_".join(original_cell(cell.strip()).strip("\ufeff\u200b").lower().split())


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in text[:60])


def _fitted(line: int, cells: Cells, width: int, refuse: Refuse) -> Cells | None:
    if len(cells) > width and not "".join(cells[width:]).strip():
        return cells[:width]
    more = "more" if len(cells) > width else "fewer"
    refuse(line, "", f"The row has {len(cells)} cells, {more} than the header's {width}.")
    return None


def _is_plain(text: str) -> bool:
    """Tell whether a row needs no cleaning but trimming: short, printable, unescaped ASCII."""
    return len(text) <= MAX_CELL and text.isascii() and text.isprintable() and "'" not in text


def _fault(text: str) -> str:
    """Say what is wrong with the characters of a cell, or nothing."""
    if len(text) > MAX_CELL:
        return f"The cell is longer than {MAX_CELL:,} characters. Shorten it."
    if text.isprintable():
        return ""
    if "\n" in text or "\r" in text:
        return LINE_BREAK
    for character in text:
        kind = unicodedata.category(character)
        if kind == "Cs":
            byte = ord(character) - 0xDC00
            return f"The text is not UTF-8 (byte {byte:#04x}). Save the file as 'CSV UTF-8'."
        if kind in ("Cc", "Zl", "Zp", "Cn", "Co") or character in _TURNING:
            return f"The cell holds a control character (U+{ord(character):04X}). Remove it."
    return ""
