"""The entitlement timeline as two drawings, wide and narrow: pure geometry, no query.

Two scales share one axis. From Huawei's shipment to the last day on which
anything may start, days are drawn large, because every start is decided there;
the years after it are compressed. Colours come from the stylesheet by class.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.policy import day_text

LABEL = 7.2
"""About how wide a letter of a label is, in units of the drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Days of cover, both ends covered, and the words on the bar.

    `tone` is the class that colours it: `ok`, `info`, `off`, `wait`.
    """

    starts_on: date
    ends_on: date
    tone: str
    start_day: str
    start_label: str
    end_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A milestone of the product: its day, and what it is called."""

    day: date
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What is drawn: two day zeros, the warranty, the support window, milestones, today."""

    huawei_on: date
    cap_on: date
    distributor_on: date | None
    distributor: str
    support_latest_on: date
    waiting_label: str
    warranty: Bar
    support_label: str
    today: date
    today_label: str
    support: tuple[Bar, ...] = ()
    milestones: tuple[Mark, ...] = ()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Return the milestones that lie on the drawing, the earliest first."""
        ahead = (m for m in self.milestones if self.huawei_on <= m.day <= self._horizon)
        return tuple(sorted(ahead, key=lambda mark: mark.day))

    @property
    def zone_end(self) -> date:
        """Return the last day that is drawn large."""
        return max(self.cap_on, self.support_latest_on)

    @property
    def until(self) -> date:
        """Return the last day that is drawn at all: half a year past what is known."""
        days = [bar.ends_on for bar in (self.warranty, *self.support)]
        days += [mark.day for mark in self.marks]
        today = min(self.today, self._horizon)
        return max(*days, self.zone_end, today) + timedelta(days=190)

    @property
    def _horizon(self) -> date:
        """Return the day beyond which anything drawn would flatten everything else."""
        ends = max(bar.ends_on for bar in (self.warranty, *self.support))
        return ends + timedelta(days=4 * 365)

    @property
    def anchor_on(self) -> date:
        return self.distributor_on or self.huawei_on


class Scale:
    """Where a day lies: large up to `zone_end`, compressed after it."""

    def __init__(self, t: Timeline, zone: tuple[float, float], years: tuple[float, float]) -> None:
        self.t, self.zone, self.years = t, zone, years

    def large(self, day: date) -> float:
        share = (day - self.t.huawei_on).days / (self.t.zone_end - self.t.huawei_on).days
        return self.zone[0] + (self.zone[1] - self.zone[0]) * min(max(share, 0), 1)

    def small(self, day: date) -> float:
        share = (day - self.t.zone_end).days / (self.t.until - self.t.zone_end).days
        return self.years[0] + (self.years[1] - self.years[0]) * min(max(share, 0), 1)

    def of(self, day: date) -> float:
        return self.large(day) if day <= self.t.zone_end else self.small(day)

    def new_years(self) -> list[date]:
        """Return the first days of the years after the zone, thinned to what fits."""
        years = range(self.t.zone_end.year + 1, self.t.until.year + 1)
        step = 1 + len(years) * 60 // max(int(self.years[1] - self.years[0]), 1)
        return [date(year, 1, 1) for year in years if year % step == 0]


class Canvas:
    """Collects shapes; everything that came from data is escaped on its way in."""

    def __init__(self) -> None:
        self.shapes: list[SafeString] = []

    def text(self, x: float, y: float, words: str, css: str = "") -> None:
        shape = '<text x="{}" y="{}" class="{}">{}</text>'
        self.shapes.append(format_html(shape, f"{x:.1f}", f"{y:.1f}", css, words))

    def rect(self, x: float, y: float, width: float, height: float, css: str, r: int = 4) -> None:
        shape = '<rect x="{}" y="{}" width="{}" height="{}" rx="{}" class="{}"/>'
        width = max(width, 0)
        self.shapes.append(
            format_html(shape, f"{x:.1f}", f"{y:.1f}", f"{width:.1f}", f"{height:.1f}", r, css)
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, css: str) -> None:
        shape = '<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>'
        self.shapes.append(
            format_html(shape, f"{x1:.1f}", f"{y1:.1f}", f"{x2:.1f}", f"{y2:.1f}", css)
        )

    def diamond(self, x: float, y: float, css: str) -> None:
        shape = '<path d="M{} {}l7 7-7 7-7-7z" class="{}"/>'
        self.shapes.append(format_html(shape, f"{x:.1f}", f"{y - 7:.1f}", css))

    def svg(self, css: str, width: int, height: float) -> SafeString:
        return format_html(
            '<svg class="tl {}" viewBox="0 0 {} {}" role="img" aria-labelledby="tlt"'
            ' aria-describedby="tld">{}</svg>',
            css,
            width,
            round(height),
            format_html_join("", "{}", ((shape,) for shape in self.shapes)),
        )


def short(day: date) -> str:
    """Return a day without its year: 30 Apr."""
    return day_text(day).rsplit(" ", 1)[0]


def fits(words: str, room: float) -> bool:
    """Tell whether a label fits into so many units of the drawing."""
    return len(words) * LABEL + 16 <= room


def segments(scale: Scale, bar: Bar) -> list[tuple[float, float]]:
    """Return the stretches of a bar, left to right: one, or two with the break between."""
    zone_end = scale.t.zone_end
    day_after = bar.ends_on + timedelta(days=1)
    if bar.ends_on <= zone_end:
        return [(scale.large(bar.starts_on), scale.large(day_after))]
    right = (scale.small(max(bar.starts_on, zone_end)), scale.small(day_after))
    if bar.starts_on >= zone_end:
        return [right]
    return [(scale.large(bar.starts_on), scale.zone[1] + 8), (scale.years[0] - 8, right[1])]
