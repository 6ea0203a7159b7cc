"""The mails that the file backend has written: what the demonstration shows as sent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

from notifications.content import Attachment

LISTED = 100
"""How many mails are listed, the newest first."""
_NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]+")
_RULE = b"\n" + b"-" * 79
"""The line of hyphens that Django's backend writes after each mail."""


@dataclass(frozen=True, slots=True)
class SentMail:
    """One mail as it left, read from its file."""

    name: str
    mail: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"] or "")

    @property
    def recipient(self) -> str:
        return str(self.mail["To"] or "")

    @property
    def at(self) -> datetime | None:
        return parsedate_to_datetime(self.mail["Date"]) if self.mail["Date"] else None

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.mail.items()]

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def files(self) -> list[Attachment]:
        return [
            Attachment(
                part.get_filename() or "file",
                bytes(part.get_payload(decode=True)),
                part.get_content_type(),
            )
            for part in self.mail.iter_attachments()
        ]

    def _part(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        return str(part.get_content()) if part else ""


def newest() -> Iterator[SentMail]:
    """Yield the latest mails, newest first."""
    names = sorted((path.stem for path in _folder().glob("*.log")), reverse=True)
    for name in names[:LISTED]:
        if found := read(name):
            yield found


def read(name: str) -> SentMail | None:
    """Return the mail in a file of this name, or None where there is none."""
    path = _folder() / f"{name}.log"
    if not _NAME.fullmatch(name) or not path.is_file():
        return None
    raw = path.read_bytes().partition(_RULE)[0]
    mail = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    return SentMail(name, mail) if mail["To"] else None


def _folder() -> Path:
    return Path(getattr(settings, "EMAIL_FILE_PATH", None) or settings.VAR / "mail")
