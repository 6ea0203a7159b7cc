"""Announcements for feed readers and calendar programs: the same facts give the same bytes."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from icalendar import Alarm, Calendar, Event

from catalog.enums import MilestoneKind
from catalog.milestones import MilestoneDate
from lifecycle.enums import AnnouncementStatus
from lifecycle.facts import named_dates
from lifecycle.models import Announcement

TITLE = "Life-cycle announcements"
REMINDERS = (timedelta(days=30), timedelta(days=7))
"""How long before a milestone a calendar program reminds."""
BEGAN = 2018
"""The year in which the names of entries are rooted, as RFC 4151 asks."""


def atom(announcements: Iterable[Announcement]) -> str:
    """Return the feed, an entry for each number; a revision changes its entry."""
    page = _address("announcements")
    feed = Atom1Feed(
        title=TITLE,
        link=page,
        description="",
        feed_url=_address("announcements-atom"),
        language="en",
    )
    for announcement in announcements:
        is_over = announcement.status == AnnouncementStatus.WITHDRAWN
        feed.add_item(
            title=f"{'Withdrawn: ' if is_over else ''}{announcement}: {announcement.subject}",
            link=_page(announcement),
            description="\n".join(_lines(announcement)),
            unique_id=f"tag:{_host()},{BEGAN}:{announcement.slug}",
            updateddate=announcement.ended_at if is_over else announcement.published_at,
        )
    return feed.writeString("utf-8")


def calendar(announcements: Iterable[Announcement]) -> bytes:
    """Return the milestones as all-day events that move when an announcement is revised."""
    found = Calendar()
    found.add("prodid", "-//Ninety//Announcements//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", TITLE)
    for announcement in announcements:
        for product, dates in sorted(announcement.dates_by_product().items(), key=_common_first):
            for kind, when in dates.items():
                if when.day and (product is None or _is_own(announcement, kind, when)):
                    found.add_component(_event(announcement, product, kind, when))
    return bytes(found.to_ical())


def _common_first(pair: tuple[int | None, object]) -> int:
    return pair[0] or 0


def _is_own(announcement: Announcement, kind: MilestoneKind, when: MilestoneDate) -> bool:
    """Tell whether a product's milestone differs from that of all the others."""
    return announcement.dates().get(kind) != when


def _event(
    announcement: Announcement, product: int | None, kind: MilestoneKind, when: MilestoneDate
) -> Event:
    models = [p.model for p in announcement.products if product in (None, p.pk)]
    event = Event()
    own = f"-{product}" if product else ""
    event.add("uid", f"{announcement.slug}-{kind.value}{own}@{_host()}")
    event.add("dtstart", when.day)
    event.add("dtstamp", announcement.published_at)
    event.add("sequence", announcement.version - 1)
    event.add("summary", f"{kind.label}: {announcement.subject}")
    event.add("description", f"{when.text}. {', '.join(models)}. {announcement}")
    event.add("url", _page(announcement))
    event.add("transp", "TRANSPARENT")
    for before in REMINDERS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"{kind.label}, {when.text}")
        alarm.add("trigger", -before)
        event.add_component(alarm)
    return event


def _lines(announcement: Announcement) -> Iterator[str]:
    for model, dates in named_dates(announcement):
        said = "; ".join(f"{kind.label.lower()} {when.text}" for kind, when in dates.items())
        yield f"{model}: {said}."


def _page(announcement: Announcement) -> str:
    return settings.BASE_URL + reverse("announcement", args=[announcement.slug])


def _address(name: str) -> str:
    return settings.BASE_URL + reverse(name)


def _host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"
