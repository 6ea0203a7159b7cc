"""What is sold: products, their part numbers, and the milestones of their life."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from catalog.enums import MilestoneKind, Precision
from catalog.milestones import DATED, MilestoneDate, merged, reached_by


class Product(models.Model):
    """A model as its maker names it.

    `warranty_months` is the term of its warranty in months, 1 to 600; empty
    means that the policy version's own term applies. `is_sample_term` marks a
    term that is not the vendor's.
    """

    model = models.CharField(max_length=120, unique=True)
    product_line = models.CharField(max_length=120, blank=True)
    category = models.CharField(max_length=60, blank=True)
    warranty_months = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(600)]
    )
    is_sample_term = models.BooleanField(default=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(warranty_months=None)
                | Q(warranty_months__gte=1, warranty_months__lte=600),
                name="catalog_product_term_1_to_600",
            ),
        ]

    def __str__(self) -> str:
        return self.model


class PartNumberQuerySet(models.QuerySet["PartNumber"]):
    """Reads part numbers by where their products stand."""

    def past(self, kind: MilestoneKind, *, on: date) -> Self:
        """Keep those whose milestone of this kind is reached on the day `on`."""
        known = Milestone.objects.current().filter(kind=kind).most_telling()
        days = Subquery(known.values("day")[:1])
        return self.annotate(milestone_on=days).filter(milestone_on__lte=reached_by(kind, on=on))


class PartNumber(models.Model):
    """An order number of a product. It is text: leading zeros belong to it."""

    number = models.CharField(max_length=40, unique=True)
    product = models.ForeignKey(Product, models.PROTECT)

    objects = PartNumberQuerySet.as_manager()

    def __str__(self) -> str:
        return self.number


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    """Reads the milestones that stand, and those that stood before."""

    def current(self) -> Self:
        """Keep what stands now; every earlier value stays to be read."""
        return self.filter(replaced_at=None)

    def of_products(self, product_ids: Iterable[int]) -> Self:
        """Keep the milestones of products, and those of their part numbers."""
        return self.filter(product__in=list(product_ids))

    def about(self, part_number: PartNumber) -> Self:
        """Keep what was ever said of a part number and of its product, newest first."""
        own = Q(part_number=part_number) | Q(part_number=None)
        return self.filter(own, product=part_number.product_id).order_by("-set_at", "-pk")

    def most_telling(self) -> Self:
        """Keep, inside a query of part numbers, what each has of its own or from its product."""
        own = Q(part_number=OuterRef("pk")) | Q(part_number=None, product=OuterRef("product"))
        return self.filter(own).order_by(F("part_number").asc(nulls_last=True))

    def by_part_number(
        self, part_numbers: Iterable[PartNumber]
    ) -> dict[int, dict[MilestoneKind, MilestoneDate]]:
        """Return for each part number what stands: its own milestones before its product's."""
        wanted = list(part_numbers)
        rows = self.current().of_products({p.product_id for p in wanted})
        said: dict[tuple[int, int | None], dict[MilestoneKind, MilestoneDate]] = defaultdict(dict)
        for row in rows:
            said[row.product_id, row.part_number_id][MilestoneKind(row.kind)] = row.date
        return {p.pk: merged(said[p.product_id, None], said[p.product_id, p.pk]) for p in wanted}


class Milestone(models.Model):
    """What was said about a milestone of a product, or of one of its part numbers.

    A row is never changed: a new one replaces it and it keeps when that was. `day` is
    the day that the milestone counts as. No row means that it is not announced; a row
    that says so takes back an earlier one.
    """

    product = models.ForeignKey(Product, models.PROTECT)
    part_number = models.ForeignKey(PartNumber, models.PROTECT, null=True, blank=True)
    kind = models.CharField(max_length=4, choices=MilestoneKind)
    precision = models.CharField(max_length=16, choices=Precision)
    day = models.DateField(null=True, blank=True)
    cause = models.CharField(max_length=300)
    is_sample = models.BooleanField(default=False)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=254)
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "kind"],
                condition=Q(part_number=None, replaced_at=None),
                name="catalog_milestone_one_of_a_product",
            ),
            models.UniqueConstraint(
                fields=["part_number", "kind"],
                condition=Q(replaced_at=None) & ~Q(part_number=None),
                name="catalog_milestone_one_of_a_part_number",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=MilestoneKind.values, precision__in=Precision.values),
                name="catalog_milestone_known_words",
            ),
            models.CheckConstraint(
                condition=Q(precision__in=sorted(DATED), day__isnull=False)
                | (~Q(precision__in=sorted(DATED)) & Q(day=None)),
                name="catalog_milestone_day_with_its_precision",
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(replaced_at__gte=F("set_at")),
                name="catalog_milestone_replaced_after_it_was_set",
            ),
        ]
        indexes = [models.Index(fields=["set_at"], name="catalog_milestone_set_at")]

    def __str__(self) -> str:
        return f"{self.of_what}: {self.get_kind_display()} {self.date.text}"

    @property
    def date(self) -> MilestoneDate:
        return MilestoneDate(Precision(self.precision), self.day)

    @property
    def of_what(self) -> str:
        """Name what the milestone belongs to: the part number, or else the product."""
        return str(self.part_number or self.product)
