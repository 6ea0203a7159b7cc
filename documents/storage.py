"""Files on disk: written beside their place, made durable, then renamed into it."""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in its place: its random name, its size in bytes and its digest."""

    reference: str
    size: int
    sha256: str


def path_of(reference: str) -> Path:
    """Return where a file lies; the reference is ours and random, never a user's word."""
    return _kept() / reference[:2] / reference


def incoming() -> Path:
    """Return the folder in which files grow until they are whole."""
    return Path(settings.FILE_UPLOAD_TEMP_DIR)


def _kept() -> Path:
    return Path(settings.MEDIA_ROOT) / "documents"


def store(write: Callable[[IO[bytes]], None]) -> Stored:
    """Let `write` fill a new file; return it in place, or leave nothing.

    Raises: OSError when the disk is full; what `write` raises.
    """
    reference = secrets.token_urlsafe(24)
    growing = incoming() / f"{reference}.part"
    final = path_of(reference)
    for folder in (growing.parent, final.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with open(os.open(growing, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            size, digest = file.tell(), _digest(file)
        growing.rename(final)
    except BaseException:
        growing.unlink(missing_ok=True)
        raise
    return Stored(reference, size, digest)


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def discard(reference: str) -> None:
    path_of(reference).unlink(missing_ok=True)


def files() -> Iterator[Path]:
    """Yield every file in place and every one that is still growing."""
    for folder in (_kept(), incoming()):
        if folder.exists():
            yield from (path for path in folder.rglob("*") if path.is_file())
