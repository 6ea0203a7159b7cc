"""The address of a document."""

from django.urls import path

from documents import views

urlpatterns = [path("<str:reference>/", views.Download.as_view(), name="document")]
