"""The addresses of installation reports."""

from django.urls import path

from warranty.views import report_new, reports

urlpatterns = [
    path("", reports.Reports.as_view(), name="reports"),
    path("new/", report_new.NewReport.as_view(), name="report-new"),
    path("<str:reference>/", reports.ReportPage.as_view(), name="report"),
    path("<str:reference>/withdraw/", reports.WithdrawReport.as_view(), name="report-withdraw"),
]
