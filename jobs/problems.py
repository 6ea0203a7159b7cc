"""How a refusal is said: which line, which column, what to do."""

from typing import NamedTuple


class Problem(NamedTuple):
    """Why a line, or the file when there is no line, is refused; and what to do."""

    line: int | None
    field: str
    message: str

    def __str__(self) -> str:
        where = f"Line {self.line}: " if self.line else ""
        return f"{where}{self.field + ': ' if self.field else ''}{self.message}"


class FileRefused(ValueError):
    """The file as a whole cannot be read; the message says what to do."""
