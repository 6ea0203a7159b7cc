"""Every address. Pages of the portal stand at the root."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("admin/", admin.site.urls),
    *(
        path(prefix, include(module))
        for prefix, module in [
            ("accounts/", "partners.urls"),
            ("api/v1/", "config.api_urls"),
            ("", "portal.urls"),
        ]
        if find_spec(module)
    ),
]
