"""Sending the outbox: one message at a time, claimed by a lease, never in a transaction.

SMTP cannot promise "exactly once". A message is claimed before it is sent and marked
after it; a sender that dies in between loses its lease by the clock, and the second
copy carries the same Message-ID.
"""

import logging
import random
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F, QuerySet

from notifications import kinds, preferences
from notifications.content import NothingToSay, content_of
from notifications.enums import MessageStatus
from notifications.models import Message, OutboxHold
from notifications.rendering import build

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""How long a claim lasts: longer than the slowest send, all time-outs added."""
SEND_TIMEOUT = timedelta(seconds=10)
MAX_ATTEMPTS = 8
FIRST_DELAY = timedelta(minutes=1)
NEVER = 500
"""From here on a mail server's reply is for good (RFC 5321, section 4.2.1)."""


def deliver_next(*, at: datetime) -> bool:
    """Claim the next due message and send it; return whether there was one.

    A message that cannot be rendered or sent waits for its next try, or fails for
    good after the eighth; the others do not notice. Nothing leaves on hold.
    """
    if why_held():
        return False
    message = claim(at=at)
    if message is None:
        return False
    if not _is_welcome(message, at=at):
        return True
    try:
        subject = send(message)
    except NothingToSay as why:
        skip(message, str(why))
    except Exception as problem:  # whatever it is, it concerns this message alone
        logger.warning("Message %s was not sent: %r", message.pk, problem)
        put_off(message, problem, at=at)
    else:
        mark_sent(message, subject, at=at)
    return True


def why_held() -> str:
    """Say why all mail stays in the outbox; nothing where it does not."""
    if settings.OUTBOX_HOLD:
        return "The setting OUTBOX_HOLD says so."
    switch = OutboxHold.current()
    return f"{switch.changed_by}: {switch.reason}" if switch.is_on else ""


def claim(*, at: datetime) -> Message | None:
    """Take the message that is due longest, for as long as the lease lasts.

    PostgreSQL skips what another sender is claiming. SQLite has one writer at a time
    and ignores the lock; the condition of the update holds on both.
    """
    with transaction.atomic():
        due = Message.unscoped.deliverable(at).order_by("due_at", "pk")
        message: Message | None = due.select_for_update(skip_locked=True).first()
        if message is None:
            return None
        lease = {"claimed_until": at + LEASE, "attempts": F("attempts") + 1}
        if not Message.unscoped.deliverable(at).filter(pk=message.pk).update(**lease):
            return None
        message.claimed_until = at + LEASE
        message.attempts += 1
        return message


def _is_welcome(message: Message, *, at: datetime) -> bool:
    """Heed once more what the reader chose: it may have changed since the queuing."""
    if not kinds.is_starred(message.template):
        return True
    kind = kinds.of_template(message.template)
    choices = preferences.choices_about(kind, [message.recipient], [message.organization_id])
    if not choices.wants(message.recipient):
        skip(message, preferences.STOPPED)
        return False
    due_at = choices.not_before(
        at, address=message.recipient, organization_id=message.organization_id
    )
    if due_at > at:
        _mine(message).update(due_at=due_at, claimed_until=None, attempts=F("attempts") - 1)
        return False
    return True


def send(message: Message) -> str:
    """Render the message, hand it to the mail server and return its subject."""
    mail = build(message, content_of(message))
    mail.connection = get_connection(timeout=SEND_TIMEOUT.seconds)
    mail.send()
    return str(mail.subject)


def mark_sent(message: Message, subject: str, *, at: datetime) -> None:
    """Write down that the message has gone, unless its lease has passed to another."""
    _mine(message).update(
        status=MessageStatus.SENT,
        sent_at=at,
        claimed_until=None,
        last_error="",
        subject=subject,
    )


def skip(message: Message, why: str) -> None:
    """Leave the message unsent for good, with the reason for staff to see."""
    _mine(message).update(status=MessageStatus.SKIPPED, claimed_until=None, last_error=why[:300])


def put_off(message: Message, problem: Exception, *, at: datetime) -> None:
    """Set the next try, later each time; give up after the last one, or a refusal for good."""
    status = MessageStatus.QUEUED
    if is_refused_for_good(problem):
        status = MessageStatus.BOUNCED
    elif message.attempts >= MAX_ATTEMPTS:
        status = MessageStatus.FAILED
    _mine(message).update(
        status=status,
        due_at=at + delay_after(message.attempts),
        claimed_until=None,
        last_error=" ".join(f"{type(problem).__name__}: {problem}".split())[:300],
    )


def is_refused_for_good(problem: Exception) -> bool:
    """Tell whether the mail server knows that this address will never take the mail."""
    if not isinstance(problem, SMTPRecipientsRefused):
        return False
    return all(code >= NEVER for code, _ in problem.recipients.values())


def _mine(message: Message) -> QuerySet[Message]:
    return Message.unscoped.filter(
        pk=message.pk, status=MessageStatus.QUEUED, claimed_until=message.claimed_until
    )


def delay_after(attempts: int) -> timedelta:
    """Return 1, 2, 4 … minutes, a fifth more or less, so that tries spread out."""
    spread = random.uniform(0.8, 1.2)  # noqa: S311 (spreads load, guards nothing)
    return FIRST_DELAY * 2 ** (attempts - 1) * spread
