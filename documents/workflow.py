"""Keeping files, resting something on them, and sweeping away what nothing rests on."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Protocol

from django.db import transaction
from django.db.models import Sum

from audit import trail
from audit.trail import Actor
from documents import photos, storage
from documents.enums import MediaType
from documents.models import Document
from documents.policy import MEGABYTE, START, Accepted, FileNotAccepted, clean_name
from documents.policy import require_accepted as require
from partners.models import Organization

KEPT_UNATTACHED = timedelta(days=1)
"""How long a file waits for the form that it belongs to."""
GROWS_FOR = timedelta(hours=1)
"""After this a file that has no row is taken for the remains of a broken upload."""
DAILY_QUOTA = 2048 * MEGABYTE
"""Bytes that one organization may hand in within a day."""


class Upload(Protocol):
    """A named, seekable file of known size, as a form receives it."""

    name: str | None
    size: int | None
    file: IO[bytes]


def keep(
    upload: Upload, accepted: Accepted, *, organization: Organization, actor: Actor, at: datetime
) -> Document:
    """Check a file by its content and keep it; nothing of it stays if that fails.

    Photos are written anew, without place and camera. Not for use inside a
    transaction: the file is written and made durable first, its row comes last.
    Raises: FileNotAccepted; OSError when the disk is full.
    """
    name, file = upload.name or "", upload.file
    file.seek(0)
    kind = require(accepted, name=name, size=upload.size or 0, start=file.read(START))
    _require_quota(organization, upload.size or 0, at=at)
    stored = storage.store(partial(_write, file, kind))
    return _record(stored, clean_name(name), kind, organization=organization, actor=actor, at=at)


def keep_made(
    write: Callable[[IO[bytes]], None],
    *,
    name: str,
    media_type: MediaType,
    organization: Organization,
    actor: Actor,
    at: datetime,
) -> Document:
    """Keep a file that we make ourselves. Not for use inside a transaction.

    Raises: OSError when the disk is full; what `write` raises.
    """
    stored = storage.store(write)
    return _record(stored, name, media_type, organization=organization, actor=actor, at=at)


def _record(
    stored: storage.Stored,
    name: str,
    kind: MediaType,
    *,
    organization: Organization,
    actor: Actor,
    at: datetime,
) -> Document:
    """Store the row of a file that is in place; without it the file goes, too."""
    try:
        with transaction.atomic():
            document = Document.unscoped.create(
                reference=stored.reference,
                organization=organization,
                name=name,
                media_type=kind,
                size=stored.size,
                sha256=stored.sha256,
                kept_by=actor.label,
                kept_at=at,
            )
            trail.record("document.kept", document, actor=actor, at=at, sha256=stored.sha256)
    except BaseException:
        storage.discard(stored.reference)
        raise
    return document


def _require_quota(organization: Organization, size: int, *, at: datetime) -> None:
    """Refuse what goes beyond the day's quota. Raises: FileNotAccepted."""
    recent = Document.unscoped.filter(organization=organization, kept_at__gt=at - timedelta(days=1))
    if (recent.aggregate(sum=Sum("size"))["sum"] or 0) + size > DAILY_QUOTA:
        raise FileNotAccepted(
            f"{organization} has handed in {DAILY_QUOTA // MEGABYTE:,} MB within a day. "
            "Go on tomorrow, or send fewer files."
        )


def _write(source: IO[bytes], kind: MediaType, target: IO[bytes]) -> None:
    if kind.is_photo:
        photos.write_clean(source, kind, target)
    else:
        source.seek(0)
        shutil.copyfileobj(source, target, storage.CHUNK)


def attach(document: Document, *, at: datetime) -> None:
    """Let something rest on the document from now on, in the caller's transaction."""
    Document.unscoped.unattached().filter(pk=document.pk).update(attached_at=at)


def detach(document: Document) -> None:
    """Let nothing rest on the document any more, so that the next sweep takes it."""
    Document.unscoped.filter(pk=document.pk).update(attached_at=None)


def sweep(*, at: datetime) -> int:
    """Delete what was uploaded and never handed in, and the remains of broken uploads.

    Returns how many files went. Safe to run at any time and twice at once.
    """
    for document in Document.unscoped.forgotten(before=at - KEPT_UNATTACHED):
        if Document.unscoped.unattached().filter(pk=document.pk).delete()[0]:
            trail.record("document.swept", document, actor=trail.SYSTEM, at=at)
    known = set(Document.unscoped.values_list("reference", flat=True))
    oldest = (at - GROWS_FOR).timestamp()
    gone = 0
    for path in storage.files():
        if path.name not in known and _age_of(path) < oldest:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _age_of(path: "storage.Path") -> float:
    """Return when a file was last written; one that is gone already is not old."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
