"""The coverage plan: its customers, the units of one or of all, and the same as a table."""

from collections.abc import Iterator
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from jobs.exports import write_csv
from partners import clock
from partners.enums import Permission
from partners.pages import OrganizationPage
from portal.coverage.drawing import Axis, draw
from portal.coverage.filters import PlanFilter, customers
from portal.coverage.plan import HEADER, plan_of
from portal.verdict import TONES
from support.views.contracts import TONES as CONTRACT_TONES
from warranty.models import Unit

PER_PAGE = 50
CHUNK = 2000
"""How many units of a table are read at once."""


class Customers(OrganizationPage):
    """Every customer of the units in sight, with how many are covered."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest) -> HttpResponse:
        today = clock.business_today()
        found = Paginator(customers(self.organization, on=today), PER_PAGE)
        listed = found.get_page(request.GET.get("page"))
        context = {"page": "contracts", "listed": listed, "rows": list(listed.object_list)}
        return render(request, "portal/coverage_customers.html", context)


class CoveragePlan(OrganizationPage):
    """The units of one customer, or of all, on one scale."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest) -> HttpResponse:
        today, asked = clock.business_today(), PlanFilter.read(request.GET)
        found = Paginator(asked.units(self.organization, on=today), PER_PAGE)
        listed = found.get_page(request.GET.get("page"))
        rows = plan_of(listed.object_list, self.organization, on=today)
        axis = Axis.of(rows, on=today)
        context = {
            "page": "contracts",
            "asked": asked,
            "tabs": asked.tabs(),
            "listed": listed,
            "query": f"{asked.query}&" if asked.query else "",
            "axis": axis,
            "today": today,
            "rows": [self._row(row, axis) for row in rows],
        }
        return render(request, "portal/coverage_plan.html", context)

    def _row(self, row: Any, axis: Axis) -> dict[str, Any]:
        return {
            "row": row,
            "drawing": draw(row, axis),
            "warranty_tone": TONES[row.cover.status],
            "contracts": [
                {**shown, "tone": CONTRACT_TONES[shown["status"]]} for shown in row.shown()
            ],
        }


class CoverageTable(OrganizationPage):
    """Exactly what is filtered, as a table that opens in a spreadsheet."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest) -> FileResponse:
        file = TemporaryFile()  # noqa: SIM115 (the response closes it)
        text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
        write_csv(text, HEADER, self._cells())
        text.detach().seek(0)
        return FileResponse(
            file,
            as_attachment=True,
            filename="coverage-plan.csv",
            content_type="text/csv; charset=utf-8",
        )

    def _cells(self) -> Iterator[list[object]]:
        today, asked = clock.business_today(), PlanFilter.read(self.request.GET)
        keys = list(asked.units(self.organization, on=today).values_list("pk", flat=True))
        for first in range(0, len(keys), CHUNK):
            chunk = Unit.objects.for_organization(self.organization).order_by("serial", "pk")
            units = chunk.filter(pk__in=keys[first : first + CHUNK])
            for row in plan_of(units, self.organization, on=today):
                yield from row.cells()
