"""A unit's cover as a small drawing: every unit of a page on one scale, its dates beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.coverage.plan import PlanRow
from support.enums import ContractStatus
from warranty.enums import WarrantyStatus

WIDTH, BAR, STEP = 300, 8, 11
_WARRANTY = {
    WarrantyStatus.PENDING: "b-wait",
    WarrantyStatus.ACTIVE: "b-ok",
    WarrantyStatus.EXPIRED: "b-off",
    WarrantyStatus.VOID: "b-off",
}
_SUPPORT = {
    ContractStatus.FUTURE: "b-wait",
    ContractStatus.ACTIVE: "b-info",
    ContractStatus.EXPIRED: "b-off",
    ContractStatus.CANCELLED: "b-off",
}


@dataclass(frozen=True, slots=True)
class Axis:
    """The days from the first to the last that a page shows, with their years."""

    first: date
    last: date

    @classmethod
    def of(cls, rows: Iterable[PlanRow], *, on: date) -> "Axis":
        days = [on, on + timedelta(days=30)]
        for row in rows:
            days += [row.cover.starts_on, row.cover.ends_on]
            days += [day for line in row.lines for day in (line.starts_on, line.ends_on)]
        first, last = min(days), max(days)
        return cls(date(first.year, 1, 1), min(last, date(on.year + 12, 12, 30)))

    def x(self, day: date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return WIDTH * min(max(share, 0), 1)

    @property
    def years(self) -> list[date]:
        years = [date(year, 1, 1) for year in range(self.first.year + 1, self.last.year + 1)]
        step = 1 + len(years) // 8
        return years[::step]


def draw(row: PlanRow, axis: Axis) -> SafeString:
    """Draw the warranty above the contracts, the end of service and today across them."""
    bars = [(row.cover.starts_on, row.cover.ends_on, _WARRANTY[row.cover.status])]
    bars += [
        (line.starts_on, line.ends_on, _SUPPORT[line.status(row.support.on)]) for line in row.lines
    ]
    height = STEP * len(bars) + 3
    shapes = [_line(axis.x(year), height, "grid") for year in axis.years]
    for place, (first, last, css) in enumerate(bars):
        left, right = axis.x(first), axis.x(last + timedelta(days=1))
        shapes.append(_bar(left, 2 + STEP * place, max(right - left, 2), css))
    if row.service_ends_on and axis.first <= row.service_ends_on <= axis.last:
        shapes.append(_line(axis.x(row.service_ends_on), height, "lim"))
    shapes.append(_line(axis.x(row.support.on), height, "now"))
    return format_html(
        '<svg class="tl cover" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>',
        WIDTH,
        height,
        format_html_join("", "{}", ((shape,) for shape in shapes)),
    )


def _bar(x: float, y: int, width: float, css: str) -> SafeString:
    bar = '<rect x="{}" y="{}" width="{}" height="{}" rx="2" class="{}"/>'
    return format_html(bar, f"{x:.1f}", y, f"{width:.1f}", BAR, css)


def _line(x: float, height: int, css: str) -> SafeString:
    line = '<line x1="{}" y1="0" x2="{}" y2="{}" class="{}"/>'
    return format_html(line, f"{x:.1f}", f"{x:.1f}", height, css)
