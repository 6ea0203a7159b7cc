"""What staff may write about calendars and service levels."""

from typing import Any
from zoneinfo import available_timezones

from django import forms

from support.calendars import Unreadable, holidays_of, parse_exceptions, parse_week
from support.enums import CoverageWindow
from support.levels import UnknownLevel, parse_level
from support.models import Calendar, ServiceLevel


def _readable(parse: Any, text: str, *given: Any) -> str:
    """Return the text if it can be read; else its problem, as the field's error."""
    try:
        parse(text, *given)
    except (Unreadable, UnknownLevel) as problem:
        raise forms.ValidationError(str(problem)) from None
    return text


class CalendarForm(forms.ModelForm):
    """A calendar whose hours and exceptions can be read."""

    class Meta:
        model = Calendar
        fields = ["name", "time_zone", "hours", "holidays_of", "cut_off", "exceptions"]

    def clean_time_zone(self) -> str:
        zone = self.cleaned_data["time_zone"].strip()
        if zone not in available_timezones():
            raise forms.ValidationError("Use the name of a zone, for example America/Chicago.")
        return zone

    def clean_hours(self) -> str:
        return _readable(parse_week, self.cleaned_data["hours"].strip())

    def clean_holidays_of(self) -> str:
        return _readable(holidays_of, self.cleaned_data["holidays_of"].strip().upper(), (2026,))

    def clean_exceptions(self) -> str:
        return _readable(parse_exceptions, self.cleaned_data["exceptions"].strip())


class ServiceLevelForm(forms.ModelForm):
    """A service level whose code says what it promises."""

    class Meta:
        model = ServiceLevel
        fields = [
            "family", "code", "calendar", "response_hours",
            "valid_from", "valid_until", "sample_values",
        ]  # fmt: skip

    def clean_code(self) -> str:
        return _readable(parse_level, self.cleaned_data["code"].strip())

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        first, last = values.get("valid_from"), values.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", "The last day is before the first. Correct one of them.")
        code, calendar = values.get("code"), values.get("calendar")
        is_always = code and parse_level(code).window is CoverageWindow.AROUND_THE_CLOCK
        if is_always and calendar and not calendar.is_always_open:
            self.add_error("calendar", f"{code} needs a calendar that is always open.")
        return values
