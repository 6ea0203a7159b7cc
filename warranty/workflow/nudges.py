"""Reminding partners of installation reports that are missing, before day 90 (mail 12)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from audit import trail
from notifications import kinds, outbox, preferences
from notifications.models import Message
from notifications.policy import collected_at
from partners.models import Organization
from warranty.models.nudges import Nudge, due_nudges

TEMPLATE = "warranty/nudge"
PARTNERS = 500
"""How many partners are told in one transaction."""


@dataclass(frozen=True, slots=True)
class NudgeResult:
    """How many partners were told, of how many shipments."""

    partners: int
    shipments: int


def send_nudges(*, as_of: date, at: datetime, size: int = PARTNERS) -> NudgeResult:
    """Tell each partner once a day which of its shipments near day 90 lack a report.

    Each (partner, shipment, step) is told once, however often this runs, by how many
    at once, and after however long a pause: then the latest step alone is told.
    Source: policy section 8.
    """
    due = [list(group) for _, group in groupby(due_nudges(as_of=as_of), lambda n: n.partner_id)]
    told = [
        nudge
        for first in range(0, len(due), size)
        for nudge in _tell([n for group in due[first : first + size] for n in group], as_of, at)
    ]
    return NudgeResult(len({nudge.partner_id for nudge in told}), len(told))


@transaction.atomic
def _tell(nudges: list[Nudge], as_of: date, at: datetime) -> list[Nudge]:
    """Write down what some partners are told, with its event and its mail.

    Their rows are locked: another run waits here, then finds them told today.
    """
    ids = sorted({nudge.partner_id for nudge in nudges})
    locked = Organization.objects.select_for_update(no_key=True).filter(pk__in=ids)
    partners = {partner.pk: partner for partner in locked.order_by("pk")}
    today = Nudge.unscoped.filter(partner__in=ids, told_on=as_of)
    told = set(today.values_list("partner_id", flat=True))
    nudges = [nudge for nudge in nudges if nudge.partner_id not in told]
    for nudge in nudges:
        nudge.told_at = at
    Nudge.unscoped.bulk_create(nudges, batch_size=1000)
    trail.record_all(
        trail.event(
            "partner.reminded",
            partners[nudge.partner_id],
            actor=trail.SYSTEM,
            at=at,
            detail={"shipment": nudge.shipment_id, "day": nudge.step},
        )
        for nudge in nudges
    )
    outbox.queue_all(_messages(nudges, as_of=as_of, at=at))
    return nudges


def _messages(nudges: list[Nudge], *, as_of: date, at: datetime) -> Iterator[Message]:
    """Make a mail for each reader: today's, or the one that collects the week.

    Who reads once a week hears today all the same of a day 90 before that Monday.
    """
    closes_at = collected_at(at, ZoneInfo(settings.BUSINESS_TIME_ZONE))
    monday = closes_at.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE)).date()
    readers = outbox.recipients_by_organization({nudge.partner_id for nudge in nudges})
    addresses = [address for found in readers.values() for address in found]
    choices = preferences.choices_about(kinds.of_template(TEMPLATE), addresses, [])
    for partner, group in groupby(nudges, lambda nudge: nudge.partner_id):
        caps = [nudge.cap_on for nudge in group]
        for address in readers[partner]:
            if not choices.is_weekly(address):
                context = {"day": as_of.isoformat()}
                yield _message(f"{partner}:{as_of}", partner, address, context, at=at)
                continue
            if min(caps) < monday:
                context = {"day": as_of.isoformat(), "before": monday.isoformat()}
                yield _message(f"{partner}:{as_of}", partner, address, context, at=at)
            if max(caps) >= monday:
                context = {"monday": monday.isoformat()}
                key = f"{partner}:week:{monday}"
                yield _message(key, partner, address, context, at=at, due_at=closes_at)


def _message(
    key: str,
    partner_id: int,
    address: str,
    context: dict[str, str],
    *,
    at: datetime,
    due_at: datetime | None = None,
) -> Message:
    return outbox.message(
        TEMPLATE, f"nudges:{key}", address, partner_id, context, at, due_at=due_at
    )
