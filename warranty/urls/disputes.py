"""The addresses of what partners report as wrong."""

from django.urls import path

from warranty.views import dispute_list, disputes

urlpatterns = [
    path("units/<str:serial>/dispute/", disputes.OpenDispute.as_view(), name="unit-dispute"),
    path("disputes/", dispute_list.Disputes.as_view(), name="disputes"),
    path("disputes/disputes.csv", dispute_list.DisputesCsv.as_view(), name="disputes-csv"),
    path("disputes/disputes.xlsx", dispute_list.DisputesXlsx.as_view(), name="disputes-xlsx"),
    path("disputes/<str:reference>/", disputes.DisputePage.as_view(), name="dispute"),
]
