"""The one writer of tables: no cell of it runs as a formula, every zero stays."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

_STARTS_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_ESCAPED = re.compile(r"''*[=+\-@\t\r\n＝＋－＠]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def safe_cell(value: object) -> str:
    """Return the text of a cell; an apostrophe goes before what a spreadsheet would run.

    Text that has apostrophes before such a sign gets one more, so that
    `original_cell()` restores every text. Dates are ISO, truth is yes or no.
    """
    if value is None:
        return ""
    if value is True or value is False:
        return "yes" if value else "no"
    text = value.isoformat() if isinstance(value, date) else str(value)
    if _UNPRINTABLE.search(text):
        text = _UNPRINTABLE.sub("\ufffd", text)
    return f"'{text}" if _STARTS_FORMULA.match(text) else text


def original_cell(text: str) -> str:
    """Return what `safe_cell()` was given: the text without the apostrophe it put there."""
    return text[1:] if _ESCAPED.match(text) else text


def write_csv(file: IO[str], header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a table as CSV to `file`, opened with `newline=""`, and return its row count."""
    writer = csv.writer(file)
    writer.writerow([safe_cell(name) for name in header])
    count = 0
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        count += 1
    return count


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_cells(cells: Iterable[object]) -> str:
    """Return cells, each made safe before, as a line of CSV has them, without its end."""
    return str(csv.writer(_Line(), lineterminator="").writerow(cells))


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield a table as CSV, a line at a time, for an answer that is sent while it is read."""
    writer = csv.writer(_Line())
    yield "\ufeff"
    for row in chain([header], rows):
        yield writer.writerow([safe_cell(value) for value in row])


def write_xlsx(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a table as XLSX, every cell as text, and return its row count."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()

    def append(values: Sequence[object]) -> None:
        cells = [WriteOnlyCell(sheet, value=safe_cell(value)) for value in values]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)

    append(header)
    count = 0
    for row in rows:
        append(row)
        count += 1
    book.save(file)
    return count
