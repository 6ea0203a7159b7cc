"""What the mails about announcements contain, looked up when they are sent."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from catalog.milestones import NOT_ANNOUNCED
from lifecycle import policy
from lifecycle.enums import HoldingChange, MilestonesAfter
from lifecycle.models import Announcement, Dates, Holding, Subscription
from notifications.content import Content, NothingToSay, of
from notifications.models import Message
from notifications.policy import closes_at

NAMED = 3
"""How many products a subject names."""


@of("lifecycle/announced")
def announced(message: Message) -> Content:
    """Say what ends when, and how many units of the reader's organization that concerns.

    It says what holds when it is sent. Raises: NothingToSay where a later version tells
    this holder by itself, and once the announcement is withdrawn.
    """
    announcement, holding = _in_force(message)
    path = reverse("announcement", args=[announcement.slug])
    return Content(
        {
            **_facts(announcement),
            "count": holding.units,
            "is_released": holding.change == HoldingChange.RELEASED,
            "is_revision": holding.change in (HoldingChange.CHANGED, HoldingChange.RELEASED),
            "path": path,
        }
    )


def _in_force(message: Message) -> tuple[Announcement, Holding]:
    """Return the version that holds by now, and what it means to the reader."""
    told = _announcement(message)
    versions = Announcement.objects.in_force().with_subject_matter()
    announcement = versions.filter(number=told.number).first()
    if announcement is None:
        raise NothingToSay("The announcement was withdrawn meanwhile.")
    held = Holding.unscoped.filter(organization=message.organization_id)
    holding = held.filter(announcement=announcement).first()
    if announcement != told and (holding is None or HoldingChange(holding.change).is_news):
        raise NothingToSay("A later version is out, and tells by itself whom it concerns.")
    return announcement, holding or held.get(announcement=told)


@of("lifecycle/withdrawn")
def withdrawn(message: Message) -> Content:
    """Say that an announcement no longer holds, and which dates stand from now on."""
    announcement = _announcement(message)
    return Content(
        {
            **_facts(announcement),
            "reason": announcement.reason,
            "is_taken_back": message.context["after"] == MilestonesAfter.TAKE_BACK,
            "path": reverse("announcement", args=[announcement.slug]),
        }
    )


@of("lifecycle/digest")
def digest(message: Message) -> Content:
    """Collect what came out in one week: all of it for subscribers, else what concerns them.

    Raises: NothingToSay when nothing of it holds any more.
    """
    monday, zone = (
        date.fromisoformat(message.context["monday"]),
        ZoneInfo(settings.BUSINESS_TIME_ZONE),
    )
    since, until = closes_at(monday - timedelta(days=7), zone), closes_at(monday, zone)
    published = (
        Announcement.objects.in_force()
        .filter(published_at__gt=since, published_at__lte=until)
        .with_subject_matter()
        .newest_first()
    )
    held = Holding.unscoped.filter(organization=message.organization_id, announcement__in=published)
    counts = {row.announcement_id: row for row in held}
    reads_all = _is_subscriber(message)
    rows = [
        _digest_row(row, counts.get(row.pk))
        for row in published
        if reads_all or (row.pk in counts and counts[row.pk].told_at)
    ]
    if not rows:
        raise NothingToSay("What came out in this week does not hold any more.")
    return Content({"rows": rows, "path": reverse("announcements"), "monday": monday})


def _digest_row(announcement: Announcement, holding: Holding | None) -> dict[str, Any]:
    path = reverse("announcement", args=[announcement.slug])
    return {**_facts(announcement), "count": holding.units if holding else 0, "path": path}


def _is_subscriber(message: Message) -> bool:
    rows = Subscription.unscoped.filter(organization=message.organization_id)
    return rows.filter(user__email=message.recipient).exists()


def _announcement(message: Message) -> Announcement:
    found = Announcement.objects.with_subject_matter()
    announcement: Announcement = found.get(pk=message.context["announcement"])
    return announcement


def _facts(announcement: Announcement) -> dict[str, Any]:
    """Return what every mail says of an announcement."""
    models = [product.model for product in announcement.products]
    more = len(models) - NAMED
    named = ", ".join(models[:NAMED]) + (f" and {more} more" if more > 0 else "")
    by_product = announcement.dates_by_product()
    replaced = [(row, row.replacement) for row in announcement.affected.all() if row.replacement]
    return {
        "announcement": announcement,
        "headline": policy.headline(_any_dates(by_product)),
        "models": named,
        "milestones": [(kind.label, when.text) for kind, when in by_product[None].items()],
        "own_milestones": [
            (product.model, _in_words(by_product[product.pk]))
            for product in announcement.products
            if by_product[product.pk] != by_product[None]
        ],
        "replacements": replaced,
    }


def _any_dates(by_product: dict[int | None, Dates]) -> Dates:
    """Return the dates that name an announcement: the common ones, or else the first."""
    return next((dates for dates in by_product.values() if dates), {})


def _in_words(dates: Dates) -> str:
    said = [f"{k.label.lower()} {when.text}" for k, when in dates.items() if when != NOT_ANNOUNCED]
    return ", ".join(said)
