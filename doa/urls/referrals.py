"""The addresses of referrals."""

from django.urls import path

from doa.views import referrals

urlpatterns = [
    path("", referrals.Referrals.as_view(), name="referrals"),
    path("new/", referrals.NewReferral.as_view(), name="referral-new"),
    path("<str:reference>/", referrals.ReferralPage.as_view(), name="referral"),
]
