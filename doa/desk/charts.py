"""Bars drawn by the server: a name, a bar, a number, one row each."""

from collections.abc import Sequence
from dataclasses import dataclass

ROW, LEFT, LENGTH, WIDTH = 26, 214, 350, 640
NAME = 26
"""Characters of a name that fit before its bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the picture, in its own units."""

    name: str
    value: str
    y: int
    text_y: int
    length: float
    value_x: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of bars; `summary` says in words what it shows."""

    bars: list[Bar]
    height: int
    summary: str
    width: int = WIDTH
    left: int = LEFT
    name_x: int = LEFT - 10


def chart(
    title: str, values: Sequence[tuple[str, float]], unit: str, most: int = 15
) -> Chart | None:
    """Lay out the first rows; those without anything are left to the table."""
    shown = [row for row in values[:most] if row[1]]
    if not shown:
        return None
    top = max(value for _, value in shown)
    bars = [_bar(n, name, value, top, unit) for n, (name, value) in enumerate(shown)]
    name, value = max(shown, key=lambda row: row[1])
    summary = f"{title}: {len(shown)} bars, the longest {name} with {_number(value, unit)}."
    return Chart(bars, len(bars) * ROW + 4, summary)


def _bar(n: int, name: str, value: float, top: float, unit: str) -> Bar:
    length = round(LENGTH * value / top, 1)
    short = name if len(name) <= NAME else f"{name[: NAME - 1]}…"
    return Bar(short, _number(value, unit), n * ROW + 4, n * ROW + 19, length, LEFT + length + 8)


def _number(value: float, unit: str) -> str:
    return f"{value:g} {unit}".strip()
