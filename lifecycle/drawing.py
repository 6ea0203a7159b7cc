"""Milestones on a line, drawn by the server: along a column, and down a phone.

The line is not to scale: an end of marketing and an end of service lie years apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Point:
    """Something on the line: its name, its date in words, and whether it lies behind."""

    name: str
    when: str
    is_past: bool
    is_now: bool = False


WIDTH, HEIGHT = 1038, 96
STEP = 62
"""How far apart two points stand on a phone."""


def wide(points: Sequence[Point]) -> SafeString:
    """Draw from left to right, the text of each point below it."""
    gap = (WIDTH - 40) / max(len(points), 1)
    marks = [(20 + gap * number, point) for number, point in enumerate(points)]
    drawn = format_html_join(
        "",
        '{}<text x="{}" y="62" class="{}">{}</text><text x="{}" y="80" class="s">{}</text>',
        (
            (_mark(x + 8, 30, point), x, _weight(point), point.name, x, point.when)
            for x, point in marks
        ),
    )
    return format_html(
        '<svg class="tl wide" viewBox="0 0 {} {}" role="img" aria-labelledby="msd">'
        '<line class="ln" x1="20" x2="{}" y1="30" y2="30"/>{}</svg>',
        WIDTH,
        HEIGHT,
        WIDTH - 20,
        drawn,
    )


def narrow(points: Sequence[Point]) -> SafeString:
    """Draw from top to bottom, the text of each point beside it."""
    marks = [(24 + STEP * number, point) for number, point in enumerate(points)]
    drawn = format_html_join(
        "",
        '{}<text x="44" y="{}" class="{}">{}</text><text x="44" y="{}" class="s">{}</text>',
        (
            (_mark(18, y, point), y - 2, _weight(point), point.name, y + 16, point.when)
            for y, point in marks
        ),
    )
    height = 24 + STEP * len(points) - 14
    return format_html(
        '<svg class="tl narrow" viewBox="0 0 340 {}" role="img" aria-labelledby="msd">'
        '<line class="ln" x1="18" x2="18" y1="10" y2="{}"/>{}</svg>',
        height,
        height - 10,
        drawn,
    )


def _mark(x: float, y: float, point: Point) -> SafeString:
    """Draw today as a dot, and a milestone as a diamond: filled once it lies behind."""
    if point.is_now:
        return format_html('<circle class="nowb" cx="{}" cy="{}" r="6"/>', x, y)
    shape = "b-life" if point.is_past else "b-wait"
    edges = f"{x},{y - 9} {x + 9},{y} {x},{y + 9} {x - 9},{y}"
    return format_html('<polygon class="{}" points="{}"/>', shape, edges)


def _weight(point: Point) -> str:
    return "h limt" if point.is_now else "h"
