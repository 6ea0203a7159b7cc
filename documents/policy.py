"""What a file is, told by its content, and whether it may be handed in.

The name is only a label: what decides is how the file begins. Plain text is the exception
that proves it: it has no beginning of its own, so text is what is no other kind, and it is
a table or a log by the field that takes it.
"""

import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from documents.enums import MediaType

LONGEST_NAME = 120
MEGABYTE = 1024 * 1024
START = 4096
"""Bytes from the beginning that tell what a file is."""

_MARKS = (
    (b"%PDF-", MediaType.PDF),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"PK\x03\x04", MediaType.XLSX),
)
_FOREIGN = (b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"GIF8", b"MZ", b"\x7fELF", b"Rar!", b"7z\xbc\xaf")


class FileNotAccepted(ValueError):
    """A file cannot be handed in here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Which kinds of file a field takes, and how large they may be, in bytes."""

    what: str
    kinds: tuple[MediaType, ...]
    largest: int

    @property
    def names(self) -> str:
        """Return the kinds in words: PDF, JPG or PNG."""
        *most, last = (kind.label for kind in self.kinds)
        return f"{', '.join(most)} or {last}" if most else last

    @property
    def hint(self) -> str:
        return f"{self.names}, up to {self.largest // MEGABYTE} MB."

    @property
    def suffixes(self) -> str:
        """Return what the `accept` of a file field says."""
        return ",".join(suffix for kind in self.kinds for suffix in kind.suffixes)


EVIDENCE = Accepted(
    "document", (MediaType.PDF, MediaType.JPEG, MediaType.PNG), largest=20 * MEGABYTE
)
PHOTO = Accepted("photo", (MediaType.JPEG, MediaType.PNG), largest=20 * MEGABYTE)
LOG = Accepted("log", (MediaType.TEXT, MediaType.PDF), largest=20 * MEGABYTE)
ENCLOSURE = Accepted(
    "file", (MediaType.PDF, MediaType.JPEG, MediaType.PNG, MediaType.TEXT), largest=20 * MEGABYTE
)
"""What goes with a message: whatever shows something."""
TABLE = Accepted("table", (MediaType.CSV, MediaType.XLSX), largest=100 * MEGABYTE)


def media_type_of(start: bytes) -> MediaType | None:
    """Tell from its first bytes what a file is; None for what nobody may hand in.

    Plain text is taken for a table.
    """
    for mark, kind in _MARKS:
        if start.startswith(mark):
            return kind
    if start.startswith(_FOREIGN) or b"\0" in start or not start.strip():
        return None
    return MediaType.CSV


def require_accepted(accepted: Accepted, *, name: str, size: int, start: bytes) -> MediaType:
    """Return what the file is, if it may be handed in here.

    Raises: FileNotAccepted for an empty or too large file, and for another kind.
    """
    shown = clean_name(name)
    if size == 0:
        raise FileNotAccepted(f"{shown} is empty. Choose the file again.")
    if size > accepted.largest:
        raise FileNotAccepted(
            f"{shown} has {size / MEGABYTE:.1f} MB; up to {accepted.largest // MEGABYTE} MB are "
            "taken. Choose a smaller file."
        )
    kind = media_type_of(start)
    if kind is MediaType.CSV and kind not in accepted.kinds:
        kind = MediaType.TEXT
    if kind is None or kind not in accepted.kinds:
        raise FileNotAccepted(
            f"The {accepted.what} must be a {accepted.names} file by its content. {shown} is not: "
            f"save it as {accepted.kinds[0].label} and choose it again."
        )
    return kind


def clean_name(name: str) -> str:
    """Return a file's name as a label: no folders, nothing invisible, not too long."""
    name = PurePosixPath(PureWindowsPath(unicodedata.normalize("NFC", name)).name).name
    name = "".join(c for c in name if c.isprintable()).strip(" .")
    if len(name) > LONGEST_NAME:
        stem, dot, suffix = name.rpartition(".")
        keep = dot + suffix if dot and len(suffix) <= 8 else ""
        name = (stem if keep else name)[: LONGEST_NAME - len(keep)] + keep
    return name or "file"
