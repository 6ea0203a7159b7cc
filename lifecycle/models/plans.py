"""When an organization means to replace what an announcement ends, customer by customer."""

from typing import Self

from django.db import models
from django.db.models import Q

from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager

MAX_NOTE = 300


class ReplacementPlanQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(organization=organization)


class ReplacementPlan(models.Model):
    """A planned day and a note for the affected units at one customer.

    It belongs to the number of an announcement and outlives its versions. `end_customer`
    is as it stands on the units; None is for every customer without a plan of its own.
    """

    organization = models.ForeignKey(Organization, models.CASCADE)
    number = models.CharField(max_length=20)
    end_customer = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001
    planned_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=MAX_NOTE, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=254)

    unscoped = ReplacementPlanQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"],
                condition=Q(end_customer=None),
                name="lifecycle_plan_one_for_all_others",
            ),
            models.UniqueConstraint(
                fields=["organization", "number", "end_customer"],
                condition=Q(end_customer__isnull=False),
                name="lifecycle_plan_one_of_a_customer",
            ),
            models.CheckConstraint(
                condition=Q(planned_on__isnull=False) | ~Q(note=""),
                name="lifecycle_plan_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}, {self.organization}: {self.customer}"

    @property
    def customer(self) -> str:
        """Name whom the plan is for."""
        if self.end_customer is None:
            return "every other customer"
        return self.end_customer or "units without a recorded customer"
