"""Fields that several forms of the desk share."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone

from catalog.policy import TextTooLong, UnreadableText, clean_text

LONGEST = 4000
"""Characters of the longest text that a form of the desk takes."""


class StaffTime(forms.DateTimeField):
    """An instant on the clock of the staff, whose zone its label names."""

    def __init__(self, **fields: Any) -> None:
        shape = "%Y-%m-%dT%H:%M"
        fields.setdefault(
            "widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format=shape)
        )
        super().__init__(**fields)

    @staticmethod
    def here(at):
        """Return an instant on that clock."""
        return at.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE))

    def prepare_value(self, value):
        with timezone.override(ZoneInfo(settings.BUSINESS_TIME_ZONE)):
            return super().prepare_value(value)

    def to_python(self, value):
        with timezone.override(ZoneInfo(settings.BUSINESS_TIME_ZONE)):
            return super().to_python(value)


class TextField(forms.CharField):
    """Text as people type it, on several lines, without what no screen shows."""

    def to_python(self, value):
        lines = super().to_python(value).replace("\r\n", "\n").split("\n")
        try:
            cleaned = "\n".join(clean_text(line.replace("\t", " "), LONGEST) for line in lines)
        except (UnreadableText, TextTooLong) as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return cleaned.strip()


def words_field(*, rows: int = 3, max_length: int = 300, **fields: Any) -> TextField:
    """Return a field for a sentence or more."""
    return TextField(max_length=max_length, widget=forms.Textarea(attrs={"rows": rows}), **fields)
