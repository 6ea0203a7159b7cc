"""State changes as data: an edge says from where, to where, and who may."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit import trail


class IllegalTransition(Exception):
    """The record has left the state from which this step starts."""

    def __init__(self, record: Any) -> None:
        self.record = record
        super().__init__(
            f"{record} is {record.get_status_display().lower()} now. "
            "Reload the page to see who changed it and when."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One edge. `is_permitted(record, user)` decides who may take it."""

    event: str
    sources: frozenset[str]
    target: str
    is_permitted: Callable[[Any, Any], bool]

    def allows(self, record: Any, user: Any) -> bool:
        """Tell whether a page may offer this step to `user`."""
        return record.status in self.sources and self.is_permitted(record, user)

    @contextmanager
    def on(self, record: Any, *, user: Any, at: datetime, **detail: Any) -> Iterator[Any]:
        """Lock `record`, yield it for the effect, then save it with its event.

        Raises: PermissionDenied; IllegalTransition if it has left `sources`.
        """
        with transaction.atomic():
            locked = type(record).unscoped.select_for_update().get(pk=record.pk)
            if not self.is_permitted(locked, user):
                raise PermissionDenied("Your role does not include this step.")
            if locked.status not in self.sources:
                raise IllegalTransition(locked)
            before = locked.status
            yield locked
            locked.status = self.target
            locked.save()
            detail |= {"before": before, "after": self.target}
            trail.record(self.event, locked, actor=user.actor(), at=at, **detail)
