"""The mails that the file backend has written: what the demonstration shows as sent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path

from django.conf import settings

from notifications.content import Attachment

LISTED = 100
"""How many mails are listed, the newest first."""
_NAME = re.compile(r"([0-9]{8}-[0-9]{6}-[0-9]+)(?:-([1-9][0-9]{0,3}))?")
"""A file, and which of its mails: two of one second can get the same file. None: the first."""
_RULE = b"\n" + b"-" * 79 + b"\n"
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
    """Yield the latest mails, newest first; at most `LISTED`."""
    files = sorted((path.stem for path in _folder().glob("*.log")), reverse=True)
    sent = (mail for file in files for mail in reversed(_mails(file)))
    return islice(sent, LISTED)


def read(name: str) -> SentMail | None:
    """Return the mail of this name, or None where there is none."""
    known = _NAME.fullmatch(name)
    mails = _mails(known[1]) if known else []
    return next((mail for mail in mails if mail.name == name), None)


def _mails(file: str) -> list[SentMail]:
    """Return the mails in one file, in the order they were sent."""
    path = _folder() / f"{file}.log"
    if not _NAME.fullmatch(file) or not path.is_file():
        return []
    found = []
    for number, raw in enumerate(path.read_bytes().split(_RULE), start=1):
        mail = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
        if mail["To"]:
            found.append(SentMail(file if number == 1 else f"{file}-{number}", mail))
    return found


def _folder() -> Path:
    return Path(getattr(settings, "EMAIL_FILE_PATH", None) or settings.VAR / "mail")
