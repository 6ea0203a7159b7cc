"""Every address. Pages of the portal stand at the root."""

from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("accounts/", include("partners.urls")),
    path("documents/", include("documents.urls")),
    path("", include("notifications.urls")),
    path("shipments/", include("warranty.urls.shipments")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("config.api_urls")),
    path("policies/", include("support.urls")),
    path("reports/", include("warranty.urls.reports")),
    path("", include("portal.urls")),
]
