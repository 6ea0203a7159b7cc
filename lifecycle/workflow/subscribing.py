"""Asking for news of every announcement, and stopping that."""

from datetime import datetime

from django.db import transaction

from audit import trail
from lifecycle.models import Subscription
from partners.models import Organization, User


@transaction.atomic
def subscribe(*, user: User, organization: Organization, at: datetime) -> bool:
    """Let a person read of every announcement once a week; tell whether that is new."""
    _, is_new = Subscription.unscoped.get_or_create(
        user=user, organization=organization, defaults={"since": at}
    )
    if is_new:
        trail.record("announcements.subscribed", user, actor=user.actor(), at=at)
    return is_new


@transaction.atomic
def unsubscribe(*, user: User, organization: Organization, at: datetime) -> bool:
    """Stop that; mails about units of their own organization go on. Tell whether it was on."""
    count, _ = Subscription.unscoped.filter(user=user, organization=organization).delete()
    if count:
        trail.record("announcements.unsubscribed", user, actor=user.actor(), at=at)
    return bool(count)
