"""The addresses that programs subscribe to."""

from django.urls import path

from lifecycle import feeds

urlpatterns = [
    path("openeox.json", feeds.OpenEox.as_view(), name="openeox"),
    path("feed.atom", feeds.Atom.as_view(), name="announcements-atom"),
    path("calendar.ics", feeds.Dates.as_view(), name="announcements-ics"),
]
