"""Receivers of an organization's news, and what was sent to each."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager
from webhooks.enums import DeliveryStatus


class EndpointQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(organization=organization)


class Endpoint(models.Model):
    """An address of an organization's program, and which events it is told of.

    The secrets are kept encrypted, because they sign. `failing_since` is when the tries
    began to fail that have not been followed by one that did not.
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    organization = models.ForeignKey(Organization, models.PROTECT)
    url = models.CharField(max_length=300)
    events = models.JSONField(default=list)
    secret = models.TextField()
    former_secret = models.TextField(blank=True)
    rotated_at = models.DateTimeField(null=True, blank=True)
    is_on = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=254)
    failing_since = models.DateTimeField(null=True, blank=True)
    off_reason = models.CharField(max_length=300, blank=True)

    unscoped = EndpointQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "url"], name="webhooks_endpoint_once"),
        ]

    def __str__(self) -> str:
        return self.url


class DeliveryQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(endpoint__organization=organization)

    def deliverable(self, at: datetime) -> Self:
        """Keep what may be sent at `at`: queued, due, claimed by nobody, to what is on."""
        return self.filter(
            Q(claimed_until=None) | Q(claimed_until__lte=at),
            status=DeliveryStatus.QUEUED,
            due_at__lte=at,
            endpoint__is_on=True,
        )


class Delivery(models.Model):
    """One event for one endpoint: sent until it is taken, and kept to be sent again.

    `key` names the event, so that it is queued once for an endpoint.
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    key = models.CharField(max_length=200)
    event = models.CharField(max_length=40)
    payload = models.JSONField()
    status = models.CharField(max_length=9, choices=DeliveryStatus, default=DeliveryStatus.QUEUED)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    answer = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    unscoped = DeliveryQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "key"], name="webhooks_delivery_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(status=DeliveryStatus.QUEUED),
                name="webhooks_delivery_queued",
            ),
            models.Index(fields=["endpoint", "-queued_at"], name="webhooks_delivery_log"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint}"
