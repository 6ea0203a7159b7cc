"""What the cases of a period show: how often, how long, and whether the fault was there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count

from doa.enums import Finding, Remedy
from doa.models import Case, CaseLine
from warranty.models import Unit


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """Return its first instant and the one after its last, in the business zone."""
        zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
        start, end = self.first, self.last + timedelta(days=1)
        return datetime.combine(start, time(), zone), datetime.combine(end, time(), zone)


@dataclass(frozen=True, slots=True)
class Table:
    """A figure: what it says, its numbers, and which column the picture draws, with its unit."""

    name: str
    title: str
    said: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    drawn: int
    unit: str = ""
    picture: Sequence[tuple[str, float]] | None = None
    """What is drawn where that is not every row: names with their values."""
    most: int = 15
    """How many bars the picture shows; the table beneath has them all."""

    @property
    def bars(self) -> list[tuple[str, float]]:
        if self.picture is not None:
            return list(self.picture)
        return [(str(row[0]), float(row[self.drawn])) for row in self.rows]


SHIPPED = (
    "Units that Huawei shipped in the period, and those of them decided dead on arrival since."
)


def tables(period: Period) -> list[Table]:
    """Return every figure of the page, in its order."""
    return [by_product(period), by_partner(period), by_finding(period), by_time(period)]


def by_product(period: Period) -> Table:
    model = "part_number__product__model"
    return Table(
        "doa-by-product",
        "Dead on arrival by product",
        SHIPPED,
        ("Product", "Shipped", "Dead on arrival", "Rate, %"),
        _rates(period, model),
        drawn=3,
        unit="%",
    )


def by_partner(period: Period) -> Table:
    return Table(
        "doa-by-partner",
        "Dead on arrival by partner",
        f"{SHIPPED} By the partner to whom Huawei shipped.",
        ("Partner", "Shipped", "Dead on arrival", "Rate, %"),
        _rates(period, "huawei_shipment__consignee__name"),
        drawn=3,
        unit="%",
    )


def _rates(period: Period, key: str) -> list[tuple[str, int, int, float]]:
    """Divide what was decided dead on arrival by what was shipped, the highest rate first."""
    days = (period.first, period.last)
    shipped = Unit.unscoped.filter(huawei_shipment__shipped_on__range=days).order_by()
    lines = CaseLine.unscoped.filter(
        remedy=Remedy.DOA_REPLACEMENT, unit__huawei_shipment__shipped_on__range=days
    ).order_by()
    totals = dict(shipped.values_list(key).annotate(n=Count("pk")))
    dead = dict(lines.values_list(f"unit__{key}").annotate(n=Count("unit", distinct=True)))
    rows = [
        (name, n, dead.get(name, 0), percent(dead.get(name, 0), n)) for name, n in totals.items()
    ]
    return sorted(rows, key=lambda row: (-row[3], -row[1], row[0]))


def percent(part: int, whole: int) -> float:
    """Return a share in per cent, with as many figures as it takes."""
    share = round(100 * part / whole, 2) if whole else 0
    return int(share) if share == int(share) else share


def by_finding(period: Period) -> Table:
    """Say how often the inspection found the fault that was reported."""
    lines = CaseLine.unscoped.filter(inspected_at__range=_inside(period)).exclude(finding="")
    found = dict(lines.order_by().values_list("finding").annotate(n=Count("pk")))
    total = sum(found.values())
    rows = [
        (word.label, found.get(word.value, 0), percent(found.get(word.value, 0), total))
        for word in Finding
    ]
    return Table(
        "findings",
        "What inspection found",
        "Faulty units inspected in the period.",
        ("Finding", "Units", "Share, %"),
        rows if total else [],
        drawn=2,
        unit="%",
    )


STEPS = (
    ("Within 4 hours", timedelta(hours=4)),
    ("Within 1 day", timedelta(days=1)),
    ("Within 2 days", timedelta(days=2)),
    ("Within 5 days", timedelta(days=5)),
    ("Longer", timedelta.max),
)


def by_time(period: Period) -> Table:
    """Say how long cases took from the registered call to the decision."""
    lengths = _lengths(period)
    counts = dict.fromkeys((label for label, _ in STEPS), 0)
    for length in lengths:
        counts[next(label for label, most in STEPS if length <= most)] += 1
    said = "From the registered call to the decision, the wait for the partner included."
    if lengths:
        half, most = part_of(lengths, 0.5), part_of(lengths, 0.9)
        said += f" Half within {hours(half)}, nine in ten within {hours(most)}."
    rows = [(label, n, percent(n, len(lengths))) for label, n in counts.items()]
    return Table(
        "time-to-decision",
        "Time to decision",
        said,
        ("Time", "Cases", "Share, %"),
        rows if lengths else [],
        drawn=2,
        unit="%",
    )


def _lengths(period: Period) -> list[timedelta]:
    decided = Case.unscoped.filter(decided_at__range=_inside(period), registered_at__isnull=False)
    pairs: Iterable[Any] = decided.order_by().values_list("registered_at", "decided_at")
    return sorted(end - start for start, end in pairs)


def _inside(period: Period) -> tuple[datetime, datetime]:
    first, after = period.instants
    return first, after - timedelta(microseconds=1)


def part_of(lengths: Sequence[timedelta], share: float) -> timedelta:
    """Return the length that this share of cases did not exceed."""
    return lengths[max(0, -int(-share * len(lengths) // 1) - 1)]


def hours(length: timedelta) -> str:
    """Return a length in the unit that reads best: "5 h 12 min", "3.4 days"."""
    minutes = round(length.total_seconds() / 60)
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes / 60 / 24:.1f} days"
