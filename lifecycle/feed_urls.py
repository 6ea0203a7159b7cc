"""The addresses that programs subscribe to."""

from django.urls import path

from lifecycle import feeds

urlpatterns = [path("openeox.json", feeds.OpenEox.as_view(), name="openeox")]
