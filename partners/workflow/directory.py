"""What the public directory of distributors says."""

from datetime import datetime

from django.db import transaction

from audit import trail
from audit.trail import Actor
from partners.enums import OrganizationKind, UsState
from partners.models import DistributorEntry

_TRACKED = ("phone", "email", "hours", "states", "is_listed")


class NotADistributor(Exception):
    """Only distributors have an entry: nobody else applies for others."""


@transaction.atomic
def save_entry(entry: DistributorEntry, *, actor: Actor, at: datetime) -> None:
    """Store a new entry, or what was changed on a known one; its states in one order.

    Raises: NotADistributor.
    """
    if entry.organization.kind != OrganizationKind.DISTRIBUTOR:
        raise NotADistributor(f"{entry.organization} is not a distributor.")
    entry.states = " ".join(state for state in UsState if state in entry.states.split())
    known = DistributorEntry.objects.select_for_update().filter(pk=entry.pk).first()
    entry.save()
    if known is None:
        trail.record("partners.distributor_entry.added", entry, actor=actor, at=at)
        return
    changes = {
        name: {"before": getattr(known, name), "after": getattr(entry, name)}
        for name in _TRACKED
        if getattr(known, name) != getattr(entry, name)
    }
    if changes:
        trail.record(
            "partners.distributor_entry.changed", entry, actor=actor, at=at, changes=changes
        )
