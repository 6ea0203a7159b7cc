"""Small parts of pages that stand so often in a list that each is drawn once."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def status(tone: str, label: str) -> SafeString:
    """Draw a state as `components/status.html` does, with its icon, word and tint."""
    return _drawn(str(tone), str(label))


@lru_cache(maxsize=512)
def _drawn(tone: str, label: str) -> SafeString:
    return render_to_string("components/status.html", {"tone": tone, "label": label})
