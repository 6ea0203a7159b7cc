"""The addresses of support."""

from django.urls import path

from support import views

urlpatterns = [
    path("service-levels/", views.ServiceLevels.as_view(), name="service-levels"),
]
