"""The outbox: news written down in the transaction of what happened, sent after it."""

import hashlib
import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import Case, F, Value, When
from kombu.exceptions import OperationalError as BrokerDown
from redis import RedisError

from notifications import kinds, preferences
from notifications.enums import MessageStatus
from notifications.models import Message
from partners.models import Membership, Organization

logger = logging.getLogger(__name__)

DELIVERY = "notifications.tasks.deliver_due_messages"
LONGEST_KEY = 200
AVOIDED = 30.0
"""For how many seconds a process leaves a broker alone that did not answer."""


@dataclass(slots=True)
class _Broker:
    avoid_until: float = 0.0


_broker = _Broker()


def recipients_of(organization: Organization) -> list[str]:
    """Return the addresses of an organization's active people, else its own address."""
    return recipients_by_organization([organization.pk])[organization.pk]


def recipients_by_organization(ids: Collection[int]) -> dict[int, list[str]]:
    """Return the addresses of many organizations by key, in two queries."""
    people: dict[int, list[str]] = defaultdict(list)
    members = Membership.objects.filter(organization__in=ids, user__is_active=True)
    for pk, email in members.values_list("organization_id", "user__email").order_by("pk"):
        people[pk].append(email)
    own = Organization.objects.filter(pk__in=ids).exclude(email="").values_list("pk", "email")
    for pk, email in own:
        people[pk] = people[pk] or [email]
    return people


def enqueue(
    template: str,
    *,
    key: str,
    to: str,
    organization: Organization | None,
    context: dict[str, Any],
    at: datetime,
    held: bool = False,
    due_at: datetime | None = None,
    reply_to: str = "",
    about: str = "",
    thread: str = "",
) -> None:
    """Queue one mail in the caller's transaction.

    `key` names the event; with the recipient it makes the message unique, so that
    the same news is queued once however often this is called. `about` names the record
    and `thread` the conversation that the mail belongs to.
    """
    pk = organization.pk if organization else None
    mail = message(template, key, to, pk, context, at, held=held, due_at=due_at)
    mail.reply_to, mail.about, mail.thread = reply_to, about, thread
    _insert([mail])


def tell(
    template: str,
    *,
    key: str,
    organization: Organization,
    context: dict[str, Any],
    at: datetime,
    held: bool = False,
) -> None:
    """Queue one mail to everybody whom `organization` wants told."""
    tell_all(template, keys={organization.pk: key}, context=context, at=at, held=held)


def tell_all(
    template: str,
    *,
    keys: dict[int, str],
    context: dict[str, Any],
    at: datetime,
    held: bool = False,
) -> None:
    """Queue the same news to many organizations at once, each under its own key."""
    _insert(
        [
            message(template, keys[pk], recipient, pk, context, at, held=held)
            for pk, recipients in recipients_by_organization(keys).items()
            for recipient in recipients
        ]
    )


def queue_all(messages: Iterable[Message]) -> None:
    """Queue many messages of one template at once, in the caller's transaction."""
    _insert(list(messages))


def release(template: str, *, context: dict[str, Any], at: datetime) -> int:
    """Let the held messages of one list go, and return how many there were."""
    held = Message.unscoped.filter(status=MessageStatus.HELD, template=template, context=context)
    due_at = Case(When(due_at__gt=at, then=F("due_at")), default=Value(at))
    count: int = held.update(status=MessageStatus.QUEUED, due_at=due_at)
    if count:
        _hint_after_commit()
    return count


def retry(message: Message, *, at: datetime) -> bool:
    """Queue a message again that failed or came back, with all its tries; tell whether it was."""
    failed = Message.unscoped.undelivered().filter(pk=message.pk)
    if not failed.update(status=MessageStatus.QUEUED, due_at=at, attempts=0, last_error=""):
        return False
    _hint_after_commit()
    return True


def message(
    template: str,
    key: str,
    recipient: str,
    organization_id: int | None,
    context: dict[str, Any],
    at: datetime,
    *,
    held: bool = False,
    due_at: datetime | None = None,
) -> Message:
    """Build a message to one reader without storing it, for `queue_all()`."""
    return Message(
        key=_key(key, recipient),
        organization_id=organization_id,
        recipient=recipient,
        template=template,
        context=context,
        status=MessageStatus.HELD if held else MessageStatus.QUEUED,
        queued_at=at,
        due_at=due_at or at,
    )


def _key(key: str, recipient: str) -> str:
    """Return the key of one message; what is too long for its column ends in its hash."""
    full = f"{key}:{recipient}"
    if len(full) <= LONGEST_KEY:
        return full
    digest = hashlib.sha256(full.encode()).hexdigest()
    return f"{full[: LONGEST_KEY - len(digest)]}{digest}"


def _insert(messages: list[Message]) -> None:
    """Insert in the order of the keys, so that two writers of one list never deadlock."""
    if messages and kinds.is_starred(messages[0].template):
        _heed_choices(messages)
    messages.sort(key=lambda message: message.key)
    Message.unscoped.bulk_create(messages, ignore_conflicts=True, batch_size=1000)
    if any(message.status == MessageStatus.QUEUED for message in messages):
        _hint_after_commit()


def _heed_choices(messages: list[Message]) -> None:
    """Leave out who has stopped this kind of mail, and let the others sleep.

    A message that is left out is stored all the same, so that staff can see why.
    """
    kind = kinds.of_template(messages[0].template)
    choices = preferences.choices_about(
        kind,
        [message.recipient for message in messages],
        [message.organization_id for message in messages],
    )
    for message in messages:
        if not choices.wants(message.recipient):
            message.status = MessageStatus.SKIPPED
            message.last_error = preferences.STOPPED
        message.due_at = choices.not_before(
            message.due_at, address=message.recipient, organization_id=message.organization_id
        )


def _hint_after_commit() -> None:
    """Ask for delivery once per transaction, when it has committed."""
    waiting = (entry[1] for entry in transaction.get_connection().run_on_commit)
    if hint_delivery not in waiting:
        transaction.on_commit(hint_delivery)


def hint_delivery() -> None:
    """Tell the worker that mail waits. A lost hint costs half a minute and no mail.

    A broker that does not answer costs a request a second, so after one failure this
    process leaves it alone for as long as the timetable needs to deliver anyway.
    """
    if time.monotonic() < _broker.avoid_until:
        return
    try:
        current_app.send_task(DELIVERY, retry=False)
    except (BrokerDown, RedisError, OSError):
        _broker.avoid_until = time.monotonic() + AVOIDED
        logger.warning("The broker is down; the timetable will deliver what is queued.")
