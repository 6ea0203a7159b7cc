"""Two people at one record: a form remembers what it was shown, and says what came since.

Every change of a record leaves an event, so the length of its trail is its version.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Model, Q

from audit.models import Event

NAMED = 4
"""How many later events a refusal names."""


class ChangedMeanwhile(Exception):
    """Somebody changed the record after the form was shown; nothing was overwritten."""

    def __init__(self, events: list[Event]) -> None:
        super().__init__(f"{told(events)} Your entries are kept below: compare them, then go on.")


def told(events: list[Event]) -> str:
    """Say who changed a record, when, and from what to what, the first change first."""
    if not events:
        return "This changed after the page was shown."
    first = events[0]
    when = f"{first.at.day} {first.at:%b %Y at %H:%M:%S} UTC"
    changes = "; then ".join(_in_words(event) for event in events[:NAMED])
    return f"{first.actor_label} changed this on {when}, after the page was shown: {changes}."


def _in_words(event: Event) -> str:
    words = event.name.replace(".", " ").replace("_", " ")
    if changes := event.detail.get("changes"):
        return words + "".join(
            f", {name.removesuffix('_id')} from {_value(v['before'])} to {_value(v['after'])}"
            for name, v in changes.items()
        )
    before, after = event.detail.get("before"), event.detail.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        before, after = before.get("starts_on"), after.get("starts_on")
    is_plain = isinstance(before, str) and isinstance(after, str)
    return f"{words} from {before} to {after}" if is_plain else words


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
        raise ChangedMeanwhile(since(records, shown))


def since(records: Iterable[Model], shown: str) -> list[Event]:
    """Return what happened to these records after the form was shown, the first first."""
    known = int(shown) if shown.isdecimal() and len(shown) < 10 else 0
    return list(_events(records).order_by("pk")[known:])


def _events(records: Iterable[Model]) -> Any:
    about = Q(pk=None)
    for record in records:
        about |= Q(record_type=record._meta.label_lower, record_id=record.pk)
    return Event.objects.filter(about)


class WatchedForm(forms.ModelForm):
    """A form of one record, by which the later of two people saves nothing unseen.

    `shown` carries how far the trail of the record had come when the form was shown. The
    caller holds the transaction in which the form is checked and its values are saved.
    """

    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["shown"] = mark([self.instance])

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk:
            self._require_unchanged(values.get("shown", ""))
        return values

    def _require_unchanged(self, shown: str) -> None:
        """Refuse to save over what somebody else has saved since; the next try may."""
        records = [self.instance]
        lock(records)
        try:
            require_unchanged(records, shown)
        except ChangedMeanwhile as conflict:
            self.add_error(None, str(conflict))
            again: Any = self.data
            self.data = again = again.copy()
            again[self.add_prefix("shown")] = mark(records)
