"""Who gets the news of a record, and who has muted them.

A record is named as its mails name what they are about: `case:DOA-2026-00318`. A mute
stops news; what waits for its reader comes all the same.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from notifications.models import Follower
from partners.models import Membership, Organization, User


def follow(
    record: str,
    address: str,
    *,
    organization: Organization | None,
    user: User | None = None,
    at: datetime,
) -> None:
    """Let an address follow a record, in the caller's transaction; once is enough."""
    follower = Follower(
        record=record,
        address=address.lower(),
        organization=organization,
        user=user,
        followed_at=at,
    )
    Follower.objects.bulk_create([follower], ignore_conflicts=True)
    nobody = Follower.objects.filter(record=record, address=address.lower(), organization=None)
    nobody.update(organization=organization, user=user)


def follow_as(user: User, record: str, *, organization: Organization, at: datetime) -> None:
    """Let a person follow a record for as long as they belong to `organization`."""
    follow(record, user.email, organization=organization, user=user, at=at)


def mute(record: str, address: str, *, at: datetime) -> bool:
    """Stop the news of a record for an address; tell whether that changed anything."""
    follow(record, address, organization=None, at=at)
    mine = Follower.objects.filter(record=record, address=address.lower(), muted_at=None)
    return bool(mine.update(muted_at=at))


def unmute(record: str, address: str, *, at: datetime) -> bool:
    """Let the news of a record come again; tell whether that changed anything."""
    mine = Follower.objects.filter(record=record, address=address.lower())
    return bool(mine.exclude(muted_at=None).update(muted_at=None))


def is_muted(record: str, address: str) -> bool:
    mine = Follower.objects.filter(record=record, address=address.lower())
    return mine.exclude(muted_at=None).exists()


def addresses_of(record: str, *, with_muted: bool = False) -> list[str]:
    """Return who is told of a record, the first follower first.

    `with_muted` is for what waits for its reader. An account that is closed or has left
    its organization is told nothing.
    """
    member = Membership.objects.filter(
        user=OuterRef("user"), organization=OuterRef("organization"), user__is_active=True
    )
    followers = Follower.objects.filter(Q(user=None, organization__isnull=False) | Exists(member))
    followers = followers.filter(record=record)
    if not with_muted:
        followers = followers.filter(muted_at=None)
    return list(followers.order_by("pk").values_list("address", flat=True))
