"""The addresses of what partners report as wrong."""

from django.urls import path

from warranty.views import disputes

urlpatterns = [
    path("units/<str:serial>/dispute/", disputes.OpenDispute.as_view(), name="unit-dispute"),
    path("disputes/", disputes.DisputeList.as_view(), name="disputes"),
    path("disputes/<str:reference>/", disputes.DisputePage.as_view(), name="dispute"),
]
