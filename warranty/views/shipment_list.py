"""The list of shipments, and its files."""

from collections.abc import Sequence
from typing import Any

from jobs.lists.keyset import Order
from jobs.lists.pages import CsvTable, ListOf, ListPage, XlsxTable
from partners.enums import Permission
from warranty import shipment_facts as facts
from warranty.filters.shipments import VIEWS, ShipmentFilter
from warranty.models import Shipment

HEADER = (
    *("number", "shipped_on", "leg", "shipped_by", "consignee"),
    *("units", "units_with_service", "units_without_report", "first_day_90"),
)


class ShipmentList(ListOf):
    """What the page and the files of the shipments share."""

    permissions = {"GET": Permission.VIEW_UNITS}
    filter_class = ShipmentFilter
    name = "shipments"
    usual = "-shipped"
    header = HEADER
    orders = {
        "shipped": Order("shipped_on"),
        "-shipped": Order("shipped_on", is_descending=True),
        "number": Order("number"),
        "-number": Order("number", is_descending=True),
    }

    def seen(self) -> Any:
        return Shipment.objects.for_organization(self.organization)

    def rows(self, keys: Sequence[int]) -> list[facts.Row]:
        return facts.rows_by_keys(keys, self.organization)

    def cells(self, row: facts.Row) -> list[object]:
        shipment = row.shipment
        return [
            *(shipment.number, shipment.shipped_on, shipment.leg),
            *(shipment.shipped_by, shipment.consignee),
            *(row.units, row.service, row.missing, row.cap_on),
        ]


class Shipments(ShipmentList, ListPage):
    """Every shipment to or from your organization."""

    template_name = "warranty/shipments.html"
    views = VIEWS
    columns = (
        ("Shipment", "number"),
        ("Shipped, day 0", "shipped"),
        ("From", ""),
        ("To", ""),
        ("Your units", ""),
        ("Reports", ""),
        ("First day 90", ""),
    )

    def context(self) -> dict[str, Any]:
        may_upload = self.request.user.can(Permission.UPLOAD_SHIPMENTS, self.organization)
        return {"page": "shipments", "may_upload": may_upload}


class ShipmentsCsv(ShipmentList, CsvTable):
    pass


class ShipmentsXlsx(ShipmentList, XlsxTable):
    pass
