"""Form fields for what every page asks: a day, a line of clean text, a serial number."""

from datetime import date
from typing import Any

from django import forms

from catalog.policy import (
    InvalidDay,
    InvalidSerial,
    TextTooLong,
    UnreadableText,
    clean_text,
    parse_day,
    valid_serial,
)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.Field):
    """A calendar day, YYYY-MM-DD; spaces around it are forgiven."""

    widget = DayInput

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or not str(value).strip():
            return None
        try:
            return parse_day(str(value).strip())
        except InvalidDay as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class LineField(forms.Field):
    """One line of text without anything that cannot be shown or stored."""

    widget = forms.TextInput

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        self.max_length = max_length
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        try:
            return clean_text(str(value or ""), self.max_length)
        except (UnreadableText, TextTooLong) as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class SerialField(forms.CharField):
    """A serial number as people type it; its clean value is normalised."""

    def __init__(self, **options: Any) -> None:
        typing = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        super().__init__(
            required=False,
            strip=False,
            widget=forms.TextInput(attrs={**typing, "class": "serial"}),
            **options,
        )

    def clean(self, value: Any) -> str:
        try:
            return valid_serial(str(value or ""))
        except InvalidSerial as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
