"""What the desk shows of a unit and a dispute beyond their own columns, with links."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from audit.models import Event
from documents.models import Document
from warranty.desk import day_words, warranty_in_words, warranty_of
from warranty.models import Dispute, FormerSerial, InstallationReport, ShipmentLine, Unit

EVENTS = 10
"""How many events of a unit its page lists; its trail has them all."""


def record_link(record: Model, words: str = "") -> str:
    """Return a link to the page of a record at the desk."""
    meta = record._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])
    return format_html('<a href="{}">{}</a>', url, words or str(record))


def document_link(document: Document | None) -> str:
    """Return a link that downloads a document, with its size in kilobytes."""
    if document is None:
        return "-"
    url = reverse("document", args=[document.reference])
    size = f"{max(1, document.size // 1024):,} kB"
    kind = document.get_media_type_display()
    return format_html('<a href="{}">{}</a> ({}, {})', url, document.name, kind, size)


def portal_link(unit: Unit) -> str:
    """Return the address of what partners see of the unit."""
    return f"{reverse('unit', args=[unit.serial])}?part_number={unit.part_number.number}"


def _lines(lines: Iterable[tuple[Any, ...]], pattern: str) -> str:
    return format_html_join("", f"<p>{pattern}</p>", lines) or "-"


def shipments_of(unit: Unit) -> str:
    """List the legs of the unit: what each date is the day 0 of, and who shipped to whom."""
    onward = ShipmentLine.unscoped.filter(unit=unit).select_related(
        "shipment__shipped_by", "shipment__consignee"
    )
    legs = [unit.huawei_shipment, *(line.shipment for line in onward.order_by("shipment_id"))]
    anchor = unit.distributor_shipment_id or unit.huawei_shipment_id
    rows = []
    for leg in sorted(legs, key=lambda leg: (leg.shipped_on, leg.pk)):
        counts = ["warranty"] if leg.pk == unit.huawei_shipment_id else []
        counts += ["support"] if leg.pk == anchor else []
        zero = f"Day 0 of {' and '.join(counts)}." if counts else ""
        rows.append(
            (day_words(leg.shipped_on), record_link(leg), leg.shipped_by, leg.consignee, zero)
        )
    return _lines(rows, "{} {}, {} to {}. {}")


def reports_of(unit: Unit) -> str:
    reports = InstallationReport.unscoped.filter(units=unit).select_related("organization")
    rows = (
        (record_link(r), r.organization, day_words(r.signed_on), r.get_status_display())
        for r in reports.order_by("signed_on", "pk")
    )
    return _lines(rows, "{} of {}, signed {}. {}.")


def disputes_of(unit: Unit) -> str:
    disputes = Dispute.unscoped.filter(unit=unit).select_related("organization").newest_first()
    rows = (
        (record_link(d), d.get_subject_display(), d.organization, d.get_status_display())
        for d in disputes
    )
    return _lines(rows, "{} {}, by {}. {}.")


def warranty_link(unit: Unit) -> str:
    """Say how the warranty stands, with its reason where it is void."""
    warranty = warranty_of(unit)
    if warranty is None:
        return "Has not started"
    why = f" Reason: {warranty.void_reason}" if warranty.void_reason else ""
    return format_html("{}{}", record_link(warranty, warranty_in_words(unit)), why)


def former_serials_of(unit: Unit) -> str:
    former = FormerSerial.unscoped.filter(unit=unit).order_by("-until", "-pk")
    return _lines(((f.serial, day_words(f.until.date())) for f in former), "{} until {}")


def events_of(unit: Unit) -> str:
    """List the latest events of the unit; its trail tells them in full."""
    events = Event.objects.about(unit._meta.label_lower, unit.pk)[:EVENTS]
    rows = ((f"{e.at:%d %b %Y, %H:%M} UTC", e.name, e.actor_label) for e in events)
    return _lines(rows, "{} {} by {}")
