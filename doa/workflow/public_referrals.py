"""Referrals of strangers: seen by nobody until the address that made them is confirmed."""

from datetime import datetime, timedelta

from django.db import transaction

from audit import trail
from audit.trail import Actor
from doa.enums import ReferralStatus
from doa.models import Referral
from doa.routing import distributor_of, unit_meant
from doa.workflow.referral_news import REFERRAL_LASTS
from doa.workflow.referrals import (
    Contact,
    Told,
    insert,
    new_referral,
    tell_distributor,
)
from notifications import outbox

CONFIRM_WITHIN = timedelta(days=3)
"""For how long the link in the mail confirms; after that nothing is kept."""


class ConfirmationEnded(Exception):
    """The link was used, or it came too late."""


@transaction.atomic
def refer_publicly(
    serial: str, part_number: str, *, told: Told, contact: Contact, at: datetime
) -> Referral:
    """Take what a stranger says of a unit, known or not, and ask by mail whether it was them."""
    referral = new_referral(serial, part_number, told, contact, at=at)
    referral.status = ReferralStatus.UNCONFIRMED
    referral.save()
    trail.record("referral.asked", referral, actor=_stranger(referral), at=at, unit=serial)
    outbox.enqueue(
        "doa/referral_confirm",
        key=f"referral:{referral.pk}:confirm",
        to=referral.contact_email,
        organization=None,
        context={"referral": referral.pk},
        at=at,
    )
    return referral


def _stranger(referral: Referral) -> Actor:
    return Actor("person", None, referral.contact_email)


def waits_for_confirmation(referral: Referral, *, at: datetime) -> bool:
    is_new = referral.status == ReferralStatus.UNCONFIRMED
    return is_new and at <= referral.created_at + CONFIRM_WITHIN


@transaction.atomic
def confirm(referral: Referral, *, at: datetime) -> Referral:
    """Let a referral go to the distributor as the chain of the unit stands now.

    Raises: ConfirmationEnded; AlreadyReferred where the same person has referred it.
    """
    locked: Referral = Referral.unscoped.select_for_update().get(pk=referral.pk)
    if not waits_for_confirmation(locked, at=at):
        raise ConfirmationEnded("This link was used, or it came too late.")
    locked.unit = unit_meant(locked.serial, locked.part_number)
    locked.distributor = distributor_of(locked.unit) if locked.unit else None
    locked.status, locked.confirmed_at = ReferralStatus.OPEN, at
    locked.expires_at = at + REFERRAL_LASTS
    insert(locked)
    trail.record("referral.opened", locked, actor=_stranger(locked), at=at, unit=locked.serial)
    tell_distributor(locked, at=at)
    return locked


def forget_unconfirmed(*, at: datetime) -> int:
    """Delete what nobody confirmed in time; return how much that was."""
    unconfirmed = Referral.unscoped.filter(status=ReferralStatus.UNCONFIRMED)
    deleted, _ = unconfirmed.filter(created_at__lt=at - CONFIRM_WITHIN).delete()
    return deleted
