"""The milestones of the demonstration: one product for each way in which one can stand."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from catalog.enums import MilestoneKind
from catalog.milestones import TO_BE_ANNOUNCED, MilestoneDate, in_month, on_day
from catalog.models import PartNumber
from catalog.workflow import MilestoneRow, set_milestones
from partners.models import User

CAUSE = "Sample dates of the demonstration, not the vendor's"
MOVED = "Sample of a later date, not the vendor's"
GA, EOM, EOFS, EOS = MilestoneKind
TBA = None
"""In place of a number of days: the date is to be announced."""


class Sample(NamedTuple):
    """Milestones of a product: days from the day of loading, known to the day or the month."""

    story: str
    part_number: str
    days: dict[MilestoneKind, int | None]
    is_month: bool = False


SAMPLES = (
    Sample("all services end soon", "02352QPP", {GA: -3200, EOM: -1100, EOFS: -400, EOS: 75}),
    Sample("orders are refused", "02352SVD", {GA: -2600, EOM: -60, EOFS: 670, EOS: 1765}),
    Sample("known to the month", "02353AHU", {GA: -1900, EOM: 160, EOFS: 900, EOS: 1990}, True),
    Sample("dates will follow", "02353AJS", {GA: -1500, EOM: 300, EOFS: TBA, EOS: TBA}),
    Sample("on sale", "02354VCS", {GA: -800}),
)
LATER = (SAMPLES[1].part_number, EOS, 1400)
"""Which milestone was first announced earlier, and how many days from the day of loading."""


def announce(staff: User, today: date, instant: Callable[[date], datetime]) -> None:
    """Set the samples two months ago, one of them moved a month later."""
    parts = {part.number: part for part in PartNumber.objects.select_related("product")}
    number, kind, days = LATER
    first = MilestoneRow(
        product=parts[number].product, kind=kind, date=on_day(today + timedelta(days=days))
    )
    before, at = instant(today - timedelta(days=60)), instant(today - timedelta(days=30))
    set_milestones([first], user=staff, at=before, cause=CAUSE, is_sample=True)
    rows = [
        MilestoneRow(
            product=parts[sample.part_number].product,
            kind=kind,
            date=_date(sample, kind, days, today),
        )
        for sample in SAMPLES
        for kind, days in sample.days.items()
    ]
    moved = [row for row in rows if (row.product, row.kind) == (first.product, first.kind)]
    others = [row for row in rows if row not in moved]
    set_milestones(others, user=staff, at=before, cause=CAUSE, is_sample=True)
    set_milestones(moved, user=staff, at=at, cause=MOVED, is_sample=True)


def _date(sample: Sample, kind: MilestoneKind, days: int | None, today: date) -> MilestoneDate:
    if days is None:
        return TO_BE_ANNOUNCED
    day = today + timedelta(days=days)
    return in_month(day, kind) if sample.is_month else on_day(day)
