"""The addresses of claims."""

from django.urls import path

from doa.views import claim_list, claims

urlpatterns = [
    path("", claim_list.Claims.as_view(), name="claims"),
    path("claims.csv", claim_list.ClaimsCsv.as_view(), name="claims-csv"),
    path("claims.xlsx", claim_list.ClaimsXlsx.as_view(), name="claims-xlsx"),
    path("new/", claims.NewClaim.as_view(), name="claim-new"),
    path("<str:reference>/", claims.ClaimPage.as_view(), name="claim"),
]
