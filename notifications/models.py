"""Who is told: the outbox, one row per event and recipient."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from notifications.enums import MessageStatus
from partners.models import Organization
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


class Message(models.Model):
    """One mail to one address.

    `key` names the event and the recipient, so that the same news can not be
    queued twice. `template` is a folder and name below `templates/email/`;
    `context` holds ids and words, and what is long is looked up when it is sent.
    An answer goes to `reply_to`, or where it is empty to the house.
    `claimed_until` is the sender's lease: who dies loses it by the clock.
    """

    key = models.CharField(max_length=200, unique=True)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True)
    recipient = models.EmailField()
    reply_to = models.EmailField(blank=True)
    template = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    status = models.CharField(max_length=6, choices=MessageStatus, default=MessageStatus.QUEUED)
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
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.recipient}"
