"""What is sold: products, and the part numbers under which they are ordered."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


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


class PartNumber(models.Model):
    """An order number of a product. It is text: leading zeros belong to it."""

    number = models.CharField(max_length=40, unique=True)
    product = models.ForeignKey(Product, models.PROTECT)

    def __str__(self) -> str:
        return self.number
