"""Who is in the channel, and who buys from whom."""

from datetime import datetime

from django.db import transaction

from audit import trail
from audit.trail import Actor
from partners.models import Organization

_TRACKED = [
    "name",
    "kind",
    "buys_from_id",
    "email",
    "country",
    "time_zone",
    "requires_second_factor",
]


class BuysInACircle(Exception):
    """An organization would buy from itself by way of others."""


@transaction.atomic
def save_organization(organization: Organization, *, actor: Actor, at: datetime) -> None:
    """Store a new organization, or what was changed on a known one.

    Raises: BuysInACircle.
    """
    require_no_circle(organization)
    known = Organization.objects.select_for_update().filter(pk=organization.pk).first()
    organization.save()
    if known is None:
        trail.record("partners.organization.added", organization, actor=actor, at=at)
        return
    changes = {
        name: {"before": getattr(known, name), "after": getattr(organization, name)}
        for name in _TRACKED
        if getattr(known, name) != getattr(organization, name)
    }
    if changes:
        trail.record(
            "partners.organization.changed", organization, actor=actor, at=at, changes=changes
        )


def require_no_circle(organization: Organization) -> None:
    """Follow `buys_from` upwards until it ends.

    Raises: BuysInACircle.
    """
    seen: set[int | None] = {organization.pk}
    seller = organization.buys_from
    while seller is not None:
        if seller.pk in seen:
            raise BuysInACircle(f"{organization} would buy from itself, through {seller}.")
        seen.add(seller.pk)
        seller = seller.buys_from
