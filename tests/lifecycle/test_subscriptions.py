"""What feed readers and calendar programs are given, read by parsers that are not ours."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from tests.builders import make_part_number
from tests.lifecycle.announced import AT, publish

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def test_an_announcement_is_an_entry_that_leads_to_its_page(client):
    found = publish(make_part_number(model="CE6881"))
    reply = client.get("/announcements/feed.atom")
    assert reply["Content-Type"].startswith("application/atom+xml")
    (entry,) = ElementTree.fromstring(reply.content).findall(f"{ATOM}entry")  # noqa: S314 (our own feed)
    assert found.number in entry.findtext(f"{ATOM}title")
    assert entry.find(f"{ATOM}link").get("href").endswith(f"/announcements/{found.slug}/")
    assert "CE6881: end of marketing" in entry.findtext(f"{ATOM}summary")


def test_every_dated_milestone_is_an_event_with_two_reminders(client):
    found = publish(make_part_number(model="CE6881"))
    reply = client.get("/announcements/calendar.ics")
    events = Calendar.from_ical(reply.content).walk("VEVENT")
    dated = [when for when in found.dates().values() if when.day]
    assert sorted(e["DTSTART"].dt for e in events) == sorted(when.day for when in dated)
    triggers = [alarm["TRIGGER"].dt for alarm in events[0].walk("VALARM")]
    assert triggers == [timedelta(days=-30), timedelta(days=-7)]


def test_nothing_announced_is_an_empty_feed_and_an_empty_calendar(client):
    assert ElementTree.fromstring(client.get("/announcements/feed.atom").content).tag  # noqa: S314
    calendar = Calendar.from_ical(client.get("/announcements/calendar.ics").content)
    assert calendar.walk("VEVENT") == []


def test_what_is_known_already_is_sent_again_only_after_an_announcement(client):
    publish(make_part_number())
    for name in ("feed.atom", "calendar.ics"):
        first = client.get(f"/announcements/{name}")
        headers = {"If-None-Match": first["ETag"]}
        assert client.get(f"/announcements/{name}", headers=headers).status_code == 304
    publish(make_part_number(), number="PN-2026-119", at=AT + timedelta(days=1))
    assert client.get("/announcements/calendar.ics", headers=headers).status_code == 200
