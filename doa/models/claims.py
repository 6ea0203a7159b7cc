"""Claims that are no cases: goods that arrived dented, missing or wrong, and dead spare parts."""

from typing import Self

from django.db import models
from django.db.models import Q

from doa.enums import CargoTrouble, ClaimKind, ClaimStatus
from documents.models import Document
from partners.models import Organization, User
from partners.scoping import OrganizationQuerySet, ScopedManager
from warranty.models import Unit

UNSETTLED = Q(status__in=[ClaimStatus.OPEN, ClaimStatus.ACCEPTED])


class ClaimQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(organization=organization)

    def open(self) -> Self:
        return self.filter(UNSETTLED)

    def for_list(self) -> Self:
        """Join what a row of a list shows, newest first."""
        return self.select_related("organization", "unit__part_number__product").order_by(
            "-reported_at", "-pk"
        )


class Claim(models.Model):
    """Goods that did not arrive as they should have, with what staff decided and sent.

    `serial` and `part_number` are those of the unit on the papers, or of the spare part as
    its label says. `delivered_on` is the day on which the delivery arrived. `waits_for_us`
    is set while the last word is the claimant's.
    """

    reference = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=10, choices=ClaimKind)
    organization = models.ForeignKey(Organization, models.PROTECT)
    claimant = models.ForeignKey(User, models.PROTECT, related_name="claims")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    serial = models.CharField(max_length=32, blank=True)
    part_number = models.CharField(max_length=40, blank=True)
    trouble = models.CharField(max_length=8, choices=CargoTrouble, blank=True)
    description = models.TextField(max_length=2000)
    delivered_on = models.DateField()
    is_late = models.BooleanField(default=False)
    order_reference = models.CharField(max_length=60, blank=True)
    status = models.CharField(
        max_length=8, choices=ClaimStatus, default=ClaimStatus.OPEN, db_index=True
    )
    waits_for_us = models.BooleanField(default=True)
    reported_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=254, blank=True)
    decision = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=254, blank=True)
    settlement = models.CharField(max_length=300, blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    tracking = models.CharField(max_length=60, blank=True)

    unscoped = ClaimQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "serial", "part_number"],
                condition=UNSETTLED & ~Q(serial=""),
                name="doa_claim_one_open",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ClaimKind.values, status__in=ClaimStatus.values),
                name="doa_claim_known_words",
            ),
            models.CheckConstraint(
                condition=Q(kind=ClaimKind.CARGO, unit__isnull=False)
                & Q(trouble__in=CargoTrouble.values)
                | Q(kind=ClaimKind.SPARE_PART, trouble="") & ~Q(part_number=""),
                name="doa_claim_says_what",
            ),
            models.CheckConstraint(
                condition=Q(status=ClaimStatus.OPEN)
                | (Q(decided_at__isnull=False) & ~Q(decision="")),
                name="doa_claim_decided_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status=ClaimStatus.SETTLED)
                | (Q(settled_at__isnull=False) & ~Q(settlement="")),
                name="doa_claim_settled_with_what",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-reported_at"], name="doa_claim_list"),
            models.Index(fields=["reported_at", "id"], name="doa_claim_reported"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.status in (ClaimStatus.OPEN, ClaimStatus.ACCEPTED)

    @property
    def goods(self) -> str:
        """Name what the claim is about, as its papers do."""
        return self.serial or f"part {self.part_number}"


class ClaimMessage(models.Model):
    """What claimant and staff write each other about a claim."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="messages")
    from_staff = models.BooleanField()
    text = models.TextField(max_length=2000)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=254)

    def __str__(self) -> str:
        return f"Message in {self.claim}"


class ClaimFileQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(claim__organization=organization)


class ClaimFile(models.Model):
    """A photo or paper of a claim, handed in with it or with a message."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="files")
    message = models.ForeignKey(
        ClaimMessage, models.CASCADE, null=True, blank=True, related_name="files"
    )
    document = models.ForeignKey(Document, models.PROTECT)
    added_at = models.DateTimeField()

    unscoped = ClaimFileQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "document"], name="doa_claimfile_once"),
        ]

    def __str__(self) -> str:
        return f"{self.document} of {self.claim}"
