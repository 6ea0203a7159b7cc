"""What feed readers and calendar programs are given, read by parsers that are not ours."""

from datetime import timedelta

import feedparser
import pytest
from icalendar import Calendar

from lifecycle import workflow
from lifecycle.enums import MilestonesAfter
from tests.builders import make_part_number, make_staff
from tests.lifecycle.announced import AT, EOM, publish, revise

pytestmark = pytest.mark.django_db


def feed(client):
    """Return what a feed reader reads; it finds nothing to forgive."""
    found = feedparser.parse(client.get("/announcements/feed.atom").content)
    assert (found.bozo, found.version) == (False, "atom10")
    return found


def test_an_announcement_is_an_entry_that_leads_to_its_page(client):
    found = publish(make_part_number(model="CE6881"), subject="Q&A <on> switches")
    reply = client.get("/announcements/feed.atom")
    assert reply["Content-Type"].startswith("application/atom+xml")
    (entry,) = feed(client).entries
    assert entry.title == f"{found.number}: Q&A <on> switches"
    assert entry.link.endswith(f"/announcements/{found.slug}/")
    assert "CE6881: end of marketing" in entry.summary
    assert entry.updated_parsed[:6] == AT.timetuple()[:6]


def test_a_revision_and_a_withdrawal_change_the_entry_that_a_reader_has(client):
    part = make_part_number()
    first = publish(part)
    (before,) = feed(client).entries
    second = revise(first, part, eom=EOM + timedelta(days=31), at=AT + timedelta(days=1))
    (revised,) = feed(client).entries
    assert revised.id == before.id and revised.updated_parsed > before.updated_parsed
    assert "version 2" in revised.title
    workflow.withdraw(
        second,
        reason="Published too early.",
        after=MilestonesAfter.TAKE_BACK,
        user=make_staff(),
        at=AT + timedelta(days=2),
    )
    (over,) = feed(client).entries
    assert over.id == before.id and over.title.startswith("Withdrawn: ")
    assert over.updated_parsed > revised.updated_parsed


def test_every_dated_milestone_is_an_event_with_two_reminders(client):
    found = publish(make_part_number(model="CE6881"))
    reply = client.get("/announcements/calendar.ics")
    events = Calendar.from_ical(reply.content).walk("VEVENT")
    dated = [when for when in found.dates().values() if when.day]
    assert sorted(e["DTSTART"].dt for e in events) == sorted(when.day for when in dated)
    triggers = [alarm["TRIGGER"].dt for alarm in events[0].walk("VALARM")]
    assert triggers == [timedelta(days=-30), timedelta(days=-7)]


def test_nothing_announced_is_an_empty_feed_and_an_empty_calendar(client):
    assert feed(client).entries == []
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
