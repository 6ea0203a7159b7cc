"""Who is told, and when: the outbox, one row per event and recipient, and what readers chose."""

from datetime import datetime, time
from typing import Self

from django.db import models
from django.db.models import Q

from notifications.enums import MessageStatus
from notifications.policy import QuietHours
from partners.models import Organization, User
from partners.scoping import OrganizationQuerySet, ScopedManager


class MessageQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(organization=organization)

    def deliverable(self, at: datetime) -> Self:
        """Keep what may be sent at `at`: queued, due, and claimed by nobody."""
        return self.filter(
            Q(claimed_until=None) | Q(claimed_until__lte=at),
            status=MessageStatus.QUEUED,
            due_at__lte=at,
        )

    def about(self, record: str) -> Self:
        """Keep the mail about one record, the newest first."""
        return self.filter(about=record).order_by("-queued_at", "-pk")

    def undelivered(self) -> Self:
        """Keep what has not reached its reader and is not tried any more."""
        return self.filter(status__in=[MessageStatus.FAILED, MessageStatus.BOUNCED])

    def longest_due(self, at: datetime) -> datetime | None:
        """Return since when the message waits that should have gone first."""
        due = self.filter(status=MessageStatus.QUEUED, due_at__lte=at).order_by("due_at", "pk")
        found: datetime | None = due.values_list("due_at", flat=True).first()
        return found


class Message(models.Model):
    """One mail to one address.

    `key` names the event and the recipient, so that the same news cannot be
    queued twice. `template` is a folder and name below `templates/email/`;
    `context` holds ids and words, and what is long is looked up when it is sent.
    An answer goes to `reply_to`, or where it is empty to the house. `about` names the
    record whose page shows what became of the mail; messages of one `thread` stand
    together in a mail program.
    `claimed_until` is the sender's lease: who dies loses it by the clock.
    """

    key = models.CharField(max_length=200, unique=True)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True)
    recipient = models.EmailField()
    reply_to = models.EmailField(blank=True)
    about = models.CharField(max_length=60, blank=True)
    thread = models.CharField(max_length=60, blank=True)
    template = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=MessageStatus, default=MessageStatus.QUEUED)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    subject = models.CharField(max_length=200, blank=True)

    unscoped = MessageQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=MessageStatus.SENT, sent_at__isnull=False)
                | (~Q(status=MessageStatus.SENT) & Q(sent_at=None)),
                name="notifications_message_sent_has_instant",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(status=MessageStatus.QUEUED),
                name="notifications_message_queued",
            ),
            models.Index(
                fields=["about", "-queued_at"],
                condition=~Q(about=""),
                name="notifications_message_about",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.recipient}"


class Preference(models.Model):
    """Whether one address gets one starred kind of mail, and whether once a week.

    It belongs to the address and not to a person: an organization's mailbox, which
    signs in nowhere, can stop a kind as well. Without a row a kind is on.
    """

    address = models.EmailField()
    kind = models.CharField(max_length=40)
    is_on = models.BooleanField(default=True)
    is_weekly = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address", "kind"], name="notifications_preference_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address}"


class Follower(models.Model):
    """An address that gets the news of one record, unless it has muted them.

    `record` names the record as `Message.about` does. Who follows with an account gets
    news only while the account belongs to `organization`.
    """

    record = models.CharField(max_length=60)
    address = models.EmailField()
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True)
    followed_at = models.DateTimeField()
    muted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "address"], name="notifications_follower_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address} follows {self.record}"


class MailHours(models.Model):
    """When one address is left in peace; without a time zone, in its organization's."""

    address = models.EmailField(unique=True)
    time_zone = models.CharField(max_length=64, blank=True)
    is_on = models.BooleanField(default=True)
    begins = models.TimeField(default=time(19))
    ends = models.TimeField(default=time(8))
    weekends = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "mail hours"

    def __str__(self) -> str:
        return f"Quiet hours of {self.address}"

    def quiet(self) -> QuietHours:
        return QuietHours(
            begins=self.begins, ends=self.ends, is_on=self.is_on, weekends=self.weekends
        )


class OutboxHold(models.Model):
    """The switch at the desk that keeps all mail in the outbox: one row, or none."""

    THE_ONE = 1

    is_on = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.CharField(max_length=254, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "hold on mail"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="notifications_outboxhold_one_row"),
        ]

    def __str__(self) -> str:
        return "All mail"

    @classmethod
    def current(cls) -> "OutboxHold":
        """Return the switch as it stands; one that nobody ever touched is off."""
        return cls.objects.filter(pk=cls.THE_ONE).first() or cls(pk=cls.THE_ONE)
