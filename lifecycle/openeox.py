"""Milestones as OpenEoX Core 1.0 has them: last days as instants, pure.

Source: OpenEoX Core Schema Version 1.0, Committee Specification Draft 01, OASIS Open,
https://docs.oasis-open.org/openeox/eox-core/v1.0/ (sections 4.1.6, 6 and 7). That
specification leaves it to others to say which product is meant.
"""

from datetime import UTC, date, datetime, time, timedelta

from catalog.enums import MilestoneKind, Precision
from catalog.milestones import NOT_ANNOUNCED, Dates

SCHEMA = "https://docs.oasis-open.org/openeox/eox-core/v1.0/schema/core.json"
TBA = "tba"


def core(dates: Dates, *, updated_at: datetime) -> dict[str, str]:
    """Return the core information of one product.

    End of marketing is the first day on which orders are refused, OpenEoX asks for the
    last day of sales: the day before. Security remediation is promised until the end of
    full support; where that has no date, service and support bound it. What is not known
    of the optional dates is left out, so that every test of the specification passes.
    """
    ends, full = _day(dates, MilestoneKind.EOS), _day(dates, MilestoneKind.EOFS)
    begins, refused = _day(dates, MilestoneKind.GA), _day(dates, MilestoneKind.EOM)
    said = {
        "$schema": SCHEMA,
        "end_of_life": _last(ends),
        "end_of_security_support": _last(full or ends),
        "last_updated": _instant(updated_at),
    }
    sold = refused - timedelta(days=1) if refused else None
    if sold and (begins is None or begins <= sold):
        said["end_of_sales"] = _last(sold)
    elif ends is None and _is_to_follow(dates, MilestoneKind.EOM):
        said["end_of_sales"] = TBA
    if begins:
        said["general_availability"] = _instant(datetime.combine(begins, time(), tzinfo=UTC))
    return said


def _day(dates: Dates, kind: MilestoneKind) -> date | None:
    return dates.get(kind, NOT_ANNOUNCED).day


def _is_to_follow(dates: Dates, kind: MilestoneKind) -> bool:
    return dates.get(kind, NOT_ANNOUNCED).precision is Precision.TO_BE_ANNOUNCED


def _last(day: date | None) -> str:
    """Return the end of a last day, or that it is to be announced."""
    return _instant(datetime.combine(day, time(23, 59, 59), tzinfo=UTC)) if day else TBA


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
