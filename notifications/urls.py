"""The addresses of choosing mail."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("account/notifications/", views.Preferences.as_view(), name="preferences"),
    path("notifications/u/<str:token>/", views.Unsubscribe.as_view(), name="unsubscribe"),
]
