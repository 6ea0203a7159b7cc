"""Sending the outbox: one message at a time, claimed by a lease, never in a transaction.

SMTP can not promise "exactly once". A message is claimed before it is sent and marked
after it; a sender that dies in between loses its lease by the clock, and the second
copy carries the same Message-ID.
"""

import hashlib
import logging
import random
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F, QuerySet
from django.template import Context, Engine

from notifications.content import Content, content_of
from notifications.enums import MessageStatus
from notifications.models import Message

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""How long a claim lasts: longer than the slowest send, all time-outs added."""
SEND_TIMEOUT = timedelta(seconds=10)
MAX_ATTEMPTS = 8
FIRST_DELAY = timedelta(minutes=1)
LONGEST_SUBJECT = 150


def deliver_next(*, at: datetime) -> bool:
    """Claim the next due message and send it; return whether there was one.

    A message that can not be rendered or sent waits for its next try, or fails for
    good after the eighth; the others do not notice. Nothing leaves on hold.
    """
    if settings.OUTBOX_HOLD:
        return False
    message = claim(at=at)
    if message is None:
        return False
    try:
        subject = send(message)
    except Exception as problem:  # whatever it is, it concerns this message alone
        logger.warning("Message %s was not sent: %r", message.pk, problem)
        put_off(message, problem, at=at)
    else:
        mark_sent(message, subject, at=at)
    return True


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


def send(message: Message) -> str:
    """Render the message, hand it to the mail server and return its subject."""
    mail = build(message, content_of(message))
    mail.connection = get_connection(timeout=SEND_TIMEOUT.seconds)
    mail.send()
    return str(mail.subject)


def build(message: Message, content: Content) -> EmailMultiAlternatives:
    """Build the mail: the first line of the text is the subject, HTML goes beside it."""
    context = {
        **content.context,
        "base_url": settings.BASE_URL,
        "organization": message.organization,
        "recipient": message.recipient,
    }
    subject, _, text = _render(message, "txt", context).partition("\n")
    context["subject"] = subject = _one_line(subject)[:LONGEST_SUBJECT]
    answers_to = [message.reply_to or settings.EMAIL_REPLY_TO]
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text.strip() + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.recipient],
        reply_to=[address for address in answers_to if address],
        headers={"Auto-Submitted": "auto-generated", "Message-ID": message_id(message)},
    )
    mail.attach_alternative(_render(message, "html", context), "text/html")
    for file in content.attachments:
        mail.attach(file.name, file.body, file.type)
    return mail


def _render(message: Message, suffix: str, context: dict[str, object]) -> str:
    """Render one part; plain text is the one place where nothing is escaped."""
    template = Engine.get_default().get_template(f"email/{message.template}.{suffix}")
    return str(template.render(Context(context, autoescape=suffix == "html")))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def message_id(message: Message) -> str:
    """Return an id that is the same on every try and tells nothing of the key."""
    digest = hashlib.sha256(message.key.encode()).hexdigest()[:32]
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{digest}@{domain}>"


def mark_sent(message: Message, subject: str, *, at: datetime) -> None:
    """Write down that the message has gone, unless its lease has passed to another."""
    _mine(message).update(
        status=MessageStatus.SENT,
        sent_at=at,
        claimed_until=None,
        last_error="",
        subject=subject,
    )


def put_off(message: Message, problem: Exception, *, at: datetime) -> None:
    """Set the next try, later each time; give up after the last one."""
    failed = message.attempts >= MAX_ATTEMPTS
    _mine(message).update(
        status=MessageStatus.FAILED if failed else MessageStatus.QUEUED,
        due_at=at + delay_after(message.attempts),
        claimed_until=None,
        last_error=_one_line(f"{type(problem).__name__}: {problem}")[:300],
    )


def _mine(message: Message) -> QuerySet[Message]:
    return Message.unscoped.filter(
        pk=message.pk, status=MessageStatus.QUEUED, claimed_until=message.claimed_until
    )


def delay_after(attempts: int) -> timedelta:
    """Return 1, 2, 4 … minutes, a fifth more or less, so that tries spread out."""
    spread = random.uniform(0.8, 1.2)  # noqa: S311 (spreads load, guards nothing)
    return FIRST_DELAY * 2 ** (attempts - 1) * spread
