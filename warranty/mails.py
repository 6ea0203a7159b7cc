"""What the mails about warranties contain, looked up when they are sent."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, QuerySet
from django.urls import reverse

from jobs.exports import write_csv
from notifications.content import Attachment, Content, NothingToSay, of
from notifications.models import Message
from notifications.policy import closes_at
from partners import clock
from partners.enums import OrganizationKind, Permission
from warranty.enums import DisputeStatus, WarrantyRule
from warranty.models import Nudge, Unit, Warranty
from warranty.models.nudges import waiting_in

LISTED = 10
"""How many units a mail names; the file beside it, or its link, has them all."""
HEADER = ["serial", "part_number", "model", "starts_on", "ends_on", "rule", "shipment"]


@of("warranty/started")
def started(message: Message) -> Content:
    """List the starts of one day's notice, the first of them in the mail, all in a file."""
    day = date.fromisoformat(message.context["day"])
    warranties = on_notice(day, organization_id=message.organization_id)
    found = list(
        warranties.order_by("starts_on", "unit__serial").values(
            "started_at",
            "starts_on",
            "ends_on",
            "rule",
            serial=F("unit__serial"),
            part_number=F("unit__part_number__number"),
            model=F("unit__part_number__product__model"),
            shipment=F("unit__huawei_shipment__number"),
        )
    )
    shown = found[:LISTED]
    rules = {row["rule"] for row in found}
    context = {
        "count": len(found),
        "units": shown,
        "more": len(found) - len(shown),
        "rules": [rule.label for rule in WarrantyRule if rule in rules],
        **_dates(found),
    }
    return Content(context, (_table(found, name=f"warranties-started-{day}.csv"),))


def on_notice(day: date, *, organization_id: int | None) -> QuerySet[Warranty]:
    """Keep what started on the notice of `day` and concerns this organization.

    Told is the consignee of the latest shipment, or who shipped it where the
    consignee is an end customer; `Unit.partner` says the same of one unit. Each
    of the three ways begins with an index, so that a mail costs its own units.
    """
    to_end_customer = Unit.unscoped.filter(consignee__kind=OrganizationKind.END_CUSTOMER)
    held = Unit.unscoped.filter(consignee=organization_id).exclude(
        consignee__kind=OrganizationKind.END_CUSTOMER
    )
    shipped_on = to_end_customer.filter(
        shipmentline__shipment__shipped_by=organization_id,
        shipmentline__shipment=F("distributor_shipment"),
    )
    shipped_first = to_end_customer.filter(
        distributor_shipment=None, huawei_shipment__shipped_by=organization_id
    )
    units = held.values("pk").union(shipped_on.values("pk"), shipped_first.values("pk"))
    return Warranty.unscoped.filter(unit__in=units, notice_on=day)


def _dates(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Say when the starts were recorded, and whether that was after their dates."""
    if not rows:
        return {"is_late": False}
    recorded_on = clock.business_day(max(row["started_at"] for row in rows))
    first_on, last_on = rows[0]["starts_on"], rows[-1]["starts_on"]
    return {
        "first_on": first_on,
        "last_on": last_on,
        "recorded_on": recorded_on,
        "is_late": recorded_on > first_on,
    }


def _table(rows: Sequence[Mapping[str, Any]], *, name: str) -> Attachment:
    file = io.StringIO(newline="")
    write_csv(file, HEADER, ([row[column] for column in HEADER] for row in rows))
    return Attachment(name, file.getvalue().encode("utf-8-sig"), "text/csv")


@of("warranty/corrected")
def corrected(message: Message) -> Content:
    """Show the old dates beside the new ones."""
    return Content(_with_dates(message.context))


@of("warranty/report_accepted")
def report_accepted(message: Message) -> Content:
    """Show which units the report started or moved."""
    return Content({**_with_dates(message.context), "path": _path(message)})


@of("warranty/report_sent_back")
def report_sent_back(message: Message) -> Content:
    """Show what is wrong with the report."""
    return Content({**_with_dates(message.context), "path": _path(message)})


def _path(message: Message) -> str:
    """Return the page of the report; news queued before reports had one leads to the list."""
    reference = message.context.get("reference")
    return reverse("report", args=[reference]) if reference else reverse("reports")


@of("warranty/voided")
@of("warranty/reinstated")
def void_changed(message: Message) -> Content:
    """Show the dates that the warranty had, or has again."""
    return Content({**message.context, "cover": _cover(message.context["cover"])})


@of("warranty/record_corrected")
def record_corrected(message: Message) -> Content:
    """Show a corrected fact with its old and its new value."""
    serials = message.context["serials"]
    return Content({**message.context, "more": message.context["count"] - len(serials)})


@of("warranty/dispute_decided")
def dispute_decided(message: Message) -> Content:
    """Show what the partner said, what was on file, and what staff decided."""
    is_accepted = message.context["status"] == DisputeStatus.ACCEPTED
    subject = message.context["subject"]
    fact = subject[:1].lower() + subject[1:]
    return Content({**message.context, "is_accepted": is_accepted, "fact": fact})


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


@of("warranty/nudge")
def nudge(message: Message) -> Content:
    """List what still lacks a report now, of what was to be told on a day or in a week.

    Raises: NothingToSay once every report is there or every warranty has started.
    """
    may_do = message.organization.permissions if message.organization else frozenset()
    nudges = {n.shipment_id: n for n in _nudges_of(message)}
    waiting = waiting_in(nudges, partner_id=message.organization_id)
    rows = [
        {
            "number": nudges[pk].shipment.number,
            "shipped_on": nudges[pk].shipment.shipped_on,
            "cap_on": nudges[pk].cap_on,
            "missing": missing,
            "handed_in": handed_in,
        }
        for pk, (missing, handed_in) in waiting.items()
        if missing
    ]
    if not rows:
        raise NothingToSay("Every report is handed in by now, or the warranty has started.")
    rows.sort(key=lambda row: (row["cap_on"], row["number"]))
    return Content(
        {
            "rows": rows[:LISTED],
            "more": len(rows) - len(rows[:LISTED]),
            "count": sum(row["missing"] for row in rows),
            "first_cap_on": rows[0]["cap_on"],
            "may_submit": Permission.SUBMIT_REPORTS in may_do,
            "path": reverse("report-new"),
        }
    )


def _nudges_of(message: Message) -> QuerySet[Nudge]:
    """Keep what this message is to tell: one day's reminders, or those of one week."""
    about = message.context
    nudges = Nudge.unscoped.filter(partner=message.organization_id).select_related("shipment")
    if "monday" in about:
        monday, zone = date.fromisoformat(about["monday"]), ZoneInfo(settings.BUSINESS_TIME_ZONE)
        since, until = closes_at(monday - timedelta(days=7), zone), closes_at(monday, zone)
        return nudges.filter(told_at__gt=since, told_at__lte=until, cap_on__gte=monday)
    nudges = nudges.filter(told_on=about["day"])
    return nudges.filter(cap_on__lt=about["before"]) if "before" in about else nudges
