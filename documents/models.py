"""What people hand in: kept privately under a random name, seen by whose it is."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from documents.enums import MediaType
from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager


class DocumentQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(organization=organization)

    def unattached(self) -> Self:
        """Keep what was uploaded and not handed in with anything yet."""
        return self.filter(attached_at=None)

    def forgotten(self, *, before: datetime) -> Self:
        return self.unattached().filter(kept_at__lt=before)


class Document(models.Model):
    """A file as it was handed in. `reference` is its name on disk and in addresses.

    It never changes. `attached_at` is when something began to rest on it: a report, a
    dispute, an import. What nothing rests on is swept away after a day.
    """

    reference = models.CharField(max_length=43, unique=True)
    organization = models.ForeignKey(Organization, models.PROTECT)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=80, choices=MediaType)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    kept_by = models.CharField(max_length=254)
    kept_at = models.DateTimeField()
    attached_at = models.DateTimeField(null=True, blank=True)

    unscoped = DocumentQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(media_type__in=MediaType.values),
                name="documents_document_known_type",
            ),
        ]
        indexes = [
            models.Index(
                fields=["kept_at"], condition=Q(attached_at=None), name="documents_document_loose"
            ),
            models.Index(fields=["organization", "kept_at"], name="documents_document_quota"),
        ]

    def __str__(self) -> str:
        return self.name
