"""The list of units, its files, and what to do with the units that are selected."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from catalog.policy import normalise_serial
from jobs.lists.keyset import Order
from jobs.lists.pages import PER_PAGE, CsvTable, ListOf, ListPage, XlsxTable
from partners.enums import Permission
from partners.pages import OrganizationPage
from portal.units.filters import VIEWS, UnitFilter
from portal.units.rows import HEADER, UnitRow, rows_of
from warranty.models import Unit, Warranty, seen_by


class UnitList(ListOf):
    """What the page and the files of the units share."""

    permissions = {"GET": Permission.VIEW_UNITS}
    filter_class = UnitFilter
    name = "units"
    usual = "serial"
    header = HEADER
    orders = {
        "serial": Order("listed_serial"),
        "-serial": Order("listed_serial", is_descending=True),
        "ends": Order("warranty__ends_on", may_be_empty=True, is_of_all=True),
        "-ends": Order("warranty__ends_on", is_descending=True, may_be_empty=True, is_of_all=True),
    }

    def seen(self) -> Any:
        return Unit.unscoped.listed(self.organization)

    def every_key(self) -> Any:
        if self.organization.is_huawei:
            return super().every_key()
        return seen_by(self.organization)

    def filled(self, keys: Any) -> Any:
        return Warranty.unscoped.filter(unit__in=keys)

    def rows(self, keys: Sequence[int]) -> list[UnitRow]:
        return rows_of(keys, self.organization, on=self.today)

    def cells(self, row: UnitRow) -> list[object]:
        return row.cells()


class Units(UnitList, ListPage):
    """Your units."""

    template_name = "portal/units.html"
    views = VIEWS
    columns = (
        ("Unit", "serial"),
        ("Customer", ""),
        ("Warranty", "ends"),
        ("Support", ""),
        ("Life cycle", ""),
    )

    def context(self) -> dict[str, Any]:
        may_upload = self.request.user.can(Permission.UPLOAD_SHIPMENTS, self.organization)
        return {"page": "units", "may_upload": may_upload, "today": self.today}


class UnitsCsv(UnitList, CsvTable):
    pass


class UnitsXlsx(UnitList, XlsxTable):
    pass


class SelectedUnits(OrganizationPage):
    """The units that were ticked, and what can be done with them; nothing happens here yet."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.getlist("serial")
        serials = {normalise_serial(serial)[:32] for serial in asked[:PER_PAGE]}
        found = Unit.objects.for_organization(self.organization).filter(serial__in=serials)
        units = list(found.select_related("part_number__product").order_by("serial", "pk"))
        may = request.user.can(Permission.REGISTER_CONTRACTS, self.organization)
        context = {
            "page": "units",
            "units": units,
            "serials": "\n".join(dict.fromkeys(unit.serial for unit in units)),
            "may_register": may and not self.organization.is_huawei,
        }
        status = 200 if units else 400
        return render(request, "portal/units_selected.html", context, status=status)
