"""The list of cases, as a page and as files."""

from collections.abc import Iterable, Sequence
from typing import Any

from doa import workflow
from doa.filters import NEEDS_YOU, VIEWS, CaseFilter
from doa.models import Case
from doa.rows import cases_of, rows_of
from doa.views.case_batches import DeleteDrafts, SendParcel
from doa.workflow.case_edges import DISCARD
from doa.workflow.line_edges import SEND_BACK
from jobs.lists.keyset import Order
from jobs.lists.pages import CsvTable, ListOf, ListPage, XlsxTable
from partners.enums import Permission

HEADER = (
    *("case", "organization", "status", "next", "due", "title", "units", "serial_numbers"),
    *("symptom", "service_request", "created_at", "submitted_at", "decided_at", "closed_at"),
    *("remedy", "replacement_serials", "return_due_on"),
)


class CaseList(ListOf):
    """What the page and the files of the cases share."""

    permissions = {"GET": Permission.VIEW_CASES}
    filter_class = CaseFilter
    name = "cases"
    usual = "-created"
    header = HEADER
    orders = {
        "created": Order("created_at"),
        "-created": Order("created_at", is_descending=True),
        "case": Order("reference"),
        "-case": Order("reference", is_descending=True),
    }

    def seen(self) -> Any:
        return Case.objects.for_organization(self.organization)

    def rows(self, keys: Sequence[int]) -> list[dict[str, Any]]:
        return rows_of(cases_of(keys, self.organization))

    def cells(self, row: dict[str, Any]) -> list[object]:
        case, lines, standing = row["case"], row["lines"], row["standing"]
        return [
            *(case.reference, case.organization, standing.label, standing.next),
            *(standing.due_at or standing.due_on, case.title, len(lines)),
            _each(line.unit.serial for line in lines),
            _each(line.get_symptom_display() for line in lines),
            *(case.sr_number, case.created_at, case.submitted_at),
            *(case.decided_at, case.closed_at),
            _each(line.get_remedy_display() for line in lines),
            _each(line.replacement.serial for line in lines if line.replacement),
            _each(str(line.return_due_on) for line in lines if line.return_due_on),
        ]


class Cases(CaseList, ListPage):
    """The cases of your organization."""

    template_name = "doa/cases.html"
    views = VIEWS
    batches = (SendParcel, DeleteDrafts)
    columns = (
        ("Case", "case"),
        ("Status", ""),
        ("What next", ""),
        ("By", ""),
        ("Units", ""),
        ("Begun", "created"),
    )

    def rows(self, keys: Sequence[int]) -> list[dict[str, Any]]:
        rows = super().rows(keys)
        return [row | {"pick": self._pick(row)} for row in rows] if self.deeds else rows

    def _pick(self, row: dict[str, Any]) -> str:
        """Return by what a case is ticked, where a parcel or the end of a draft waits for it."""
        case, user = row["case"], self.request.user
        for line in row["lines"]:
            line.case = case
        is_awaited = any(SEND_BACK.allows(line, user) for line in row["lines"])
        return case.reference if is_awaited or DISCARD.allows(case, user) else ""

    def context(self) -> dict[str, Any]:
        user, organization = self.request.user, self.organization
        is_partner = not organization.is_huawei
        return {
            "page": "cases",
            "needs_you": NEEDS_YOU,
            "is_applicant": workflow.may_apply(organization),
            "may_apply": is_partner and user.can(Permission.APPLY_FOR_DOA, organization),
            "may_refer": is_partner and user.can(Permission.REFER_UNITS, organization),
        }


class CasesCsv(CaseList, CsvTable):
    pass


class CasesXlsx(CaseList, XlsxTable):
    pass


def _each(values: Iterable[str]) -> str:
    """Return several values in one cell, each once."""
    return "; ".join(dict.fromkeys(value for value in values if value))
