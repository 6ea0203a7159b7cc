"""The page of figures, and each of its tables as CSV."""

from datetime import timedelta

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from catalog.forms import DayField
from doa.desk import charts, figures, outlook
from jobs.exports import write_csv
from partners import clock

USUAL = timedelta(days=365)
LISTED = 100
"""How many rows of a table the page shows; its CSV has them all."""


class PeriodForm(forms.Form):
    """Asks for the first and the last day."""

    first = DayField(label="From")
    last = DayField(label="Until")

    def clean(self):
        given = super().clean()
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", "Choose a day on or after the first.")
        return given


def page(request: HttpRequest, context: dict) -> HttpResponse:
    """Show the figures of a period, by default of the year up to today."""
    today = clock.business_today()
    usual = {"first": (today - USUAL).isoformat(), "last": today.isoformat()}
    asked = {name: request.GET.get(name, usual[name]) for name in usual}
    form = PeriodForm(asked)
    tables = []
    if form.is_valid():
        tables = figures.tables(figures.Period(**form.cleaned_data))
        tables += outlook.tables(None, today=today)
    if "table" in request.GET:
        return _csv(tables, request.GET["table"])
    shown = [
        {
            "table": table,
            "rows": table.rows[:LISTED],
            "more": max(0, len(table.rows) - LISTED),
            "chart": charts.chart(table.title, table.bars, table.unit, table.most),
            "csv": "?" + urlencode({**asked, "table": table.name}),
        }
        for table in tables
    ]
    return TemplateResponse(
        request, "admin/doa/figures.html", {**context, "form": form, "figures": shown}
    )


def _csv(tables: list[figures.Table], name: str) -> HttpResponse:
    table = next((table for table in tables if table.name == name), None)
    if table is None:
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
    write_csv(response, table.columns, table.rows)
    return response
