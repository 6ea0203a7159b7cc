"""The addresses of installation reports."""

from django.urls import path

from warranty.views import report_batches, report_list, report_new, reports

urlpatterns = [
    path("", report_list.Reports.as_view(), name="reports"),
    path("reports.csv", report_list.ReportsCsv.as_view(), name="reports-csv"),
    path("reports.xlsx", report_list.ReportsXlsx.as_view(), name="reports-xlsx"),
    path("new/", report_new.NewReport.as_view(), name="report-new"),
    path("withdraw/", report_batches.WithdrawSeveral.as_view(), name="reports-withdraw"),
    path("<str:reference>/", reports.ReportPage.as_view(), name="report"),
    path("<str:reference>/withdraw/", reports.WithdrawReport.as_view(), name="report-withdraw"),
]
