"""What ends next, how often units arrive dead, how long decisions take: by month and quarter.

The same figures for everyone together and for what one organization sees.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth, TruncQuarter

from doa.desk.figures import Period, Table, hours, part_of, percent
from doa.enums import Remedy
from doa.models import Case, CaseLine
from partners.models import Organization
from support.models import ContractLine
from warranty.models import Unit, Warranty

AHEAD = 24
"""Months of ends that lie ahead."""
BACK = 12
"""Months of decisions."""
QUARTERS = 8
FEW = 20
"""Below this number a rate or a length says little about the next one."""
CAUTION = f"fewer than {FEW}"


def tables(organization: Organization | None, *, today: date) -> list[Table]:
    """Return every figure, of what an organization sees or, for None, of everyone."""
    return [
        warranties_ending(organization, today=today),
        support_ending(organization, today=today),
        doa_by_quarter(organization, today=today),
        decisions_by_month(organization, today=today),
    ]


def _seen(model: Any, organization: Organization | None) -> QuerySet[Any]:
    """Return what an organization sees of a model; the desk, which may see all, gives None."""
    if organization is None:
        return model.unscoped.order_by()  # type: ignore[no-any-return]
    return model.objects.for_organization(organization).order_by()  # type: ignore[no-any-return]


def month_after(day: date, months: int) -> date:
    """Return the first day of the month so many months later, or earlier."""
    total = day.year * 12 + day.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)


def month_name(day: date) -> str:
    return f"{day:%b} {day.year}"


def warranties_ending(organization: Organization | None, *, today: date) -> Table:
    rows = _seen(Warranty, organization).filter(voided_at=None, unit__replacement=None)
    return _ending(rows, "warranty", "Warranty ending by month", today)


def support_ending(organization: Organization | None, *, today: date) -> Table:
    rows = _seen(ContractLine, organization).filter(contract__cancelled_on=None)
    return _ending(rows, "support", "Support ending by month", today)


def _ending(rows: QuerySet[Any], what: str, title: str, today: date) -> Table:
    """Count the units whose cover ends in each of the months ahead, from today on."""
    until = month_after(today, AHEAD) - timedelta(days=1)
    found = rows.filter(ends_on__range=(today, until)).annotate(month=TruncMonth("ends_on"))
    counted = dict(found.values_list("month").annotate(n=Count("unit", distinct=True)))
    months = [month_after(today, n) for n in range(AHEAD)]
    listed = [(month_name(month), counted.get(month, 0)) for month in months]
    total = sum(counted.values())
    said = f"No {what} ends in the {AHEAD} months from {month_name(today)}."
    if total:
        name, most = max(listed, key=lambda row: row[1])
        said = (
            f"Units whose {what} ends in the {AHEAD} months from {month_name(today)}: {total:,}, "
            f"most in {name}: {most:,}."
        )
    return Table(
        f"{what}-ending", title, said, ("Month", "Units"), listed if total else [], 1, most=AHEAD
    )


def doa_by_quarter(organization: Organization | None, *, today: date) -> Table:
    """Divide by product and quarter of shipment what was decided dead on arrival by what was sent.

    A decision about a unit that an organization sees counts for it whoever applied: the
    figure says how often, and nothing of the case.
    """
    first = month_after(today, -((today.month - 1) % 3) - 3 * (QUARTERS - 1))
    span = (first, today)
    units = _seen(Unit, organization).filter(huawei_shipment__shipped_on__range=span)
    dead = CaseLine.unscoped.filter(
        remedy=Remedy.DOA_REPLACEMENT, unit__in=units.values("pk")
    ).order_by()
    sent = _by_quarter(units, "", "pk")
    lost = _by_quarter(dead, "unit__", "unit")
    ordered = sorted(sent.items(), key=lambda pair: (-pair[0][1].toordinal(), pair[0][0]))
    rows = [
        (model, _quarter(at), n, lost.get((model, at), 0), percent(lost.get((model, at), 0), n),
         CAUTION if n < FEW else "")
        for (model, at), n in ordered
    ]  # fmt: skip
    total, bad = sum(sent.values()), sum(lost.values())
    said = f"No unit was shipped since {month_name(first)}."
    if total:
        said = (
            f"Decided dead on arrival, of the units shipped since {month_name(first)}: {bad:,} of "
            f"{total:,}, {percent(bad, total)} %. Rates of fewer than {FEW} units are not drawn."
        )
    drawn = [(f"{row[0]}, {row[1]}", float(row[4])) for row in rows if row[2] >= FEW]
    columns = ("Product", "Shipped in", "Units", "Dead on arrival", "Rate, %", "Caution")
    return Table(
        "doa-by-quarter", "Dead on arrival by product and quarter", said, columns, rows, 4, "%",
        picture=sorted(drawn, key=lambda row: -row[1]),
    )  # fmt: skip


def _by_quarter(rows: QuerySet[Any], prefix: str, key: str) -> dict[tuple[str, date], int]:
    at = TruncQuarter(f"{prefix}huawei_shipment__shipped_on")
    grouped = rows.annotate(shipped_in=at).values_list(
        f"{prefix}part_number__product__model", "shipped_in"
    )
    return {
        (model, quarter): n for model, quarter, n in grouped.annotate(n=Count(key, distinct=True))
    }


def _quarter(day: date) -> str:
    return f"Q{(day.month + 2) // 3} {day.year}"


def decisions_by_month(organization: Organization | None, *, today: date) -> Table:
    """Say for each month of decision how long half of the cases took, and nine in ten."""
    months = [month_after(today, n) for n in range(1 - BACK, 1)]
    start, end = Period(months[0], today).instants
    decided = _seen(Case, organization).filter(
        registered_at__isnull=False, decided_at__gte=start, decided_at__lt=end
    )
    lengths = _lengths_by_month(decided.values_list("registered_at", "decided_at"))
    rows = [
        (month_name(month), len(found), _in_hours(found, 0.5), _in_hours(found, 0.9),
         CAUTION if len(found) < FEW else "")
        for month in months
        if (found := lengths.get(month))
    ]  # fmt: skip
    each = sorted(length for found in lengths.values() for length in found)
    said = f"No case was decided since {month_name(months[0])}."
    if each:
        said = (
            f"Cases decided since {month_name(months[0])}: {len(each):,}. Half took up to "
            f"{hours(part_of(each, 0.5))} from the registered call, nine in ten up to "
            f"{hours(part_of(each, 0.9))}, the wait for the partner included. The bars show the "
            "half."
        )
    columns = ("Month", "Cases", "Half within, h", "Nine in ten within, h", "Caution")
    return Table("time-by-month", "Time to decision by month", said, columns, rows, 2, "h")


def _lengths_by_month(pairs: Iterable[Any]) -> dict[date, list[timedelta]]:
    zone, found = ZoneInfo(settings.BUSINESS_TIME_ZONE), dict[date, list[timedelta]]()
    for registered_at, decided_at in pairs:
        month = decided_at.astimezone(zone).date().replace(day=1)
        found.setdefault(month, []).append(decided_at - registered_at)
    return {month: sorted(lengths) for month, lengths in found.items()}


def _in_hours(lengths: Sequence[timedelta], share: float) -> float:
    return round(part_of(lengths, share).total_seconds() / 3600, 1)
