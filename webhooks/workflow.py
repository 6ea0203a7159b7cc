"""Every write that a person makes about webhooks."""

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.second_factor import SecondFactorAdapter
from audit import trail
from partners.models import Organization, User
from webhooks.enums import DeliveryStatus, Event
from webhooks.models import Delivery, Endpoint
from webhooks.policy import AddressRefused, require_url
from webhooks.queueing import hint, send_to

PREFIX = "whsec_"
MOST = 10
"""Endpoints of one organization."""


def add(
    organization: Organization, url: str, events: Sequence[str], *, user: User, at: datetime
) -> tuple[Endpoint, str]:
    """Add an endpoint and return it with its secret, which is shown this once.

    Raises: AddressRefused.
    """
    require_url(url, allowed=settings.WEBHOOK_LOCAL_RECEIVERS)
    secret = _new_secret()
    try:
        with transaction.atomic():
            Organization.objects.select_for_update().get(pk=organization.pk)
            if Endpoint.unscoped.filter(organization=organization).count() >= MOST:
                raise AddressRefused(f"There are {MOST} webhooks. Delete one that you do not use.")
            endpoint: Endpoint = Endpoint.unscoped.create(
                organization=organization,
                url=url,
                events=sorted(events),
                secret=SecondFactorAdapter().encrypt(secret),
                made_at=at,
                made_by=str(user),
            )
            said = {"url": url, "events": sorted(events)}
            trail.record("webhook.added", endpoint, actor=user.actor(), at=at, **said)
    except IntegrityError as twice:
        raise AddressRefused("There is a webhook for this address. Change that one.") from twice
    return endpoint, secret


def _new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def rotate(endpoint: Endpoint, *, user: User, at: datetime) -> str:
    """Give an endpoint a new secret and return it; for a day the former one signs as well."""
    secret = _new_secret()
    with transaction.atomic():
        locked = _locked(endpoint)
        locked.former_secret, locked.rotated_at = locked.secret, at
        locked.secret = SecondFactorAdapter().encrypt(secret)
        locked.save()
        trail.record("webhook.rotated", locked, actor=user.actor(), at=at)
    return secret


def switch(endpoint: Endpoint, *, is_on: bool, user: User, at: datetime) -> None:
    """Switch an endpoint on or off; what waits for it waits on."""
    with transaction.atomic():
        locked = _locked(endpoint)
        locked.is_on, locked.failing_since, locked.off_reason = is_on, None, ""
        locked.save()
        trail.record("webhook.switched", locked, actor=user.actor(), at=at, is_on=is_on)
        transaction.on_commit(hint)


def ping(endpoint: Endpoint, *, user: User, at: datetime) -> None:
    """Queue a test."""
    with transaction.atomic():
        key = f"ping:{uuid.uuid4()}"
        send_to([endpoint], Event.PING, {"by": str(user)}, key=key, at=at)
        trail.record("webhook.pinged", endpoint, actor=user.actor(), at=at)


def replay(delivery: Delivery, *, user: User, at: datetime) -> None:
    """Send a delivery again, under its own reference."""
    with transaction.atomic():
        again = Delivery.unscoped.filter(pk=delivery.pk).exclude(status=DeliveryStatus.QUEUED)
        if again.update(status=DeliveryStatus.QUEUED, due_at=at, attempts=0, delivered_at=None):
            said = {"delivery": str(delivery.reference)}
            trail.record("webhook.replayed", delivery.endpoint, actor=user.actor(), at=at, **said)
            transaction.on_commit(hint)


def delete(endpoint: Endpoint, *, user: User, at: datetime) -> None:
    """Delete an endpoint with its log; its events remain."""
    with transaction.atomic():
        trail.record("webhook.deleted", endpoint, actor=user.actor(), at=at, url=endpoint.url)
        Endpoint.unscoped.filter(pk=endpoint.pk).delete()


def _locked(endpoint: Endpoint) -> Endpoint:
    locked: Endpoint = Endpoint.unscoped.select_for_update().get(pk=endpoint.pk)
    return locked
