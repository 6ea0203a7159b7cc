"""State changes as data: an edge says from where, to where, and who may."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit import trail
from audit.models import Event


class IllegalTransition(Exception):
    """The record has left the state from which this step starts; says who changed it, and when.

    `state` is in which it is now, where that is not its status. `about` is the record of
    whose trail the change is part, where that is another; `event` is that change.
    """

    def __init__(self, record: Any, *, state: str = "", about: Any = None) -> None:
        self.record = record
        about = about or record
        self.event = _latest(about)
        state = state or record.get_status_display()
        super().__init__(f"{record}: {_uncapitalised(state)} now. {_who(self.event)}")


def _uncapitalised(words: str) -> str:
    """Return words for within a sentence; an abbreviation stays as it is."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _latest(record: Any) -> Event | None:
    """Return the latest change; of those of one instant the one that a person made."""
    events = Event.objects.about(record._meta.label_lower, record.pk)
    newest = events.first()
    if newest is None:
        return None
    return events.filter(at=newest.at, actor_kind="person").first() or newest


def _who(event: Event | None) -> str:
    if event is None:
        return "Reload the page to see it as it is."
    when = f"{event.at.day} {event.at:%b %Y at %H:%M:%S} UTC"
    return f"{event.actor_label} changed this on {when}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One edge. `is_permitted(record, user)` decides who may take it.

    Where `target` is None the effect sets the state, or leaves it.
    """

    event: str
    sources: frozenset[str]
    target: str | None
    is_permitted: Callable[[Any, Any], bool]

    def allows(self, record: Any, user: Any) -> bool:
        """Tell whether a page may offer this step to `user`."""
        return record.status in self.sources and self.is_permitted(record, user)

    def require(self, record: Any, user: Any) -> None:
        """Raises: PermissionDenied; IllegalTransition if the record has left `sources`."""
        if not self.is_permitted(record, user):
            raise PermissionDenied("Your role does not include this step.")
        if record.status not in self.sources:
            raise IllegalTransition(record)

    @contextmanager
    def on(self, record: Any, *, user: Any, at: datetime, **detail: Any) -> Iterator[Any]:
        """Lock `record`, yield it for the effect, then save it with its event.

        Raises: PermissionDenied; IllegalTransition if it has left `sources`.
        """
        with transaction.atomic():
            locked = type(record).unscoped.select_for_update().get(pk=record.pk)
            self.require(locked, user)
            before = locked.status
            yield locked
            if self.target is not None:
                locked.status = self.target
            locked.save()
            detail |= {"before": before, "after": locked.status}
            trail.record(self.event, locked, actor=user.actor(), at=at, **detail)
