"""Drawing the life cycle of a product: a diamond for each milestone, on the same two scales."""

from portal.timeline import Canvas, Scale, fits

STEP = 24
"""How far one milestone lies below the other in the wide drawing."""
LINE = 20
"""How far one name lies below the other in the narrow drawing."""


def life_cycle_height(scale: Scale) -> int:
    """Return how much the row adds to the wide drawing."""
    return 44 + STEP * max(len(scale.t.marks) - 1, 0)


def life_cycle_row(canvas: Canvas, scale: Scale, y: float) -> None:
    """Draw the row of the wide drawing at the height `y`: a line for each milestone."""
    canvas.text(0, y + 12, "Life cycle", "h")
    canvas.text(0, y + 27, "of the product", "s")
    for place, mark in enumerate(scale.t.marks):
        x, middle = max(scale.of(mark.day), scale.zone[0] + 9), y + 14 + STEP * place
        canvas.diamond(x, middle, "b-life")
        is_right = fits(mark.label, scale.years[1] - x)
        canvas.text(
            x + 12 if is_right else x - 12, middle + 4, mark.label, "z" if is_right else "z e"
        )
    if not scale.t.marks:
        said = "other dates lie off this drawing" if scale.t.milestones else "no date is announced"
        canvas.text(scale.zone[0] + 10, y + 18, said, "s")


def narrow_height(scale: Scale) -> int:
    """Return how much the milestones add to the narrow drawing."""
    ahead = _in_years(scale)
    return 30 + LINE * len(ahead) if ahead else 0


def narrow_milestones(canvas: Canvas, scale: Scale, y: float) -> None:
    """Draw the diamonds in one line under the years, and their names below them."""
    ahead = _in_years(scale)
    for place, (x, label) in enumerate(ahead):
        canvas.diamond(min(max(x, 8), 312), y + 10, "b-life")
        canvas.text(0, y + 38 + LINE * place, label, "")


def _in_years(scale: Scale) -> list[tuple[float, str]]:
    t = scale.t
    return [(scale.small(mark.day), mark.label) for mark in t.marks if mark.day > t.zone_end]
