"""Who sees which unit, as a table of its own: the first thing that every list asks."""

from typing import Any

from django.db import models

from partners.models import Organization


class Sight(models.Model):
    """That an organization sees a unit, whatever gives it sight (`UnitQuerySet.visible_to`).

    Triggers of the database keep these rows while units come and go on, so that no writer
    can forget them. The key answers for one unit; `serial` repeats the unit's, so that an
    index holds the units of each organization in their order.
    """

    pk = models.CompositePrimaryKey("organization_id", "unit_id")
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(
        "warranty.Unit", models.CASCADE, related_name="sights", db_index=False, db_constraint=False
    )
    serial = models.CharField(max_length=32)

    unscoped: "models.Manager[Sight]" = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "serial", "unit"], name="warranty_sight_serials")
        ]

    def __str__(self) -> str:
        return f"Unit {self.unit_id} seen by organization {self.organization_id}"


def seen_by(organization: Organization) -> Any:
    """Return the keys of the units that `organization` sees, each once, for a query."""
    return Sight.unscoped.filter(organization=organization).values("unit_id")
