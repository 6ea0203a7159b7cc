"""Requests that may be sent again: one effect for each key, and the same reply each time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from partners.models import IdempotentRequest, Organization, User

REPLIES_KEPT = timedelta(hours=24)
"""How long a key stands for its first request."""


class StillRunning(Exception):
    """The first request with this key has not been answered yet."""


class KeyTaken(ValueError):
    """The key stands for a request with other content."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request by its key; the fingerprint is a digest of everything it says."""

    user: User
    organization: Organization
    key: str
    fingerprint: str


@contextmanager
def answering(request: Keyed, *, at: datetime) -> Iterator[IdempotentRequest]:
    """Yield the row of a request; the block answers it with `keep_reply()` if it has no reply.

    The block and the reply are one transaction that holds the row locked. Whoever dies in
    it lets go of the row and leaves no effect, so that the next one begins anew.
    Raises: StillRunning; KeyTaken.
    """
    mine = IdempotentRequest.objects.filter(
        user=request.user, organization=request.organization, key=request.key
    )
    known = mine.filter(expires_at__gt=at).exclude(status=None).first()
    if known is not None:
        yield _same(known, request)
        return
    _claim(request, at=at)
    with transaction.atomic():
        row = mine.select_for_update(skip_locked=True).first()
        if row is None:
            raise StillRunning(request.key)
        if row.status is None or row.expires_at <= at:
            _begin(row, request, at=at)
        yield _same(row, request)


def _claim(request: Keyed, *, at: datetime) -> None:
    """Make sure that there is one row to lock, whoever came first."""
    row = IdempotentRequest(
        user=request.user,
        organization=request.organization,
        key=request.key,
        fingerprint=request.fingerprint,
        created_at=at,
        expires_at=at + REPLIES_KEPT,
    )
    IdempotentRequest.objects.bulk_create([row], ignore_conflicts=True)


def _begin(row: IdempotentRequest, request: Keyed, *, at: datetime) -> None:
    """Let the row stand for this request, in place of one that is over or came to nothing."""
    row.fingerprint, row.status = request.fingerprint, None
    row.created_at, row.expires_at = at, at + REPLIES_KEPT


def _same(row: IdempotentRequest, request: Keyed) -> IdempotentRequest:
    if row.fingerprint != request.fingerprint:
        raise KeyTaken(request.key)
    return row


def keep_reply(
    row: IdempotentRequest, *, status: int, headers: dict[str, str], body: bytes
) -> None:
    """Store what was answered, in the transaction of what was done."""
    row.status, row.headers, row.body = status, headers, body
    row.save()


def forget_replies(*, at: datetime) -> int:
    """Delete the rows whose time is over; return how many went."""
    return IdempotentRequest.objects.filter(expires_at__lte=at).delete()[0]
