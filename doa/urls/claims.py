"""The addresses of claims."""

from django.urls import path

from doa.views import claims

urlpatterns = [
    path("", claims.Claims.as_view(), name="claims"),
    path("new/", claims.NewClaim.as_view(), name="claim-new"),
    path("<str:reference>/", claims.ClaimPage.as_view(), name="claim"),
]
