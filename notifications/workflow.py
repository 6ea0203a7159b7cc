"""Every write about mail that a person makes: choices, holding, trying again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit import trail
from audit.trail import Actor
from notifications import outbox
from notifications.enums import MessageStatus
from notifications.links import Subscription
from notifications.models import MailHours, Message, OutboxHold, Preference
from partners.enums import Permission
from partners.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What one address wants of one starred kind."""

    kind: str
    is_on: bool
    is_weekly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When one address is left in peace; without a zone, in its organization's."""

    time_zone: str
    is_on: bool
    begins: time
    ends: time
    weekends: bool


def choose(user: User, choices: Iterable[Choice], hours: Hours, *, at: datetime) -> None:
    """Keep what a person wants of each kind, and when."""
    with transaction.atomic():
        for choice in choices:
            _set(user.email, choice, actor=user.actor(), at=at)
        wanted = {name: getattr(hours, name) for name in Hours.__slots__}
        kept, is_new = MailHours.objects.get_or_create(address=user.email, defaults=wanted)
        changed = MailHours.objects.filter(pk=kept.pk).exclude(**wanted).update(**wanted)
        if not (is_new or changed):
            return
        said = {**wanted, "begins": f"{hours.begins:%H:%M}", "ends": f"{hours.ends:%H:%M}"}
        trail.record("mail.hours", kept, actor=user.actor(), at=at, **said)


def stop(subscription: Subscription, *, at: datetime) -> None:
    """Stop one kind for one address, however often this is asked."""
    _switch(subscription, is_on=False, at=at)


def resume(subscription: Subscription, *, at: datetime) -> None:
    """Undo `stop`; whether once a week stays as it was."""
    _switch(subscription, is_on=True, at=at)


def _switch(subscription: Subscription, *, is_on: bool, at: datetime) -> None:
    address, kind = subscription
    known = Preference.objects.filter(address=address, kind=kind.name).first()
    choice = Choice(kind=kind.name, is_on=is_on, is_weekly=bool(known and known.is_weekly))
    with transaction.atomic():
        _set(address, choice, actor=Actor("address", None, address), at=at)


def _set(address: str, choice: Choice, *, actor: Actor, at: datetime) -> None:
    """Store a choice; what changes nothing leaves no event."""
    mine = Preference.objects.filter(address=address, kind=choice.kind)
    Preference.objects.bulk_create(
        [Preference(address=address, kind=choice.kind)], ignore_conflicts=True
    )
    wanted = {"is_on": choice.is_on, "is_weekly": choice.is_weekly}
    if mine.exclude(**wanted).update(**wanted):
        trail.record("mail.preference", mine.get(), actor=actor, at=at, **wanted)


def hold(*, reason: str, user: User, at: datetime) -> None:
    """Keep all mail in the outbox until it is released; what is being sent still goes."""
    _set_hold(is_on=True, reason=reason.strip()[:300], user=user, at=at)


def release(*, user: User, at: datetime) -> None:
    """Let the mail go that was held."""
    _set_hold(is_on=False, reason="", user=user, at=at)


def _set_hold(*, is_on: bool, reason: str, user: User, at: datetime) -> None:
    _check_may_manage_mail(user)
    with transaction.atomic():
        switch, _ = OutboxHold.objects.update_or_create(
            pk=OutboxHold.THE_ONE,
            defaults={
                "is_on": is_on,
                "reason": reason,
                "changed_at": at,
                "changed_by": str(user)[:254],
            },
        )
        name = "mail.held" if is_on else "mail.released"
        trail.record(name, switch, actor=user.actor(), at=at, reason=reason)


def retry(messages: Iterable[Message], *, user: User, at: datetime) -> int:
    """Queue messages that failed or came back again and return how many there were."""
    _check_may_manage_mail(user)
    again = 0
    for message in messages:
        with transaction.atomic():
            if outbox.retry(message, at=at):
                trail.record("mail.retried", message, actor=user.actor(), at=at)
                again += 1
    return again


def note_bounce(message: Message, *, reason: str, user: User, at: datetime) -> None:
    """Note that a mail which was sent has come back."""
    _check_may_manage_mail(user)
    with transaction.atomic():
        sent = Message.unscoped.filter(pk=message.pk, status=MessageStatus.SENT)
        why = " ".join(reason.split())[:300]
        if sent.update(status=MessageStatus.BOUNCED, sent_at=None, last_error=why):
            trail.record("mail.bounced", message, actor=user.actor(), at=at, reason=why)


def _check_may_manage_mail(user: User) -> None:
    memberships = [m for m in user.joined_memberships() if m.is_huawei_staff]
    if not any(user.can(Permission.MANAGE_MAIL, m.organization) for m in memberships):
        raise PermissionDenied(f"{Permission.MANAGE_MAIL.deed} needs another role.")
