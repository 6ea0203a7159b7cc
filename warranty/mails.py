"""What the mails about warranties contain, looked up when they are sent."""

import io
from datetime import date
from typing import Any

from django.db.models import Max, Min, Q, QuerySet

from jobs.exports import write_csv
from notifications.content import Attachment, Content, of
from notifications.models import Message
from partners import clock
from partners.enums import OrganizationKind
from warranty.enums import WarrantyRule
from warranty.models import Warranty

LISTED = 10
"""How many units a mail names; the file beside it, or its link, has them all."""
COLUMNS = {
    "serial": "unit__serial",
    "part_number": "unit__part_number__number",
    "model": "unit__part_number__product__model",
    "starts_on": "starts_on",
    "ends_on": "ends_on",
    "rule": "rule",
    "shipment": "unit__huawei_shipment__number",
}


@of("warranty/started")
def started(message: Message) -> Content:
    """List the starts of one day's notice, the first of them in the mail, all in a file."""
    day = date.fromisoformat(message.context["day"])
    warranties = on_notice(day, organization_id=message.organization_id)
    rows = list(warranties.order_by("starts_on", "unit__serial").values_list(*COLUMNS.values()))
    shown = [dict(zip(COLUMNS, row, strict=True)) for row in rows[:LISTED]]
    context = {
        "count": len(rows),
        "units": shown,
        "more": len(rows) - len(shown),
        "rules": [rule.label for rule in WarrantyRule if warranties.filter(rule=rule).exists()],
        **_dates(warranties),
    }
    return Content(context, (_table(rows, name=f"warranties-started-{day}.csv"),))


def on_notice(day: date, *, organization_id: int | None) -> QuerySet[Warranty]:
    """Keep what started on the notice of `day` and concerns this organization.

    Told is the consignee of the latest shipment, or who shipped it where the
    consignee is an end customer; `Unit.partner` says the same of one unit.
    """
    to_end_customer = Q(unit__consignee__kind=OrganizationKind.END_CUSTOMER)
    from_here = Q(unit__distributor_shipment__shipped_by=organization_id) | Q(
        unit__distributor_shipment=None, unit__huawei_shipment__shipped_by=organization_id
    )
    held = Q(unit__consignee=organization_id) & ~to_end_customer
    return Warranty.unscoped.filter(held | (to_end_customer & from_here), notice_on=day)


def _dates(warranties: QuerySet[Warranty]) -> dict[str, Any]:
    """Say when the starts were recorded, and whether that was after their dates."""
    found = warranties.aggregate(
        first=Min("starts_on"), last=Max("starts_on"), recorded=Max("started_at")
    )
    recorded = clock.business_day(found["recorded"]) if found["recorded"] else None
    return {
        "first_on": found["first"],
        "last_on": found["last"],
        "recorded_on": recorded,
        "is_late": recorded is not None and recorded > found["first"],
    }


def _table(rows: list[tuple[Any, ...]], *, name: str) -> Attachment:
    file = io.StringIO(newline="")
    write_csv(file, list(COLUMNS), rows)
    return Attachment(name, file.getvalue().encode("utf-8-sig"), "text/csv")


@of("warranty/corrected")
def corrected(message: Message) -> Content:
    """Show the old dates beside the new ones."""
    return Content(_with_dates(message.context))


@of("warranty/report_accepted")
def report_accepted(message: Message) -> Content:
    """Show which units the report started or moved."""
    return Content(_with_dates(message.context))


@of("warranty/report_sent_back")
def report_sent_back(message: Message) -> Content:
    """Show what is wrong with the report."""
    return Content(_with_dates(message.context))


def _with_dates(context: dict[str, Any]) -> dict[str, Any]:
    """Turn the ISO text of a stored context into dates that a template can format."""
    units = context.get("units", [])
    return {
        **context,
        "signed_on": _day(context.get("signed_on")),
        "units": [
            {**unit, "before": _cover(unit["before"]), "after": _cover(unit["after"])}
            for unit in units
        ],
        "more": context.get("count", 0) - len(units),
    }


def _cover(words: dict[str, str] | None) -> dict[str, Any] | None:
    if words is None:
        return None
    return {
        "starts_on": _day(words["starts_on"]),
        "ends_on": _day(words["ends_on"]),
        "rule": words["rule"],
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
