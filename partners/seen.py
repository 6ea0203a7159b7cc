"""Two people at one record: a form remembers what it was shown, and says what came since.

Every change of a record leaves an event, so the length of its trail is its version.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q

from audit.models import Event


class ChangedMeanwhile(Exception):
    """Somebody changed the record after the form was shown; nothing was overwritten."""

    def __init__(self, event: Event | None) -> None:
        self.event = event
        super().__init__(f"{told(event)} Your entries are kept below: compare them, then go on.")


def told(event: Event | None) -> str:
    """Say who changed a record, when, and from what to what."""
    if event is None:
        return "This changed after the page was shown."
    words = event.name.replace(".", " ").replace("_", " ")
    before, after = event.detail.get("before"), event.detail.get("after")
    values = f", from {before} to {after}" if isinstance(before, str | bool) and after else ""
    if changes := event.detail.get("changes"):
        values = "".join(
            f"; {name.removesuffix('_id')} from {_value(v['before'])} to {_value(v['after'])}"
            for name, v in changes.items()
        )
    when = f"{event.at.day} {event.at:%b %Y at %H:%M:%S} UTC"
    return f"{event.actor_label} changed this on {when}, after the page was shown: {words}{values}."


def _value(value: Any) -> str:
    return "empty" if value in (None, "") else str(value)


def mark(records: Iterable[Model]) -> str:
    """Return how far the trail of these records has come, for the form to carry."""
    return str(_events(records).count())


def lock(records: Iterable[Model]) -> None:
    """Let nobody else change these records until the transaction ends."""
    for record in records:
        manager = type(record)._default_manager
        rows = manager.select_for_update(no_key=True)
        rows.filter(pk=record.pk).values_list("pk").first()


def require_unchanged(records: Iterable[Model], shown: str) -> None:
    """Compare the trail with what the form carries; nothing is carried by a first request.

    Call it after `lock()`. Raises: ChangedMeanwhile.
    """
    if shown and shown != mark(records):
        raise ChangedMeanwhile(latest(records))


def latest(records: Iterable[Model]) -> Event | None:
    """Return the last thing that happened to any of these records."""
    return _events(records).order_by("-pk").first()


def _events(records: Iterable[Model]) -> Any:
    about = Q(pk=None)
    for record in records:
        about |= Q(record_type=record._meta.label_lower, record_id=record.pk)
    return Event.objects.filter(about)
