"""Values as programs send them: each checked, each refusal saying what to write."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from rest_framework import serializers

from catalog.policy import (
    InvalidDay,
    TextTooLong,
    UnreadableText,
    clean_text,
    is_plausible_day,
    parse_day,
)


class DayField(serializers.Field):
    """A day as YYYY-MM-DD, from 2000 to 2100."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise serializers.ValidationError("Write the date as text, YYYY-MM-DD.")
        try:
            return parse_day(data)
        except InvalidDay as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal


class MomentField(DayField):
    """An instant with its zone, 2026-03-10T23:30:00-05:00, or a day where no time is known."""

    def to_internal_value(self, data: Any) -> date | datetime:
        if isinstance(data, str) and len(data.strip()) <= 10:
            return super().to_internal_value(data)
        try:
            moment = datetime.fromisoformat(data)
        except (TypeError, ValueError):
            raise serializers.ValidationError(
                "Write an instant as 2026-03-10T23:30:00-05:00, or a day as YYYY-MM-DD."
            ) from None
        if moment.tzinfo is None:
            raise serializers.ValidationError(
                "Add the zone, for example -05:00 or Z: hours are counted between instants."
            )
        if not is_plausible_day(moment.date()):
            raise serializers.ValidationError("The year is not between 2000 and 2100.")
        return moment


class FlagField(serializers.Field):
    """True or false, and no word that might mean either."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, bool):
            raise serializers.ValidationError("Say true or false.")
        return data


class YesNoField(FlagField):
    """True or false, or the words that tables have for it: yes and no."""

    def to_internal_value(self, data: Any) -> Any:
        return data == "yes" if data in ("yes", "no") else super().to_internal_value(data)


class WordsField(serializers.Field):
    """One line of text: composed, trimmed, without control characters."""

    def __init__(self, *, most: int, blank: bool = False, **kwargs: Any) -> None:
        self.most, self.blank = most, blank
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("Write text, in quotation marks.")
        try:
            text = clean_text(data, self.most)
        except (UnreadableText, TextTooLong) as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal
        if not (text or self.blank):
            raise serializers.ValidationError(f"Write 1 to {self.most} characters.")
        return text


class Body(serializers.Serializer):
    """An object of named fields. An unknown name is refused, for it may be a misspelt one."""

    default_error_messages = {"invalid": "Send an object of named fields here."}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError(dict.fromkeys(unknown, "Unknown field."))
        return super().to_internal_value(data)


def pointers(errors: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Walk the nested refusals of a serializer: a JSON pointer and a sentence each."""
    if isinstance(errors, dict):
        for name, inner in errors.items():
            yield from pointers(
                inner, pointer if name == "non_field_errors" else _below(pointer, name)
            )
    elif isinstance(errors, list):
        for place, inner in enumerate(errors):
            yield from pointers(inner, f"{pointer}/{place}" if isinstance(inner, dict) else pointer)
    else:
        yield pointer, str(errors)


def _below(pointer: str, name: str) -> str:
    """Return the pointer to a member, escaped as RFC 6901 has it."""
    escaped = str(name)[:100].replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{escaped}"
