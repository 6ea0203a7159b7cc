"""The addresses of webhooks, below those of the organization."""

from django.urls import path

from webhooks import views

urlpatterns = [
    path("", views.Endpoints.as_view(), name="webhooks"),
    path("<uuid:reference>/", views.EndpointPage.as_view(), name="webhook"),
    path("deliveries/<uuid:reference>/replay/", views.Replay.as_view(), name="webhook-replay"),
]
