"""Sending what is queued: one delivery at a time, claimed by a lease, never in a transaction.

A receiver may get the same delivery twice, when a sender died after it was taken; its
reference is the same both times.
"""

import json
import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.second_factor import SecondFactorAdapter
from audit import trail
from notifications import outbox
from notifications.delivery import why_held
from webhooks import wire
from webhooks.enums import DeliveryStatus
from webhooks.models import Delivery, Endpoint
from webhooks.policy import BOTH_SECRETS, DELAYS, PATIENCE, signature

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
"""Longer than the slowest send."""
GOOD = range(200, 300)


def deliver_next(*, at: datetime) -> bool:
    """Claim the next due delivery and send it; return whether there was one."""
    delivery = None if why_held() else _claim(at=at)
    if delivery is None:
        return False
    try:
        status = wire.post(delivery.endpoint.url, *_envelope(delivery, at=at))
        problem = "" if status in GOOD else f"The receiver answered {status}."
    except Exception as why:  # whatever it is, it concerns this receiver alone
        status, problem = None, f"{type(why).__name__}: {why}"
    if problem:
        logger.warning("Delivery %s was not taken: %s", delivery.reference, problem)
        _put_off(delivery, status, " ".join(problem.split())[:300], at=at)
    else:
        _mark(delivery, status, at=at)
    return True


def _claim(*, at: datetime) -> Delivery | None:
    with transaction.atomic():
        due = Delivery.unscoped.deliverable(at).order_by("due_at", "pk")
        delivery: Delivery | None = due.select_for_update(skip_locked=True, of=("self",)).first()
        if delivery is None:
            return None
        lease = {"claimed_until": at + LEASE, "attempts": F("attempts") + 1}
        if not Delivery.unscoped.deliverable(at).filter(pk=delivery.pk).update(**lease):
            return None
        delivery.claimed_until, delivery.attempts = at + LEASE, delivery.attempts + 1
        return delivery


def secrets_of(endpoint: Endpoint, *, at: datetime) -> list[str]:
    """Return what signs for an endpoint: its secret, and for a day the former one."""
    vault = SecondFactorAdapter()
    secrets = [vault.decrypt(endpoint.secret)]
    if endpoint.former_secret and endpoint.rotated_at and at < endpoint.rotated_at + BOTH_SECRETS:
        secrets.append(vault.decrypt(endpoint.former_secret))
    return secrets


def _envelope(delivery: Delivery, *, at: datetime) -> tuple[bytes, dict[str, str]]:
    """Return body and headers; the body is the same on every try, the timestamp is not."""
    told = {
        "id": str(delivery.reference),
        "event": delivery.event,
        "at": delivery.queued_at.isoformat(),
        "data": delivery.payload,
    }
    body = json.dumps(told, separators=(",", ":"), sort_keys=True).encode()
    secrets = secrets_of(delivery.endpoint, at=at)
    return body, {
        "Content-Type": "application/json",
        "User-Agent": "Ninety-Webhooks/1",
        "Ninety-Event": delivery.event,
        "Ninety-Delivery": str(delivery.reference),
        "Ninety-Signature": signature(secrets, timestamp=int(at.timestamp()), body=body),
    }


def _mine(delivery: Delivery) -> QuerySet[Delivery]:
    mine: QuerySet[Delivery] = Delivery.unscoped.filter(
        pk=delivery.pk, status=DeliveryStatus.QUEUED, claimed_until=delivery.claimed_until
    )
    return mine


def _mark(delivery: Delivery, status: int | None, *, at: datetime) -> None:
    _mine(delivery).update(
        status=DeliveryStatus.DELIVERED,
        delivered_at=at,
        answer=status,
        last_error="",
        claimed_until=None,
    )
    Endpoint.unscoped.filter(pk=delivery.endpoint_id).update(failing_since=None)


def _put_off(delivery: Delivery, status: int | None, problem: str, *, at: datetime) -> None:
    """Set the next try, or give up after the last; a receiver that fails for days is left."""
    is_last = delivery.attempts > len(DELAYS)
    _mine(delivery).update(
        status=DeliveryStatus.FAILED if is_last else DeliveryStatus.QUEUED,
        due_at=at if is_last else at + DELAYS[delivery.attempts - 1],
        answer=status,
        last_error=problem,
        claimed_until=None,
    )
    with transaction.atomic():
        endpoint = Endpoint.unscoped.select_for_update().get(pk=delivery.endpoint_id)
        endpoint.failing_since = endpoint.failing_since or at
        if endpoint.is_on and at - endpoint.failing_since >= PATIENCE:
            _switch_off(endpoint, problem, at=at)
        endpoint.save()


def _switch_off(endpoint: Endpoint, problem: str, *, at: datetime) -> None:
    endpoint.is_on, endpoint.off_reason = False, problem
    trail.record("webhook.switched_off", endpoint, actor=trail.SYSTEM, at=at, reason=problem)
    outbox.tell(
        "webhooks/switched_off",
        key=f"webhook-off:{endpoint.pk}:{at.isoformat()}",
        organization=endpoint.organization,
        context={
            "url": endpoint.url,
            "problem": problem,
            "path": f"/organization/webhooks/{endpoint.reference}/",
        },
        at=at,
    )
