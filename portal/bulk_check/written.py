"""Answers as lines of CSV; a cell that many of them share is quoted once."""

from jobs.exports import csv_cells, safe_cell
from portal.bulk_check.asking import Asked
from portal.bulk_check.verdicts import Verdict

KEPT = 20_000
"""How many different cells are kept, so that memory stays flat."""


class Written:
    """The lines of one file."""

    def __init__(self) -> None:
        self._quoted = _Quoted()

    def line(self, row: Asked, verdict: Verdict) -> str:
        """Return an answer as a line of CSV with its end, safe in a spreadsheet."""
        said = ",".join(map(self._quoted.__getitem__, verdict))
        if row.serial and row.typed.isascii() and row.typed.isalnum():
            return f"{row.line},{row.typed},{row.serial},{said}\r\n"
        typed = csv_cells((row.line, safe_cell(row.typed), safe_cell(row.serial)))
        return f"{typed},{said}\r\n"


class _Quoted(dict[str, str]):
    def __missing__(self, cell: str) -> str:
        quoted = csv_cells((cell, ""))[:-1]
        if len(self) < KEPT:
            self[cell] = quoted
        return quoted
