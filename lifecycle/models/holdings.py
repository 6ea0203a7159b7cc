"""Whom an announcement concerns: the holders of affected units, and who asked for news."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from lifecycle.enums import HoldingChange
from lifecycle.models.announcements import Announcement
from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager

NEWS = [change for change in HoldingChange if change.is_news]


class HoldingQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(organization=organization)

    def untold(self) -> Self:
        """Keep the holders for whom a version is news that has not been queued yet."""
        return self.filter(change__in=NEWS, told_at=None)


class Holding(models.Model):
    """How many affected units one organization held when a version came out.

    `told_at` is when its mails were queued; it stays empty where nothing changed for the
    holder. `acknowledged_by` is who of the holder has said that it was read.
    """

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="holdings")
    organization = models.ForeignKey(Organization, models.PROTECT)
    units = models.PositiveIntegerField()
    change = models.CharField(max_length=8, choices=HoldingChange)
    told_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=254, blank=True)

    unscoped = HoldingQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "organization"], name="lifecycle_holding_once"
            ),
            models.CheckConstraint(
                condition=Q(change__in=HoldingChange.values), name="lifecycle_holding_known_change"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by="")
                | (Q(acknowledged_at__isnull=False) & ~Q(acknowledged_by="")),
                name="lifecycle_holding_acknowledged_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["announcement", "organization"],
                condition=Q(told_at=None, change__in=NEWS),
                name="lifecycle_holding_untold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.units} units, {self.announcement}"

    @property
    def is_to_read(self) -> bool:
        """Tell whether it holds, concerns a unit, and nobody of the holder has read it yet."""
        is_news = self.units > 0 and self.acknowledged_at is None
        return is_news and self.announcement.is_in_force


class SubscriptionQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(organization=organization)


class Subscription(models.Model):
    """A person who reads of every announcement once a week, whether units are affected or not."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    organization = models.ForeignKey(Organization, models.CASCADE)
    since = models.DateTimeField()

    unscoped = SubscriptionQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"], name="lifecycle_subscription_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} of {self.organization}"
