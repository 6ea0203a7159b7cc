"""Announcements, a row for each version: what ends when, for which products, and what follows."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalog.enums import MilestoneKind, Precision
from catalog.milestones import DATED, MilestoneDate, merged
from catalog.models import PartNumber, Product
from documents.models import Document
from lifecycle.enums import AnnouncementStatus

OPEN = [status for status in AnnouncementStatus if status.is_open]
Dates = dict[MilestoneKind, MilestoneDate]


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    """Announcements belong to no organization: what is published is for everybody."""

    def public(self) -> Self:
        """Keep every version that was ever published."""
        return self.exclude(published_at=None)

    def current(self) -> Self:
        """Keep of each number the version that holds, or with which it was withdrawn."""
        return self.public().exclude(status=AnnouncementStatus.REVISED)

    def in_force(self) -> Self:
        """Keep what is published and neither revised nor withdrawn."""
        return self.filter(status=AnnouncementStatus.PUBLISHED)

    def in_the_works(self) -> Self:
        return self.filter(status__in=OPEN)

    def due(self, at: datetime) -> Self:
        """Keep what is scheduled for `at` or for earlier, however long ago."""
        return self.filter(status=AnnouncementStatus.SCHEDULED, publish_at__lte=at)

    def untold(self) -> Self:
        """Keep what is out and of which not every holder has been told yet."""
        return self.public().filter(told_at=None)

    def affecting(self, part_number: str) -> Self:
        """Keep those about a part number, by itself or as one of its product."""
        own = Q(part_number__number=part_number)
        of_product = Q(part_number=None, product__partnumber__number=part_number)
        rows = Affected.objects.filter(own | of_product)
        return self.filter(pk__in=rows.values("announcement"))

    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-pk")

    def with_subject_matter(self) -> Self:
        """Read what a page says of each in a fixed number of queries."""
        return self.prefetch_related(
            "affected__product", "affected__part_number", "affected__replacement", "milestones"
        )


class Announcement(models.Model):
    """One version of an announcement. `number` names it through all of its versions.

    A published version is never changed: a revision is a further row, and `changes` says
    what is different. `published_at` stays empty until it is out. `told_at` is when the
    last of its mails was queued. `approved_by` is never one of its authors.
    """

    number = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField(default=1)
    subject = models.CharField(max_length=120)
    text = models.TextField(help_text="Markdown.")
    changes = models.CharField(max_length=1000, blank=True)
    source = models.CharField(max_length=300, blank=True)
    is_sample = models.BooleanField(default=False)
    status = models.CharField(
        max_length=9, choices=AnnouncementStatus, default=AnnouncementStatus.DRAFT, db_index=True
    )
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    publish_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = AnnouncementQuerySet.as_manager()
    unscoped = AnnouncementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number", "version"], name="lifecycle_announcement_version_once"
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(status__in=OPEN),
                name="lifecycle_announcement_one_in_the_works",
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(status=AnnouncementStatus.PUBLISHED),
                name="lifecycle_announcement_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(status__in=AnnouncementStatus.values),
                name="lifecycle_announcement_known_status",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in_review"], published_at=None)
                | Q(status="scheduled", published_at=None, publish_at__isnull=False)
                | Q(status__in=["published", "revised"], published_at__isnull=False)
                | Q(status="withdrawn"),
                name="lifecycle_announcement_published_has_instant",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(changes=""),
                name="lifecycle_announcement_revision_says_what_changed",
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="lifecycle_announcement_list"),
        ]

    def __str__(self) -> str:
        return self.number if self.version == 1 else f"{self.number}, version {self.version}"

    @property
    def slug(self) -> str:
        """Return the number as it stands in addresses."""
        return self.number.lower()

    @property
    def cause(self) -> str:
        """Return what a milestone that this version sets names as its cause."""
        return str(self)

    @property
    def is_public(self) -> bool:
        return self.published_at is not None

    @property
    def is_in_force(self) -> bool:
        """Tell whether it is published and neither revised nor withdrawn."""
        return self.status == AnnouncementStatus.PUBLISHED

    @property
    def products(self) -> list[Product]:
        """Return the affected products, by model."""
        found = {row.product.pk: row.product for row in self.affected.all()}
        return sorted(found.values(), key=lambda product: product.model)

    def dates(self) -> Dates:
        """Return the milestones that hold for every affected product without its own."""
        return self.dates_by_product()[None]

    def dates_by_product(self) -> dict[int | None, Dates]:
        """Return the milestones of each affected product by key, and the common ones by None."""
        said: dict[int | None, Dates] = defaultdict(dict)
        for row in self.milestones.all():
            said[row.product_id][MilestoneKind(row.kind)] = row.date
        common = merged({}, said[None])
        return {None: common} | {p.pk: merged(common, said[p.pk]) for p in self.products}


class AffectedManager(models.Manager["Affected"]):
    """Reads each row with what it names: whoever asks which products needs their models."""

    def get_queryset(self) -> models.QuerySet["Affected"]:
        return super().get_queryset().select_related("product", "part_number", "replacement")


class Affected(models.Model):
    """A product that an announcement is about, or one part number of it, and what replaces it."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="affected")
    product = models.ForeignKey(Product, models.PROTECT)
    part_number = models.ForeignKey(PartNumber, models.PROTECT, null=True, blank=True)
    replacement = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="replaces"
    )

    objects = AffectedManager()

    class Meta:
        verbose_name_plural = "affected"
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "product"],
                condition=Q(part_number=None),
                name="lifecycle_affected_product_once",
            ),
            models.UniqueConstraint(
                fields=["announcement", "part_number"],
                condition=~Q(part_number=None),
                name="lifecycle_affected_part_number_once",
            ),
            models.CheckConstraint(
                condition=Q(replacement=None) | ~Q(replacement=F("product")),
                name="lifecycle_affected_replaced_by_another",
            ),
        ]

    def __str__(self) -> str:
        return str(self.part_number or self.product)


class AnnouncedMilestone(models.Model):
    """A milestone as a version announces it: of one product, or of all that are affected."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="milestones")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True)
    kind = models.CharField(max_length=4, choices=MilestoneKind)
    precision = models.CharField(max_length=16, choices=Precision)
    day = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "kind"],
                condition=Q(product=None),
                name="lifecycle_milestone_of_all_once",
            ),
            models.UniqueConstraint(
                fields=["announcement", "product", "kind"],
                condition=~Q(product=None),
                name="lifecycle_milestone_of_a_product_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=MilestoneKind.values, precision__in=Precision.values),
                name="lifecycle_milestone_known_words",
            ),
            models.CheckConstraint(
                condition=Q(precision__in=sorted(DATED), day__isnull=False)
                | (~Q(precision__in=sorted(DATED)) & Q(day=None)),
                name="lifecycle_milestone_day_with_its_precision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.date.text}"

    @property
    def date(self) -> MilestoneDate:
        return MilestoneDate(Precision(self.precision), self.day)


class Attachment(models.Model):
    """A file that goes with a version, for everybody who may read it."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="attachments")
    document = models.ForeignKey(Document, models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "document"], name="lifecycle_attachment_once"
            ),
        ]

    def __str__(self) -> str:
        return self.document.name


def part_numbers_of(affected: Iterable[Affected]) -> models.QuerySet[PartNumber]:
    """Return the part numbers that rows stand for: a product's are all of its own."""
    rows = list(affected)
    whole = [row.product_id for row in rows if row.part_number_id is None]
    single = [row.part_number_id for row in rows if row.part_number_id is not None]
    return PartNumber.objects.filter(Q(product__in=whole) | Q(pk__in=single))
