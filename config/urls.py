"""Every address. Pages of the portal stand at the root."""

from django.contrib import admin
from django.urls import include, path

from accounts import urls as accounts
from config import health

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("accounts/", include(accounts.entrance_urls)),
    path("account/", include(accounts.account_urls)),
    path("organization/", include(accounts.organization_urls)),
    path("organization/webhooks/", include("webhooks.urls")),
    path("documents/", include("documents.urls")),
    path("", include("notifications.urls")),
    path("lists/", include("jobs.urls")),
    path("shipments/", include("warranty.urls.shipments")),
    path("admin/", admin.site.urls),
    path("announcements/", include("lifecycle.feed_urls")),
    path("api/v1/", include("config.api_urls")),
    path("policies/", include("support.urls.policies")),
    path("contracts/coverage/", include("portal.coverage.urls")),
    path("contracts/", include("support.urls.contracts")),
    path("announcements/", include("lifecycle.urls")),
    path("cases/", include("doa.urls.cases")),
    path("reports/", include("warranty.urls.reports")),
    path("", include("warranty.urls.disputes")),
    path("checks/", include("portal.checks.urls")),
    path("claims/", include("doa.urls.claims")),
    path("referrals/", include("doa.urls.referrals")),
    path("", include("portal.urls")),
]

handler400 = "config.faults.bad_request"
handler500 = "config.faults.server_error"
