"""Saying of several announcements at once that the organization has read them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse

from catalog.policy import day_text
from jobs.lists.batches import Batch, Refused
from jobs.lists.ticked import Row, Told, counted
from lifecycle import facts, policy, workflow
from lifecycle.models import Announcement, Holding
from partners import clock
from partners.enums import Permission

NEWER = "It was revised or withdrawn meanwhile. Read it as it is now first."


def key_of(announcement: Announcement) -> str:
    """Name the version that somebody has read, and not one that comes after it."""
    return f"{announcement.slug}.{announcement.version}"


class AcknowledgeSeveral(Batch):
    """Notes for each that the organization has read it; who says so stays named."""

    permissions = {"GET": Permission.VIEW_UNITS, "POST": Permission.VIEW_UNITS}
    url_name, label = "announcements-read", "We have read them"
    list_name, list_label, noun = "announcements", "Announcements", "announcement"
    verb, past = "Acknowledge", "noted as read"
    promise = (
        "Huawei sees that your organization has read them, and your name. If one cannot be "
        "noted, the others are."
    )

    def found(self, keys: Sequence[str]) -> list[Holding]:
        """Return what the organization held of these versions when they came out."""
        named = [key.rpartition(".")[::2] for key in keys]
        wanted = Q(pk=None)
        for slug, version in named:
            if version.isascii() and version.isdecimal() and len(version) < 5:
                wanted |= Q(number=slug.upper(), version=int(version))
        public = Announcement.objects.public().with_subject_matter().filter(wanted)
        announcements = {each.pk: each for each in public}
        holdings = Holding.objects.for_organization(self.organization)
        mine = list(holdings.filter(announcement__in=announcements).order_by("-announcement"))
        for holding in mine:
            holding.announcement = announcements[holding.announcement_id]
            holding.organization = self.organization
        return mine

    def row(self, record: Holding) -> Row:
        announcement = record.announcement
        return Row(
            key=key_of(announcement),
            label=announcement.subject,
            url=reverse("announcement-version", args=[announcement.slug, announcement.version]),
            about=str(announcement),
        )

    def will(self, record: Holding) -> list[str]:
        if record.acknowledged_at is not None:
            day = day_text(clock.business_day(record.acknowledged_at))
            raise Refused(f"{record.acknowledged_by} has read it, {day}.")
        if not record.is_to_read:
            raise Refused(NEWER)
        dates = facts.common_dates(record.announcement)
        named = [f"{kind.label}: {when.text}" for kind, when in dates.items()]
        what = f"{policy.headline(dates)} of {counted(record.units, 'unit')} of yours"
        return [
            f"It is noted that you have read of the {what[:1].lower()}{what[1:]}.",
            "; ".join(named),
        ]

    def is_done(self, record: Holding, form: Any) -> bool:
        return record.acknowledged_at is not None

    def perform(self, record: Holding, form: Any) -> Told:
        if not workflow.acknowledge(record, user=self.request.user, at=clock.now()):
            raise Refused("Somebody of your organization has said so already.")
        return Told("Noted. It stands on its page.")
