"""The addresses of contracts."""

from django.urls import path

from support.views import contracts

urlpatterns = [
    path("", contracts.Contracts.as_view(), name="contracts"),
    path("<slug:reference>/", contracts.ContractPage.as_view(), name="contract"),
    path("<slug:reference>/ends.ics", contracts.Ends.as_view(), name="contract-ends"),
]
