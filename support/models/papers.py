"""Service documents of HiCare and CoCare, version by version."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from documents.models import Document
from support.enums import Family, PaperKind


class ServicePaperQuerySet(models.QuerySet["ServicePaper"]):
    def for_list(self) -> Self:
        """Return every version, by family and kind, the newest first."""
        return self.select_related("document").order_by("-family", "kind", "-valid_from")

    def in_force(self, family: str, *, on: date) -> list["ServicePaper"]:
        """Return the version of each kind that is in force for a family on a day."""
        known = self.filter(family=family, valid_from__lte=on).order_by("kind", "valid_from")
        latest = {paper.kind: paper for paper in known.select_related("document")}
        return list(latest.values())


class ServicePaper(models.Model):
    """One version of a service document. It is in force until the next one is.

    Nothing of it changes: a new version comes beside it, and the old one stays to be read.
    """

    family = models.CharField(max_length=6, choices=Family)
    kind = models.CharField(max_length=11, choices=PaperKind)
    version = models.CharField(max_length=20)
    valid_from = models.DateField()
    document = models.OneToOneField(Document, models.PROTECT)
    is_sample = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=254)

    objects = ServicePaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family", "kind", "version"], name="support_paper_version_once"
            ),
            models.UniqueConstraint(
                fields=["family", "kind", "valid_from"], name="support_paper_one_a_day"
            ),
            models.CheckConstraint(
                condition=Q(family__in=Family.values, kind__in=PaperKind.values),
                name="support_paper_known_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

    @property
    def title(self) -> str:
        """Name the document without its version: HiCare user guide."""
        kind = PaperKind(self.kind).label
        return f"{Family(self.family).label} {kind[:1].lower()}{kind[1:]}"


def with_ends(papers: list[ServicePaper]) -> Iterator[tuple[ServicePaper, date | None]]:
    """Yield each version with its last day in force, None for the newest of its kind.

    The versions come by family and kind, the newest first.
    """
    newer: ServicePaper | None = None
    for paper in papers:
        is_alike = newer and (newer.family, newer.kind) == (paper.family, paper.kind)
        yield paper, newer.valid_from - timedelta(days=1) if newer and is_alike else None
        newer = paper
