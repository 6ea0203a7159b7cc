"""Referrals: units that failed at somebody who does not apply, passed on to who does."""

from typing import Self

from django.db import models
from django.db.models import Q

from doa.enums import FailureKind, ReferralStatus, Symptom
from doa.models.cases import Case
from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager
from warranty.models import Unit

OPEN = Q(status=ReferralStatus.OPEN)
SETTLED = (ReferralStatus.ADOPTED, ReferralStatus.DECLINED, ReferralStatus.EXPIRED)


class ReferralQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        """A referral is seen by who refers and, once it is confirmed, by its distributor."""
        received = Q(distributor=organization) & ~Q(status=ReferralStatus.UNCONFIRMED)
        return self.filter(received | Q(organization=organization))

    def open(self) -> Self:
        return self.filter(OPEN)

    def to_route(self) -> Self:
        """Keep what no distributor answers for: staff name one, or decline."""
        return self.filter(OPEN, distributor=None)

    def for_list(self) -> Self:
        """Join what a row of a list shows, newest first."""
        return self.select_related(
            "unit__part_number__product", "organization", "distributor", "case"
        ).order_by("-created_at", "-pk")


class Referral(models.Model):
    """A failed unit, told to the distributor of its latest shipment.

    `organization` is who refers with an account; without one a person has confirmed the
    address in `contact_email`. `unit` and `distributor` are empty where none is known:
    then staff look at it. Days suffice here; the times are asked for in the case.
    """

    reference = models.CharField(max_length=16, unique=True)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="referrals_made"
    )
    distributor = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="referrals_received"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    serial = models.CharField(max_length=32)
    part_number = models.CharField(max_length=40, blank=True)
    status = models.CharField(
        max_length=11, choices=ReferralStatus, default=ReferralStatus.OPEN, db_index=True
    )

    symptom = models.CharField(max_length=12, choices=Symptom)
    description = models.TextField(max_length=2000)
    failure_kind = models.CharField(max_length=10, choices=FailureKind)
    powered_on_on = models.DateField(null=True, blank=True)
    failed_on = models.DateField(null=True, blank=True)
    site = models.CharField(max_length=120, blank=True)
    contact_name = models.CharField(max_length=120)
    contact_email = models.EmailField()
    company = models.CharField(max_length=120, blank=True)

    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=254, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    case = models.OneToOneField(
        Case, models.PROTECT, null=True, blank=True, related_name="referral"
    )

    unscoped = ReferralQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "organization"],
                condition=OPEN & Q(organization__isnull=False),
                name="doa_referral_one_open",
            ),
            models.UniqueConstraint(
                fields=["serial", "contact_email"],
                condition=OPEN & Q(organization=None),
                name="doa_referral_one_open_public",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ReferralStatus.values), name="doa_referral_known_words"
            ),
            models.CheckConstraint(
                condition=Q(status=ReferralStatus.UNCONFIRMED) | Q(confirmed_at__isnull=False),
                name="doa_referral_seen_once_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(status=ReferralStatus.ADOPTED)
                | Q(case__isnull=False, distributor__isnull=False),
                name="doa_referral_adopted_into_case",
            ),
            models.CheckConstraint(
                condition=~Q(status=ReferralStatus.DECLINED) | ~Q(reason=""),
                name="doa_referral_declined_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(status__in=SETTLED, settled_at__isnull=False)
                | (~Q(status__in=SETTLED) & Q(settled_at=None)),
                name="doa_referral_settled_has_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["distributor", "-created_at"], name="doa_referral_received"),
            models.Index(fields=["status", "expires_at"], name="doa_referral_expiry"),
            models.Index(fields=["created_at", "id"], name="doa_referral_created"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.status == ReferralStatus.OPEN

    @property
    def referrer(self) -> str:
        """Name who refers, as the distributor reads it."""
        if self.organization:
            return self.organization.name
        return f"{self.contact_name}, {self.company}" if self.company else self.contact_name
