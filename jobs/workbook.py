"""The first sheet of an XLSX workbook, as records of text for `jobs.tabular`."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, Any

from python_calamine import CalamineError, CalamineWorkbook

from jobs.problems import FileRefused

Records = Iterator[tuple[int, list[str], str]]

MAX_UNPACKED = 200 * 1024 * 1024
"""Bytes that a workbook may unpack to: it is read into memory whole."""
MAX_EXACT = 10**15
"""From here on a spreadsheet no longer keeps every digit of a number."""
INEXACT = "A number this long has lost digits. Format the column as text and enter it again."
NUMBERS = "Cells hold numbers where text is expected: leading zeros may be missing."


def open_sheet(file: IO[bytes]) -> tuple[list[str], Records, list[str]]:
    """Return the header, the records and the warnings of the first sheet.

    Text stays as it is, dates become ISO, whole numbers lose their point.
    Raises: FileRefused for what is not a workbook, or unpacks to too much.
    """
    unreadable = FileRefused("The workbook cannot be read. Save it again as XLSX, unprotected.")
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > MAX_UNPACKED:
            raise FileRefused("The workbook is too large. Save it as 'CSV UTF-8' instead.")
        file.seek(0)
        sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
    except (CalamineError, zipfile.BadZipFile, IndexError):
        raise unreadable from None
    warnings: list[str] = []
    records = _records(iter(sheet.iter_rows()), warnings)
    _, header, _ = next(records, (1, [], ""))
    return header, records, warnings


def _records(rows: Iterator[list[Any]], warnings: list[str]) -> Records:
    for line, values in enumerate(rows, 1):
        fault = ""
        if any(isinstance(value, float) for value in values):
            if NUMBERS not in warnings:
                warnings.append(NUMBERS)
            if any(isinstance(v, float) and abs(v) >= MAX_EXACT for v in values):
                fault = INEXACT
        yield line, [_text(value) for value in values], fault


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
