"""Fields that several questions share: longer text, a time of day, a time zone."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms

from catalog.policy import TextTooLong, UnreadableText, clean_text

ZONES = {
    "America/New_York": "US Eastern",
    "America/Chicago": "US Central",
    "America/Denver": "US Mountain",
    "America/Phoenix": "US Arizona",
    "America/Los_Angeles": "US Pacific",
    "America/Anchorage": "US Alaska",
    "Pacific/Honolulu": "US Hawaii",
    "America/Puerto_Rico": "Puerto Rico",
    "UTC": "UTC",
}
"""The zones that are offered to everybody, by the words people use for them."""


class TextField(forms.CharField):
    """Several lines of text, without anything that cannot be shown or stored."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(strip=True, **kwargs)

    def to_python(self, value: Any) -> str:
        lines = super().to_python(value).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        try:
            text = "\n".join(clean_text(line, self.most) for line in lines).strip()
        except (UnreadableText, TextTooLong) as refusal:
            raise forms.ValidationError(str(refusal)) from None
        if len(text) > self.most:
            raise forms.ValidationError(
                f"Write at most {self.most:,} characters. You wrote {len(text):,}."
            )
        return text


class HourInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class HourField(forms.TimeField):
    """A time of day, hours and minutes; a colon is forgiven."""

    widget = HourInput

    def to_python(self, value: Any) -> time | None:
        typed = str(value or "").strip()
        if not typed:
            return None
        digits = typed.replace(":", "").replace(".", "").removesuffix("h")
        if not (digits.isascii() and digits.isdigit() and len(digits) in (3, 4, 6)):
            raise forms.ValidationError("Write the time as hours and minutes, such as 09:40.")
        digits = digits[:4].rjust(4, "0")
        hour, minute = int(digits[:2]), int(digits[2:])
        if hour > 23 or minute > 59:
            raise forms.ValidationError("Write a time from 00:00 to 23:59.")
        return time(hour, minute)


class ZoneField(forms.ChoiceField):
    """In which time zone somebody gives times; it offers the zone of their organization."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=list(ZONES.items()), **kwargs)

    def offer(self, *names: str) -> None:
        """Add zones that are not among those offered to everybody."""
        more = [n for n in dict.fromkeys(names) if n not in ZONES and n in available_timezones()]
        self.choices = [*((n, n.replace("_", " ")) for n in more), *ZONES.items()]


def instant(moment: datetime, zone: str) -> datetime:
    """Return a wall-clock time as an instant of the zone.

    An hour that comes twice, when clocks go back, is taken for its first time.
    Raises: ValidationError for an hour that clocks skip.
    """
    aware = moment.replace(tzinfo=ZoneInfo(zone))
    back = aware.astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
    if back.replace(tzinfo=None) != moment:
        raise forms.ValidationError(
            f"Clocks skipped {moment:%H:%M} on this day. Write the time that the clock showed."
        )
    return aware
