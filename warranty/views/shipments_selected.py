"""What to do with the shipments that are ticked in the list, and the units in them."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from jobs.exports import csv_lines
from jobs.lists.keyset import Order, every
from jobs.lists.pages import PER_PAGE
from partners import clock
from partners.enums import Permission
from partners.pages import OrganizationPage
from warranty import serial_lists
from warranty import shipment_facts as facts
from warranty.models import Shipment, ShipmentLine, Unit

HEADER = (
    *("shipment", "serial", "part_number", "model", "customer", "installation_service"),
    *("report", "warranty_status", "warranty_starts_on", "warranty_ends_on"),
)


class Ticked(OrganizationPage):
    """Shipments that were ticked in the list, and the units in them."""

    permissions = {"GET": Permission.VIEW_UNITS}

    @cached_property
    def shipments(self) -> list[Shipment]:
        references = list(_references(self.request.GET.getlist("shipment")[:PER_PAGE]))
        found = Shipment.objects.for_organization(self.organization)
        found = found.filter(reference__in=references).select_related("shipped_by", "consignee")
        return list(found.order_by("-shipped_on", "-pk"))

    def units(self) -> Any:
        """Return the units in them that the organization sees, each once."""
        lines = ShipmentLine.unscoped.filter(shipment__in=self.shipments)
        inside = Q(huawei_shipment__in=self.shipments) | Q(pk__in=lines.values("unit"))
        return Unit.objects.for_organization(self.organization).filter(inside)


def _references(asked: Sequence[str]) -> Iterator[UUID]:
    for text in asked:
        try:
            yield UUID(text)
        except ValueError:
            continue


class SelectedShipments(Ticked):
    """What can be done with the ticked shipments; nothing happens here yet."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = facts.rows(self.shipments, self.organization)
        context = {"page": "shipments", "rows": rows}
        if rows:
            context |= self._offers(rows)
        status = 200 if rows else 400
        return render(request, "warranty/shipments_selected.html", context, status=status)

    def _offers(self, rows: list[facts.Row]) -> dict[str, Any]:
        units, organization = self.units(), self.organization
        can, is_partner = self.request.user.can, not organization.is_huawei
        may_report = is_partner and can(Permission.SUBMIT_REPORTS, organization)
        may_register = is_partner and can(Permission.REGISTER_CONTRACTS, organization)
        asked = "&".join(f"shipment={row.shipment.reference}" for row in rows)
        count = units.count()
        return {
            "count": count,
            "most": serial_lists.MOST,
            "table": f"{reverse('shipments-selected-csv')}?{asked}",
            "serials": _lines(units) if 0 < count <= serial_lists.MOST else "",
            "missing": _lines(facts.without_report(units)) if may_report else "",
            "may_register": may_register,
        }


def _lines(units: Any) -> str:
    """Return serial numbers as people type them, one a line; none where they are too many."""
    serials = units.order_by("serial").values_list("serial", flat=True)
    found = dict.fromkeys(serials[: serial_lists.MOST + 1])
    return "\n".join(found) if len(found) <= serial_lists.MOST else ""


class UnitsOfShipmentsCsv(Ticked):
    """The units of the ticked shipments with their reports and warranty, as CSV."""

    def get(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        if not self.shipments:
            said = "No shipment is ticked. Tick at least one shipment in the list."
            return HttpResponse(said, status=400, content_type="text/plain; charset=utf-8")
        lines = csv_lines(HEADER, self._rows())
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="units-of-shipments.csv"'
        return response

    def _rows(self) -> Iterator[list[object]]:
        today = clock.business_today()
        seen = Unit.objects.for_organization(self.organization)
        joined = facts.with_reports(seen).select_related(
            "part_number__product", "huawei_shipment", "warranty"
        )
        for keys in every(self.units(), Order("serial")):
            inside = self._inside(keys)
            units = joined.filter(pk__in=keys).order_by("serial", "pk")
            for line in facts.lines(units, today=today):
                yield self._cells(line, inside)

    def _inside(self, keys: Sequence[int]) -> dict[int, str]:
        """Return in which ticked shipment of a distributor each unit is, by its number."""
        lines = ShipmentLine.unscoped.filter(shipment__in=self.shipments, unit__in=keys)
        return dict(lines.order_by("pk").values_list("unit", "shipment__number"))

    def _cells(self, line: facts.Line, inside: dict[int, str]) -> list[object]:
        unit = line.unit
        return [
            inside.get(unit.pk) or unit.huawei_shipment.number,
            *(unit.serial, unit.part_number.number, unit.product.model),
            *(unit.end_customer, unit.installation_service, line.report),
            *(line.status.label, line.starts_on, line.ends_on),
        ]
