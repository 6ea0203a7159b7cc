"""What happened: the append-only trail that every change leaves."""

from typing import Any, NoReturn, Self

from django.db import models


class EventQuerySet(models.QuerySet["Event"]):
    """Reads the trail; refuses to rewrite it."""

    def about(self, record_type: str, *record_ids: int) -> Self:
        """Keep what happened to these records, newest first."""
        return self.filter(record_type=record_type, record_id__in=record_ids).newest_first()

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")

    def update(self, **kwargs: Any) -> NoReturn:
        raise EventIsFinal("An event is written once. Record a further event instead.")

    def delete(self) -> NoReturn:
        raise EventIsFinal("An event is kept. Nothing may delete it.")


class EventIsFinal(Exception):
    """Somebody tried to change what has been recorded."""


class Event(models.Model):
    """One thing that happened: who, when, to what, and the values before and after.

    It keeps ids and labels instead of foreign keys, so that it outlives what it
    is about. `at` is the instant of the act, never the day it takes effect.
    """

    name = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=254)
    organization_id = models.BigIntegerField(null=True)
    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    record_label = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["record_id", "record_type"], name="audit_event_record")]

    def __str__(self) -> str:
        return f"{self.name} {self.record_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise EventIsFinal("An event is written once. Record a further event instead.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise EventIsFinal("An event is kept. Nothing may delete it.")
