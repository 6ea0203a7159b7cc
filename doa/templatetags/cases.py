"""How pages of cases write moments: an instant with its zone, a day without a time."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils.dateformat import format as as_text
from django.utils.safestring import SafeString

from catalog.policy import day_text
from doa.standing import Standing
from partners import clock
from partners.templatetags.components import drawn

register = template.Library()


@register.simple_tag
def standing_of(standing: Standing) -> SafeString:
    """Draw how a case stands: icon, words, tint."""
    look = {"tone": standing.tone, "icon": standing.icon, "label": standing.label}
    return drawn("doa/_standing.html", **look)


@register.filter
def moment(value: datetime | date | None) -> str:
    """Write an instant on its own clock with the zone; a day stays a day."""
    if value is None:
        return "not recorded"
    if isinstance(value, datetime):
        return as_text(value, "j M Y, H:i T")
    return day_text(value)


@register.filter
def deadline(value: datetime | date | None) -> str:
    """Write by when something is due: with its weekday, and with the zone where it has a time."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return as_text(clock.on_the_wall(value), "D, j M Y, H:i T")
    return as_text(value, "D, j M Y")


@register.filter
def in_hours(value: Any) -> str:
    """Write a length of working time: "6 h 11 min"."""
    if not isinstance(value, timedelta):
        return ""
    minutes = int(value.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


@register.filter
def lower_first(text: str) -> str:
    """Let a sentence go on behind a colon."""
    return text[:1].lower() + text[1:]


@register.filter
def cut_dot(text: str) -> str:
    """Take the full stop off a sentence that becomes a heading."""
    return text.rstrip(".")
