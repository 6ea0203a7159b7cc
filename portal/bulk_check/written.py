"""Answers as lines of CSV; a cell that many of them share is quoted once."""

from jobs.exports import csv_cells, safe_cell
from portal.bulk_check.verdicts import Answer


class Written:
    """The lines of one file."""

    def __init__(self) -> None:
        self._models = _Quoted()

    def line(self, answer: Answer) -> str:
        """Return an answer as a line of CSV with its end, safe in a spreadsheet."""
        line, typed, serial, model, lifecycle, said = answer
        if typed != serial:
            typed = _cell(typed)
        return (
            f"{line},{typed},{serial},{said.status},{self._models[model]},"
            f"{said.cover},{lifecycle},{said.reason}\r\n"
        )


class _Quoted(dict[str, str]):
    """The models of the products, as cells."""

    def __missing__(self, model: str) -> str:
        quoted = self[model] = _cell(model)
        return quoted


def _cell(text: str) -> str:
    """Return one cell of several; alone, an empty one would be quoted."""
    return csv_cells((safe_cell(text), ""))[:-1]
