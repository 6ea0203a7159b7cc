"""Drawing the entitlement timeline: wide for a column, narrow for a phone."""

from datetime import timedelta

from django.utils.safestring import SafeString

from portal.drawing_milestones import (
    life_cycle_height,
    life_cycle_row,
    narrow_height,
    narrow_milestones,
)
from portal.drawing_support import lanes_height, narrow_support, narrow_support_years, support_row
from portal.timeline import LABEL, Bar, Canvas, Scale, Timeline, fits, segments, short

ZONE = (160.0, 590.0)
YEARS = (614.0, 1036.0)
"""From where to where the two scales of the wide drawing reach."""


def wide(t: Timeline) -> SafeString:
    """Draw for a column of 1038 units: names at the left, one row each."""
    scale, canvas = Scale(t, ZONE, YEARS), Canvas()
    more = lanes_height(t)
    foot = 204 + more + life_cycle_height(scale)
    canvas.rect(ZONE[0], 0, ZONE[1] - ZONE[0], foot, "zone", 6)
    canvas.text(ZONE[0] + 10, 20, "From shipment to the latest start", "h")
    canvas.text(YEARS[0], 20, "After it", "h")
    _day_grid(canvas, scale, foot)
    _year_grid(canvas, scale, 42, (50, foot))
    _shipments_row(canvas, scale, 64)
    _warranty_row(canvas, scale, 108)
    support_row(canvas, scale, 158)
    life_cycle_row(canvas, scale, 208 + more)
    _today(canvas, scale, (46, foot + 8), (ZONE[0], YEARS[1]), foot + 8)
    return canvas.svg("wide", 1038, foot + 34)


def _year_grid(canvas: Canvas, scale: Scale, y: float, span: tuple[float, float]) -> None:
    """Mark the new years; a year whose number would be cut off stays without it."""
    for new_year in scale.new_years():
        x = scale.small(new_year)
        canvas.line(x, span[0], x, span[1], "grid")
        if x + 40 <= scale.years[1]:
            canvas.text(x + 5, y, str(new_year.year), "s")


def _day_grid(canvas: Canvas, scale: Scale, foot: float) -> None:
    t = scale.t
    cap_x = scale.large(t.cap_on)
    canvas.line(scale.zone[0], 50, scale.zone[0], foot, "grid")
    first = f"Day 0, {short(t.huawei_on)}"
    canvas.text(scale.zone[0] + 10, 42, first, "s")
    last = f"Day {(t.cap_on - t.huawei_on).days}, {short(t.cap_on)}"
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
    words = f"{t.distributor}, {short(t.distributor_on)}"
    room = scale.years[1] - x - 12
    canvas.text(x + 12, y + 18, words[: int(room / LABEL)], "z")


def _warranty_row(canvas: Canvas, scale: Scale, y: float) -> None:
    t, bar = scale.t, scale.t.warranty
    canvas.text(0, y + 12, "Warranty", "h")
    canvas.text(0, y + 27, "from Huawei's day 0", "s")
    start = scale.zone[0] + 1
    waiting = scale.large(min(bar.starts_on, t.zone_end)) - start
    if waiting > 2:
        canvas.rect(start, y + 2, waiting, 24, "b-wait")
    stretches = segments(scale, bar)
    for left, right in stretches:
        canvas.rect(left, y + 2, max(right - left, 3), 24, f"b-{bar.tone}")
    is_on_bar = _start_on_bar(canvas, bar, stretches, y + 18, scale.of(t.today))
    until = f"{t.waiting_label} until {bar.start_day}"
    for words in (t.waiting_label,) if is_on_bar else (until, bar.start_day, t.waiting_label):
        if fits(words, waiting):
            canvas.text(start + 9, y + 18, words, "s")
            break
    _end_label(canvas, bar, stretches, y + 18, scale.years[1])


