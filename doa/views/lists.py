"""The list of cases, as a page and as a file."""

import io
from collections.abc import Iterable, Iterator

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from doa import workflow
from doa.enums import Remedy, Symptom
from doa.filters import NEEDS_YOU, OPEN, CaseFilter
from doa.models import Case
from doa.rows import row_of, with_rows
from jobs import exports
from partners.enums import Permission
from partners.pages import OrganizationPage

PER_PAGE = 25
MOST_ROWS = 10_000
"""How many cases one file holds at most, the newest first."""
HEADER = (
    *("case", "status", "next", "due", "title", "units", "serial_numbers", "symptom"),
    *("service_request", "created_at", "submitted_at", "decided_at", "closed_at", "remedy"),
    *("replacement_serials", "return_due_on"),
)


class CaseListPage(OrganizationPage):
    """What is asked for; without a tab in the address, the one on which something waits."""

    permissions = {"GET": Permission.VIEW_CASES}

    def asked(self, request: HttpRequest) -> CaseFilter:
        usual = OPEN if self.organization.is_huawei else NEEDS_YOU
        return CaseFilter.read(request.GET, usual=usual)


class Cases(CaseListPage):
    """The cases of your organization."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = self.asked(request)
        tabs = list(asked.tabs(self.organization))
        found = asked.cases(self.organization)
        listed = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        rows = [row_of(case) for case in with_rows(found.filter(pk__in=[c.pk for c in listed]))]
        context = {
            "page": "cases",
            "asked": asked,
            "tabs": tabs,
            "listed": listed,
            "rows": rows,
            "symptoms": Symptom.choices,
            "remedies": Remedy.choices,
            "has_any": any(tab["count"] for tab in tabs),
            "is_applicant": workflow.may_apply(self.organization),
            "may_apply": request.user.can(Permission.APPLY_FOR_DOA, self.organization)
            and not self.organization.is_huawei,
            "may_refer": request.user.can(Permission.REFER_UNITS, self.organization)
            and not self.organization.is_huawei,
        }
        return render(request, "doa/cases.html", context)


class CasesFile(CaseListPage):
    """The same list as a file: what the tab shows, all pages of it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = with_rows(self.asked(request).cases(self.organization)[:MOST_ROWS])
        return self.answer(_cells(found))

    def answer(self, rows: Iterable[tuple[object, ...]]) -> HttpResponse:
        raise NotImplementedError


class CasesCsv(CasesFile):
    def answer(self, rows: Iterable[tuple[object, ...]]) -> HttpResponse:
        text = io.StringIO(newline="")
        exports.write_csv(text, HEADER, rows)
        response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="cases.csv"'
        return response


class CasesXlsx(CasesFile):
    def answer(self, rows: Iterable[tuple[object, ...]]) -> HttpResponse:
        file = io.BytesIO()
        exports.write_xlsx(file, HEADER, rows)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        response = HttpResponse(file.getvalue(), content_type=kind)
        response["Content-Disposition"] = 'attachment; filename="cases.xlsx"'
        return response


def _cells(cases: Iterable[Case]) -> Iterator[tuple[object, ...]]:
    for case in cases:
        row = row_of(case)
        lines, standing = row["lines"], row["standing"]
        yield (
            case.reference,
            standing.label,
            standing.next,
            standing.due_at or standing.due_on,
            case.title,
            len(lines),
            _each(line.unit.serial for line in lines),
            _each(line.get_symptom_display() for line in lines),
            case.sr_number,
            case.created_at,
            case.submitted_at,
            case.decided_at,
            case.closed_at,
            _each(line.get_remedy_display() for line in lines),
            _each(line.replacement.serial for line in lines if line.replacement),
            _each(str(line.return_due_on) for line in lines if line.return_due_on),
        )


def _each(values: Iterable[str]) -> str:
    """Return several values in one cell, each once."""
    return "; ".join(dict.fromkeys(value for value in values if value))
