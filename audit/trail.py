"""Writing the trail: the only way an event comes into being, one or many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from audit.models import Event


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, a program with a person's token, or the system itself."""

    kind: str
    id: int | None
    label: str
    organization_id: int | None = None


SYSTEM = Actor(kind="system", id=None, label="Ninety")


def event(
    name: str, record: models.Model, *, actor: Actor, at: datetime, detail: dict[str, Any]
) -> Event:
    """Build an event about `record` without storing it, for `record_all()`."""
    return Event(
        name=name,
        at=at,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:254],
        organization_id=actor.organization_id,
        record_type=record._meta.label_lower,
        record_id=record.pk,
        record_label=str(record)[:120],
        detail=detail,
    )


def record(name: str, record: models.Model, *, actor: Actor, at: datetime, **detail: Any) -> Event:
    """Store one event about `record`, in the caller's transaction.

    `detail` must be JSON: dates as ISO text, money and lengths with their unit.
    """
    happened = event(name, record, actor=actor, at=at, detail=detail)
    happened.save()
    return happened


def record_all(events: Iterable[Event]) -> None:
    """Store many events at once, in the caller's transaction."""
    Event.objects.bulk_create(events, batch_size=2000)
