"""The list of installation reports, and its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from jobs.lists.keyset import Order
from jobs.lists.pages import CsvTable, ListOf, ListPage, XlsxTable
from partners.enums import Permission
from warranty import workflow
from warranty.enums import ReportStatus
from warranty.filters.reports import VIEWS, ReportFilter
from warranty.models import InstallationReport, ReportLine
from warranty.views.report_batches import WithdrawSeveral
from warranty.views.reports import TONES, may_submit

HEADER = (
    *("number", "organization", "status", "signed_on", "signed_by", "units"),
    *("handed_in_at", "handed_in_by", "decided_at", "reason"),
)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report, how many units it names, and by what it is ticked, where it can be withdrawn."""

    report: InstallationReport
    units: int
    pick: str = ""

    @property
    def tone(self) -> str:
        return TONES[ReportStatus(self.report.status)]


class ReportList(ListOf):
    """What the page and the files of the reports share."""

    permissions = {"GET": Permission.VIEW_UNITS}
    filter_class = ReportFilter
    name = "reports"
    usual = "-submitted"
    header = HEADER
    orders = {
        "submitted": Order("submitted_at"),
        "-submitted": Order("submitted_at", is_descending=True),
        "signed": Order("signed_on"),
        "-signed": Order("signed_on", is_descending=True),
        "number": Order("number"),
        "-number": Order("number", is_descending=True),
    }

    def seen(self) -> Any:
        return InstallationReport.objects.for_organization(self.organization)

    def rows(self, keys: Sequence[int]) -> list[ReportRow]:
        found = self.seen().filter(pk__in=keys).select_related("organization")
        reports = {report.pk: report for report in found}
        lines = ReportLine.unscoped.filter(report__in=reports).order_by().values_list("report")
        counts = dict(lines.annotate(Count("pk")))
        kept = [reports[key] for key in keys if key in reports]
        return [ReportRow(each, counts.get(each.pk, 0), self.pick(each)) for each in kept]

    def pick(self, report: InstallationReport) -> str:
        return ""

    def cells(self, row: ReportRow) -> list[object]:
        report = row.report
        return [
            *(report.number, report.organization, report.status),
            *(report.signed_on, report.signed_by, row.units),
            *(report.submitted_at, report.submitted_by),
            *(report.decided_at, report.reason),
        ]


class Reports(ReportList, ListPage):
    """Every report of your organization, the newest first."""

    template_name = "warranty/reports.html"
    views = VIEWS
    batches = (WithdrawSeveral,)
    columns = (
        ("Report", "number"),
        ("Status", ""),
        ("Signed", "signed"),
        ("Units", ""),
        ("Handed in", "submitted"),
    )

    def pick(self, report: InstallationReport) -> str:
        is_open = self.deeds and workflow.WITHDRAW.allows(report, self.request.user)
        return report.reference if is_open else ""

    def context(self) -> dict[str, Any]:
        return {"page": "reports", "may_submit": may_submit(self.request, self.organization)}


class ReportsCsv(ReportList, CsvTable):
    pass


class ReportsXlsx(ReportList, XlsxTable):
    pass
