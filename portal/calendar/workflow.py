"""The secret address of a person's calendar: made, made anew, switched off, recognised."""

import secrets
from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.db import transaction

from audit import trail
from partners.enums import Permission
from partners.models import Membership
from portal.models import CalendarAddress

_SIGNER = "portal.calendar"


@transaction.atomic
def renew_address(membership: Membership, *, at: datetime) -> CalendarAddress:
    """Give a member an address; one that they had before stops with that."""
    address, _ = CalendarAddress.objects.update_or_create(
        membership=membership,
        defaults={"nonce": secrets.token_urlsafe(18), "renewed_at": at},
    )
    _record("calendar.address_renewed", membership, at)
    return address


@transaction.atomic
def switch_off_address(membership: Membership, *, at: datetime) -> None:
    """End a member's address, if there is one: the very next request finds nothing."""
    ended, _ = CalendarAddress.objects.filter(membership=membership).delete()
    if ended:
        _record("calendar.address_ended", membership, at)


def token_of(address: CalendarAddress) -> str:
    """Return the word of the address that only its owner and we know."""
    return Signer(salt=_SIGNER, sep="~").sign(address.nonce)


def member_of(token: str) -> Membership | None:
    """Return whose address this is; None where it has ended, or was never given.

    The person must be active and still allowed to see units: asked on every request.
    """
    try:
        nonce = Signer(salt=_SIGNER, sep="~").unsign(token)
    except BadSignature:
        return None
    known = CalendarAddress.objects.filter(nonce=nonce, membership__user__is_active=True)
    address = known.select_related("membership__user", "membership__organization").first()
    if address is None or Permission.VIEW_UNITS not in address.membership.permissions:
        return None
    return address.membership


def _record(name: str, membership: Membership, at: datetime) -> None:
    user = membership.user
    organization = membership.organization.code
    trail.record(name, user, actor=user.actor(), at=at, organization=organization)
