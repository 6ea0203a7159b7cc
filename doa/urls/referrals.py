"""The addresses of referrals."""

from django.urls import path

from doa.views import referral_batches, referral_list, referrals

urlpatterns = [
    path("", referral_list.Referrals.as_view(), name="referrals"),
    path("referrals.csv", referral_list.ReferralsCsv.as_view(), name="referrals-csv"),
    path("referrals.xlsx", referral_list.ReferralsXlsx.as_view(), name="referrals-xlsx"),
    path("new/", referrals.NewReferral.as_view(), name="referral-new"),
    path("take-up/", referral_batches.TakeUp.as_view(), name="referrals-take-up"),
    path("decline/", referral_batches.Decline.as_view(), name="referrals-decline"),
    path("<str:reference>/", referrals.ReferralPage.as_view(), name="referral"),
]
