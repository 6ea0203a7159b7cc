"""How the rows of lists are drawn: Jinja templates, which are compiled to Python.

Fifty rows are nearly all of a page, and Django's own templates walk them node by node.
"""

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from jinja2 import Environment, StrictUndefined

from catalog.policy import day_text
from doa.templatetags.cases import deadline, standing_of
from partners.clock import on_the_wall
from partners.templatetags.components import status


def environment(**options: Any) -> Environment:
    """Return what row templates may use; a name that is not given is an error, not nothing."""
    own = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**options | own)  # noqa: S701 (Django's backend turns escaping on)
    made.globals |= {"url": _url, "status": status, "standing_of": standing_of}
    made.filters |= {"day": day_text, "iso": _iso, "local": on_the_wall, "deadline": deadline}
    made.filters["number"] = _number
    return made


def _url(name: str, *args: object) -> str:
    return reverse(name, args=args)


def _iso(value: date | datetime) -> str:
    return value.isoformat()


def _number(value: int) -> str:
    """Write a number with its thousands apart: 12,345."""
    return f"{value:,}"
