"""The addresses of support below the policies."""

from django.urls import path

from support.views import levels

urlpatterns = [
    path("service-levels/", levels.ServiceLevels.as_view(), name="service-levels"),
]
