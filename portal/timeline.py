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
    start_label: str
    end_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What is drawn: two day zeros, the warranty, the support window, today."""

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

    @property
    def zone_end(self) -> date:
        """Return the last day that is drawn large."""
        return max(self.cap_on, self.support_latest_on)

    @property
    def until(self) -> date:
        """Return the last day that is drawn at all: half a year past what is known."""
        return max(self.warranty.ends_on, self.zone_end, self._near_today()) + timedelta(days=190)

    def _near_today(self) -> date:
        """Return today, unless it is so far off that it would flatten everything else."""
        horizon = self.warranty.ends_on + timedelta(days=4 * 365)
        return min(self.today, horizon)

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


def _short(day: date) -> str:
    return day_text(day).rsplit(" ", 1)[0]


def _fits(words: str, room: float) -> bool:
    return len(words) * LABEL + 16 <= room


def wide(t: Timeline) -> SafeString:
    """Draw for a column of 1038 units: names at the left, one row each."""
    scale, canvas, height = Scale(t, (150, 590), (614, 1036)), Canvas(), 238
    foot = height - 34
    canvas.rect(150, 0, 440, foot, "zone", 6)
    canvas.text(160, 20, "From shipment to the latest start", "h")
    canvas.text(614, 20, "After it", "h")
    _day_grid(canvas, scale, foot)
    for new_year in scale.new_years():
        x = scale.small(new_year)
        canvas.line(x, 50, x, foot, "grid")
        canvas.text(x + 5, 42, str(new_year.year), "s")
    _shipments_row(canvas, scale, 64)
    _warranty_row(canvas, scale, 108)
    _support_row(canvas, scale, 158)
    _today(canvas, scale, (46, foot + 8), (150, 1036))
    return canvas.svg("wide", 1038, height)


def _day_grid(canvas: Canvas, scale: Scale, foot: float) -> None:
    t = scale.t
    cap_x = scale.large(t.cap_on)
    canvas.line(scale.zone[0], 50, scale.zone[0], foot, "grid")
    first = f"Day 0, {_short(t.huawei_on)}"
    canvas.text(scale.zone[0] + 10, 42, first, "s")
    last = f"Day {(t.cap_on - t.huawei_on).days}, {_short(t.cap_on)}"
    canvas.line(cap_x, 50, cap_x, foot, "lim")
    if cap_x - scale.zone[0] > (len(first) + len(last)) * LABEL + 30:
        canvas.text(cap_x - 8, 42, last, "e limt")
    else:
        canvas.text(cap_x + 6, 42, last, "limt")


def _shipments_row(canvas: Canvas, scale: Scale, y: float) -> None:
    t = scale.t
    canvas.text(0, y + 12, "Shipped", "h")
    canvas.text(0, y + 27, "each is its own day 0", "s")
    start = scale.zone[0] + 1
    canvas.diamond(start + 8, y + 14, "b-life")
    canvas.text(start + 20, y + 18, "Huawei", "")
    if t.distributor_on is None:
        return
    x = max(scale.large(t.distributor_on), start + 86)
    if x != scale.large(t.distributor_on):
        canvas.line(scale.large(t.distributor_on), y + 14, x, y + 14, "ln")
    canvas.diamond(x, y + 14, "b-life")
    words = f"{t.distributor}, {_short(t.distributor_on)}"
    room = scale.years[1] - x - 12
    canvas.text(x + 12, y + 18, words[: int(room / LABEL)], "")


def _segments(scale: Scale, bar: Bar) -> list[tuple[float, float]]:
    """Return the stretches of a bar, left to right: one, or two with the break between."""
    zone_end = scale.t.zone_end
    day_after = bar.ends_on + timedelta(days=1)
    if bar.ends_on <= zone_end:
        return [(scale.large(bar.starts_on), scale.large(day_after))]
    right = (scale.small(max(bar.starts_on, zone_end)), scale.small(day_after))
    if bar.starts_on >= zone_end:
        return [right]
    return [(scale.large(bar.starts_on), scale.zone[1] + 8), (scale.years[0] - 8, right[1])]


def _warranty_row(canvas: Canvas, scale: Scale, y: float) -> None:
    t, bar = scale.t, scale.t.warranty
    canvas.text(0, y + 12, "Warranty", "h")
    canvas.text(0, y + 27, "from Huawei's day 0", "s")
    start = scale.zone[0] + 1
    waiting = scale.large(min(bar.starts_on, t.zone_end)) - start
    if waiting > 2:
        canvas.rect(start, y + 2, waiting, 24, "b-wait")
    if _fits(t.waiting_label, waiting):
        canvas.text(start + 9, y + 18, t.waiting_label, "s")
    stretches = _segments(scale, bar)
    for left, right in stretches:
        canvas.rect(left, y + 2, max(right - left, 3), 24, f"b-{bar.tone}")
    _bar_labels(canvas, bar, stretches, y + 18, scale.years[1])


def _bar_labels(
    canvas: Canvas, bar: Bar, stretches: list[tuple[float, float]], y: float, edge: float
) -> None:
    inside = "w" if bar.tone != "wait" else ""
    left, right = stretches[0]
    if _fits(bar.start_label, right - left):
        canvas.text(left + 9, y, bar.start_label, inside)
        if len(stretches) == 1 and not _fits(bar.start_label + bar.end_label, right - left):
            canvas.text(right + 8, y, bar.end_label, "")
            return
    end_left, end = stretches[-1]
    if _fits(bar.end_label, edge - end):
        canvas.text(end + 8, y, bar.end_label, "")
    elif _fits(bar.end_label, end - end_left):
        canvas.text(end - 8, y, bar.end_label, f"{inside} e")


def _support_row(canvas: Canvas, scale: Scale, y: float) -> None:
    t = scale.t
    canvas.text(0, y + 12, "Support", "h")
    whose = "distributor's" if t.distributor_on else "Huawei's"
    canvas.text(0, y + 27, f"from {whose} day 0", "s")
    left, right = scale.large(t.anchor_on) + 1, scale.large(t.support_latest_on)
    canvas.rect(left, y + 2, right - left, 24, "b-wait")
    latest = f"start may be chosen up to {_short(t.support_latest_on)}"
    canvas.text(left + 9, y + 18, latest if _fits(latest, right - left) else "choose", "s")
    canvas.text(scale.years[0], y + 18, t.support_label, "s")


def _today(
    canvas: Canvas, scale: Scale, span: tuple[float, float], edges: tuple[float, float]
) -> None:
    t = scale.t
    x = scale.of(t.today)
    half = len(t.today_label) * LABEL / 2 + 4
    centre = min(max(x, edges[0] + half), edges[1] - half)
    canvas.line(x, span[0], x, span[1], "now")
    canvas.rect(centre - half, span[1], 2 * half, 22, "nowb")
    canvas.text(centre, span[1] + 15, t.today_label, "m nowt")


def narrow(t: Timeline) -> SafeString:
    """Draw for a phone, 320 units: the large days above, the years below them."""
    scale, canvas = Scale(t, (0, 320), (0, 320)), Canvas()
    canvas.rect(0, 0, 320, 206, "zone", 6)
    canvas.text(8, 19, "From shipment to the latest start", "h")
    _narrow_days(canvas, scale)
    _narrow_years(canvas, scale, 232)
    in_zone = t.today <= t.zone_end
    _today(canvas, scale, (46, 206) if in_zone else (246, 316), (0, 320))
    return canvas.svg("narrow", 320, 342)


def _narrow_days(canvas: Canvas, scale: Scale) -> None:
    t = scale.t
    cap_x = scale.large(t.cap_on)
    canvas.text(8, 38, f"Day 0, {_short(t.huawei_on)}", "s")
    last = f"Day {(t.cap_on - t.huawei_on).days}, {_short(t.cap_on)}"
    canvas.text(max(cap_x - 6, 205), 38, last, "e limt")
    canvas.line(cap_x, 46, cap_x, 206, "lim")
    starts_on = min(t.warranty.starts_on, t.zone_end)
    canvas.text(8, 66, f"Warranty: {t.warranty.start_label}", "")
    canvas.rect(1, 74, scale.large(starts_on) - 1, 20, "b-wait")
    for left, right in _segments(scale, t.warranty)[:1]:
        if t.warranty.starts_on < t.zone_end:
            canvas.rect(left, 74, min(right, 320) - left, 20, f"b-{t.warranty.tone}")
    anchor = "Huawei's day 0" if t.distributor_on is None else "distributor's day 0"
    canvas.text(8, 120, f"Support: {anchor}, {_short(t.anchor_on)}", "")
    left = scale.large(t.anchor_on)
    canvas.rect(left + 1, 128, scale.large(t.support_latest_on) - left - 2, 20, "b-wait")
    canvas.diamond(max(left, 8), 168, "b-life")
    latest = f"choose until {_short(t.support_latest_on)}"
    at = left + 14 if _fits(latest, 300 - left) else left - 14
    canvas.text(max(at, 20), 172, latest, "s" if at > left or at < 20 else "s e")


def _narrow_years(canvas: Canvas, scale: Scale, y: float) -> None:
    t, bar = scale.t, scale.t.warranty
    canvas.text(0, y + 2, "After it", "h")
    for new_year in scale.new_years():
        x = scale.small(new_year)
        canvas.line(x, y + 26, x, y + 84, "grid")
        canvas.text(x + 3, y + 22, str(new_year.year), "s")
    if bar.ends_on > t.zone_end:
        left = scale.small(max(bar.starts_on, t.zone_end))
        right = scale.small(bar.ends_on + timedelta(days=1))
        canvas.rect(left, y + 34, max(right - left, 3), 20, f"b-{bar.tone}")
    canvas.text(0, y + 72, f"Warranty {bar.end_label}", "")
