"""What the parties of a case ask, say and show each other."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from doa.enums import FileKind
from doa.models.cases import Case
from doa.models.lines import CaseLine
from documents.models import Document
from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager


class InfoRequest(models.Model):
    """What the TAC has asked for, with the instant by which it waits for an answer."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="requests")
    text = models.TextField(max_length=2000, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=254)
    reply_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(answered_at=None), name="doa_request_one_open"
            ),
            models.CheckConstraint(
                condition=Q(reply_by__gt=F("asked_at")), name="doa_request_leaves_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Request of {self.case}"


class InfoItem(models.Model):
    """One thing that is asked for: a file of some kind, or words."""

    request = models.ForeignKey(InfoRequest, models.CASCADE, related_name="items")
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=FileKind, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label

    @property
    def wants_file(self) -> bool:
        return self.kind != ""


class CaseMessage(models.Model):
    """A message between the parties, or a note that only staff see and that is never mailed."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="messages")
    is_internal = models.BooleanField(default=False)
    from_staff = models.BooleanField()
    text = models.TextField(max_length=4000)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=254)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_internal=False) | Q(from_staff=True),
                name="doa_message_notes_are_staffs",
            ),
        ]

    def __str__(self) -> str:
        return f"Message in {self.case}"


class CaseFileQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(case__organization=organization, is_internal=False)

    def for_page(self) -> Self:
        return self.select_related("document", "line__unit").order_by("pk")


class CaseFile(models.Model):
    """A file of a case: evidence for a line, the answer to an item, or sent with a message."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="files")
    line = models.ForeignKey(CaseLine, models.CASCADE, null=True, blank=True)
    item = models.ForeignKey(InfoItem, models.PROTECT, null=True, blank=True)
    message = models.ForeignKey(
        CaseMessage, models.CASCADE, null=True, blank=True, related_name="files"
    )
    kind = models.CharField(max_length=12, choices=FileKind, default=FileKind.OTHER)
    document = models.ForeignKey(Document, models.PROTECT)
    is_internal = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=254)

    unscoped = CaseFileQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "document"], name="doa_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.document} of {self.case}"
