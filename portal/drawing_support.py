"""Drawing the support of a unit: its contracts, or where one may still start."""

from collections.abc import Iterator
from datetime import timedelta

from portal.timeline import LABEL, Bar, Canvas, Scale, Timeline, fits, segments, short

Drawn = tuple[Bar, list[tuple[float, float]]]
"""A contract with its stretches on the drawing."""
LANE = 28
"""How high a lane of the wide drawing is."""


def support_row(canvas: Canvas, scale: Scale, y: float) -> None:
    """Draw the row of the wide drawing at the height `y`."""
    whose = "distributor's" if scale.t.distributor_on else "Huawei's"
    canvas.text(0, y + 12, "Support", "h")
    canvas.text(0, y + 27, f"from {whose} day 0", "s")
    if scale.t.support:
        _contracts(canvas, scale, y)
    else:
        _window(canvas, scale, y)


def _window(canvas: Canvas, scale: Scale, y: float) -> None:
    t = scale.t
    left, right = scale.large(t.anchor_on) + 1, scale.large(t.support_latest_on)
    canvas.rect(left, y + 2, right - left, 24, "b-wait")
    latest = f"start may be chosen up to {short(t.support_latest_on)}"
    canvas.text(left + 9, y + 18, latest if fits(latest, right - left) else "choose", "s z")
    x, now = scale.years[0], scale.of(t.today)
    if x - 6 <= now <= x + len(t.support_label) * LABEL:
        x = now + 8
    canvas.text(x, y + 18, t.support_label, "s")


def lanes(bars: tuple[Bar, ...]) -> list[list[Bar]]:
    """Share the bars out so that in no lane two cover a day; one lane where none do."""
    found: list[list[Bar]] = []
    for bar in sorted(bars, key=lambda bar: (bar.starts_on, bar.ends_on)):
        free = (lane for lane in found if lane[-1].ends_on < bar.starts_on)
        lane = next(free, None)
        if lane is None:
            found.append([bar])
        else:
            lane.append(bar)
    return found


def lanes_height(t: Timeline) -> int:
    """Return by how much the lanes beyond the first make the row of support higher."""
    return LANE * max(len(lanes(t.support)) - 1, 0)


def _contracts(canvas: Canvas, scale: Scale, y: float) -> None:
    """Draw the contracts, those that cover the same days below each other."""
    for n, bars in enumerate(lanes(scale.t.support)):
        drawn = [(bar, segments(scale, bar)) for bar in bars]
        if n == 0:
            _not_started(canvas, scale, y, drawn[0][1][0][0])
        _lane(canvas, scale, y + n * LANE, drawn)


def _not_started(canvas: Canvas, scale: Scale, y: float, left: float) -> None:
    begin = scale.large(scale.t.anchor_on) + 1
    if left - begin > 2:
        canvas.rect(begin, y + 2, left - begin, 24, "b-wait")
        if fits("not started", left - begin):
            canvas.text(begin + 9, y + 18, "not started", "s z")


def _lane(canvas: Canvas, scale: Scale, y: float, drawn: list[Drawn]) -> None:
    """Draw a bar for each contract, the first one's name and the last one's end."""
    for bar, stretches in drawn:
        for start, end in stretches:
            canvas.rect(start, y + 2, max(end - start, 3), 24, f"b-{bar.tone}")
    bar, stretches = drawn[0]
    edge = drawn[1][1][0][0] if len(drawn) > 1 else scale.years[1]
    start, end = stretches[0]
    start = _clear_of_today(scale, start, len(bar.start_label) * LABEL)
    is_named = fits(bar.start_label, min(end, edge) - start)
    if is_named:
        canvas.text(start + 9, y + 18, bar.start_label, "w")
    named = start + len(bar.start_label) * LABEL if is_named and len(stretches) == 1 else 0
    _end(canvas, scale, y + 18, max(drawn, key=lambda d: d[0].ends_on), named)


def _end(
    canvas: Canvas,
    scale: Scale,
    y: float,
    drawn: Drawn,
    named: float,
) -> None:
    """Write the last end behind its bar, or on the bar where the edge is near."""
    bar, stretches = drawn
    left, right = stretches[-1]
    if fits(bar.end_label, scale.years[1] - right):
        canvas.text(_clear_of_today(scale, right, len(bar.end_label) * LABEL) + 8, y, bar.end_label)
    elif fits(bar.end_label, right - max(left, named)):
        canvas.text(right - 8, y, bar.end_label, "w e")


def _clear_of_today(scale: Scale, x: float, length: float) -> float:
    """Return where a label begins so that today's line does not cross it."""
    now = scale.of(scale.t.today)
    return now if x <= now <= x + length + 14 else x


def narrow_support(canvas: Canvas, scale: Scale) -> None:
    """Draw the large days of the narrow drawing: contracts, and up to when one may start."""
    t = scale.t
    whose = "Huawei's day 0" if t.distributor_on is None else "distributor's day 0"
    label = t.support[0].start_label if t.support else f"{whose}, {short(t.anchor_on)}"
    canvas.text(8, 120, f"Support: {label}", "")
    left = scale.large(t.anchor_on)
    canvas.rect(left + 1, 128, scale.large(t.support_latest_on) - left - 2, 20, "b-wait")
    for bar, top, height in _thin_lanes(t, 128):
        if bar.starts_on < t.zone_end:
            start, end = segments(scale, bar)[0]
            canvas.rect(start, top, min(end, 320) - start, height, f"b-{bar.tone}")
    canvas.diamond(max(left, 8), 168, "b-life")
    latest = f"{'latest start' if t.support else 'choose until'} {short(t.support_latest_on)}"
    at = left + 14 if fits(latest, 300 - left) else left - 14
    canvas.text(max(at, 20), 172, latest, "s" if at > left or at < 20 else "s e")


def _thin_lanes(t: Timeline, y: float) -> Iterator[tuple[Bar, float, float]]:
    """Yield each bar with its place in the row of the narrow drawing, which its lanes share."""
    found = lanes(t.support)
    for n, bars in enumerate(found):
        step = 22 / len(found)
        for bar in bars:
            yield bar, y + n * step, step - 2


def narrow_support_years(canvas: Canvas, scale: Scale, y: float) -> None:
    """Draw the contracts below the warranty, and the last end under them."""
    t = scale.t
    for bar, top, height in _thin_lanes(t, y):
        if bar.ends_on > t.zone_end:
            left = scale.small(max(bar.starts_on, t.zone_end))
            right = scale.small(bar.ends_on + timedelta(days=1))
            canvas.rect(left, top, max(right - left, 3), height, f"b-{bar.tone}")
    last = max(t.support, key=lambda bar: bar.ends_on)
    canvas.text(0, y + 38, f"Support {last.end_label}", "")
