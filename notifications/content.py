"""What goes into a mail beyond its stored context: looked up when it is sent.

An app that knows more than this one says so in its `mails.py`, which Django imports
at the start: `@content.of("warranty/started")` marks the function that fills that
template. So the import goes from the right to the left, as everywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from notifications.models import Message


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    body: bytes
    type: str


@dataclass(frozen=True, slots=True)
class Content:
    """The words for a template, and the files beside them."""

    context: dict[str, Any]
    attachments: tuple[Attachment, ...] = ()


class NothingToSay(Exception):
    """What the mail was about is settled; the reason says how, and the mail is not sent."""


Builder = Callable[[Message], Content]
_builders: dict[str, Builder] = {}


def of(template: str) -> Callable[[Builder], Builder]:
    """Mark the function that builds the content of `template`."""

    def remember(builder: Builder) -> Builder:
        _builders[template] = builder
        return builder

    return remember


def content_of(message: Message) -> Content:
    """Return what `message` says: its builder's word, or else its stored context."""
    builder = _builders.get(message.template)
    return builder(message) if builder else Content(message.context)
