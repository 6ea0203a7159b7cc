"""The figures of an organization: what ends, how often, how long; drawn, as a table, as CSV."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from doa.desk import outlook
from doa.desk.charts import Chart, chart
from doa.desk.figures import Table
from jobs.exports import write_csv
from partners import clock
from partners.enums import Permission
from partners.pages import OrganizationPage
from portal.timeline import Canvas

LISTED = 40
"""How many rows of a table the page shows; its CSV has them all."""
PHONE, PHONE_ROW, PHONE_BAR = 320, 44, 230


class Figures(OrganizationPage):
    """What ends, how often units arrive dead, and how long decisions take."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest) -> HttpResponse:
        tables = outlook.tables(self.organization, today=clock.business_today())
        context = {"page": "figures", "figures": [_shown(table) for table in tables]}
        return render(request, "portal/figures.html", context)


class FigureTable(OrganizationPage):
    """The numbers of one figure, as CSV."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        tables = outlook.tables(self.organization, today=clock.business_today())
        table = next((table for table in tables if table.name == name), None)
        if table is None:
            raise Http404
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
        write_csv(response, table.columns, table.rows)  # type: ignore[arg-type]
        return response


def _shown(table: Table) -> dict[str, Any]:
    found = chart(table.title, table.bars, table.unit, table.most)
    return {
        "table": table,
        "rows": [list(zip(table.columns, row, strict=True)) for row in table.rows[:LISTED]],
        "more": max(0, len(table.rows) - LISTED),
        "wide": _wide(found) if found else "",
        "narrow": _narrow(found) if found else "",
    }


def _wide(found: Chart) -> SafeString:
    """Draw for a column: the name at the left of its bar."""
    canvas = Canvas()
    for bar in found.bars:
        canvas.text(found.name_x, bar.text_y, bar.name, "e")
        canvas.rect(found.left, bar.y, bar.length, 20, "b-info")
        canvas.text(bar.value_x, bar.text_y, bar.value, "h")
    return _svg(canvas, "wide bars", found.width, found.height, found.summary)


def _narrow(found: Chart) -> SafeString:
    """Draw for a phone: the name above its bar."""
    canvas = Canvas()
    longest = max(bar.length for bar in found.bars)
    for n, bar in enumerate(found.bars):
        top, length = n * PHONE_ROW, PHONE_BAR * bar.length / longest
        canvas.text(0, top + 14, bar.name, "")
        canvas.rect(0, top + 20, length, 14, "b-info")
        canvas.text(length + 8, top + 32, bar.value, "h")
    return _svg(canvas, "narrow", PHONE, len(found.bars) * PHONE_ROW, found.summary)


def _svg(canvas: Canvas, css: str, width: int, height: float, summary: str) -> SafeString:
    return format_html(
        '<svg class="tl {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        css,
        width,
        round(height),
        summary,
        format_html_join("", "{}", ((shape,) for shape in canvas.shapes)),
    )
