"""Units that stand in the place of others (policy section 6)."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager
from warranty.enums import ReplacementKind
from warranty.models.sights import seen_by
from warranty.models.units import Unit


class UnitReplacementQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        """It is seen by whoever sees one of the two units."""
        units = seen_by(organization)
        return self.filter(Q(old__in=units) | Q(new__in=units))

    def chain(self, unit: Unit) -> "list[UnitReplacement]":
        """Return the links of a unit's chain, from its first unit to the one in use."""
        links = self.select_related("old", "new")
        back, ahead = [], []
        link = links.filter(new=unit).first()
        while link is not None:
            back.append(link)
            link = links.filter(new=link.old_id).first()
        link = links.filter(old=unit).first()
        while link is not None:
            ahead.append(link)
            link = links.filter(old=link.new_id).first()
        return [*reversed(back), *ahead]


class UnitReplacement(models.Model):
    """One unit in the place of another: `old` is closed, `new` is in use from `replaced_on`.

    A unit is replaced once and replaces one unit, so that chains are lines. `floor_days`
    is how long an exchanged unit stays covered at least, as the policy had it then.
    """

    old = models.OneToOneField(Unit, models.PROTECT, related_name="replacement")
    new = models.OneToOneField(Unit, models.PROTECT, related_name="origin")
    kind = models.CharField(max_length=20, choices=ReplacementKind)
    replaced_on = models.DateField()
    floor_days = models.PositiveSmallIntegerField(default=0)
    cause = models.CharField(max_length=40)
    recorded_at = models.DateTimeField()

    unscoped = UnitReplacementQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(old=F("new")), name="warranty_replacement_by_another"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ReplacementKind.values),
                name="warranty_replacement_known_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.new} for {self.old}"
