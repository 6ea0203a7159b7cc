"""The addresses of the coverage plan, below the contracts."""

from django.urls import path

from portal.coverage import views

urlpatterns = [
    path("", views.Customers.as_view(), name="coverage"),
    path("plan/", views.CoveragePlan.as_view(), name="coverage-plan"),
    path("plan.csv", views.CoverageTable.as_view(), name="coverage-table"),
]
