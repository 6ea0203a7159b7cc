"""Small parts of pages that stand so often in a list that each is drawn once."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from partners.phones import dialled

register = template.Library()
register.filter(dialled)


@register.simple_tag
def status(tone: str, label: str) -> SafeString:
    """Draw a state as `components/status.html` does, with its icon, word and tint."""
    return drawn("components/status.html", tone=str(tone), label=str(label))


@register.simple_tag
def table_rows(template_name: str, **context: object) -> SafeString:
    """Draw the rows of a table by a Jinja template, which is told nothing but what is given."""
    return SafeString(render_to_string(template_name, context, using="rows"))  # it escapes


@lru_cache(maxsize=4096)
def drawn(template_name: str, **context: object) -> SafeString:
    """Return a template drawn with values that can be compared; the same ones only once."""
    return render_to_string(template_name, context)