def _start_on_bar(
    canvas: Canvas, bar: Bar, stretches: list[tuple[float, float]], y: float, now: float
) -> bool:
    """Write the start where the bar begins, clear of today's line; tell whether it had room."""
    left, right = stretches[0]
    length = len(bar.start_label) * LABEL
    if left <= now <= left + length + 14:
        left = now
    if not fits(bar.start_label, right - left):
        return False
    canvas.text(left + 9, y, bar.start_label, "w" if bar.tone != "wait" else "")
    return True


def _end_label(
    canvas: Canvas, bar: Bar, stretches: list[tuple[float, float]], y: float, edge: float
) -> None:
    """Write the end behind the bar, or on its last stretch where the edge is near."""
    left, right = stretches[-1]
    if len(stretches) == 1:
        left += len(bar.start_label) * LABEL
    if fits(bar.end_label, edge - right):
        canvas.text(right + 8, y, bar.end_label, "")
    elif fits(bar.end_label, right - left):
        canvas.text(right - 8, y, bar.end_label, "w e" if bar.tone != "wait" else "e")


def _today(
    canvas: Canvas,
    scale: Scale,
    span: tuple[float, float],
    edges: tuple[float, float],
    label_y: float,
) -> None:
    """Draw today's line over `span`, and its label at `label_y`, kept between the edges."""
    t = scale.t
    x = scale.of(t.today)
    half = len(t.today_label) * LABEL / 2 + 4
    centre = min(max(x, edges[0] + half), edges[1] - half)
    canvas.line(x, span[0], x, span[1], "now")
    canvas.rect(centre - half, label_y, 2 * half, 22, "nowb")
    canvas.text(centre, label_y + 15, t.today_label, "m nowt")


def narrow(t: Timeline) -> SafeString:
    """Draw for a phone, 320 units: the large days above, the years below them."""
    scale, canvas = Scale(t, (0, 320), (0, 320)), Canvas()
    canvas.rect(0, 0, 320, 206, "zone", 6)
    canvas.text(8, 19, "From shipment to the latest start", "h")
    _narrow_days(canvas, scale)
    support = 50 if t.support else 0
    more = support + narrow_height(scale)
    _narrow_years(canvas, scale, 232, more)
    if t.support:
        narrow_support_years(canvas, scale, 316)
    narrow_milestones(canvas, scale, 312 + support)
    in_zone = t.today <= t.zone_end
    span = (46, 206) if in_zone else (246, 288 + more)
    _today(canvas, scale, span, (0, 320), 206 if in_zone else 316 + more)
    return canvas.svg("narrow", 320, 342 + more)


def _narrow_days(canvas: Canvas, scale: Scale) -> None:
    t = scale.t
    cap_x = scale.large(t.cap_on)
    canvas.text(8, 38, f"Day 0, {short(t.huawei_on)}", "s")
    last = f"Day {(t.cap_on - t.huawei_on).days}, {short(t.cap_on)}"
    canvas.text(max(cap_x - 6, 205), 38, last, "e limt")
    for top in (74, 128):
        canvas.line(cap_x, top - 3, cap_x, top + 23, "lim")
    starts_on = min(t.warranty.starts_on, t.zone_end)
    canvas.text(8, 66, f"Warranty: {t.warranty.start_label}", "")
    canvas.rect(1, 74, scale.large(starts_on) - 1, 20, "b-wait")
    for left, right in segments(scale, t.warranty)[:1]:
        if t.warranty.starts_on < t.zone_end:
            canvas.rect(left, 74, min(right, 320) - left, 20, f"b-{t.warranty.tone}")
    narrow_support(canvas, scale)


def _narrow_years(canvas: Canvas, scale: Scale, y: float, more: int) -> None:
    t, bar = scale.t, scale.t.warranty
    canvas.text(0, y + 2, "After it", "h")
    _year_grid(canvas, scale, y + 22, (y + 26, y + 84 + more))
    if bar.ends_on > t.zone_end:
        left = scale.small(max(bar.starts_on, t.zone_end))
        right = scale.small(bar.ends_on + timedelta(days=1))
        canvas.rect(left, y + 34, max(right - left, 3), 20, f"b-{bar.tone}")
    canvas.text(0, y + 72, f"Warranty {bar.end_label}", "")
