"""The addresses of checks of many serial numbers."""

from django.urls import path

from portal.checks import views

urlpatterns = [
    path("", views.Checks.as_view(), name="bulk-checks"),
    path("<uuid:reference>/", views.CheckPage.as_view(), name="bulk-check"),
    path("<uuid:reference>/result.csv", views.CheckCsv.as_view(), name="bulk-check-csv"),
    path("<uuid:reference>/result.xlsx", views.CheckXlsx.as_view(), name="bulk-check-xlsx"),
]
