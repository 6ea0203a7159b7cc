"""Queuing an event for an organization's programs, in the transaction of what happened."""

import logging
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerDown
from redis import RedisError

from partners.models import Organization
from webhooks.enums import Event
from webhooks.models import Delivery, Endpoint

logger = logging.getLogger(__name__)
DELIVERY = "webhooks.tasks.deliver_due"


def queue(
    organization: Organization, event: Event, payload: dict[str, Any], *, key: str, at: datetime
) -> None:
    """Queue an event for every endpoint that asked for it, once for each `key`."""
    endpoints = Endpoint.unscoped.filter(organization=organization, is_on=True)
    send_to(
        [endpoint for endpoint in endpoints if event.value in endpoint.events],
        event,
        payload,
        key=key,
        at=at,
    )


def send_to(
    endpoints: list[Endpoint], event: Event, payload: dict[str, Any], *, key: str, at: datetime
) -> None:
    """Queue an event for these endpoints, in the caller's transaction."""
    deliveries = [
        Delivery(
            endpoint=endpoint,
            key=key[:200],
            event=event.value,
            payload=payload,
            queued_at=at,
            due_at=at,
        )
        for endpoint in endpoints
    ]
    if deliveries:
        Delivery.unscoped.bulk_create(deliveries, ignore_conflicts=True)
        transaction.on_commit(hint)


def hint() -> None:
    """Tell the worker that something waits. A lost hint costs half a minute."""
    try:
        current_app.send_task(DELIVERY, retry=False)
    except (BrokerDown, RedisError, OSError):
        logger.warning("The broker is down; the timetable will deliver what is queued.")
