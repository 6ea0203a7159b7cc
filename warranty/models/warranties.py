"""Warranties that have started, and the nights that start them."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from partners.models import Organization
from partners.scoping import OrganizationQuerySet, ScopedManager
from warranty.enums import WarrantyRule
from warranty.models.reports import InstallationReport
from warranty.models.sights import seen_by
from warranty.models.units import Unit
from warranty.models.versions import PolicyVersion


class WarrantyQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(unit__in=seen_by(organization))


class Warranty(models.Model):
    """A warranty that has started. A unit without one is waiting for its start.

    `starts_on` and `ends_on` are both covered days, dated by the rule;
    `started_at` is when it was recorded. A unit that replaced another in exchange goes on
    with the dates of `inherited_from`; only these, and those of a unit that has been
    replaced, may lie ahead. The primary key is the unit's: that,
    and nothing in code, is why a warranty starts once.
    """

    unit = models.OneToOneField(Unit, models.PROTECT, primary_key=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    inherited_from = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    rule = models.CharField(max_length=2, choices=WarrantyRule)
    months = models.PositiveSmallIntegerField()
    policy_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, db_constraint=False, db_index=False
    )
    report = models.ForeignKey(
        InstallationReport, models.PROTECT, null=True, blank=True, db_index=False
    )
    started_at = models.DateTimeField()
    notice_on = models.DateField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    unscoped = WarrantyQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        verbose_name_plural = "warranties"
        indexes = [
            # what ends between two days is read from here alone, the void ones left out
            models.Index(fields=["ends_on", "unit", "voided_at"], name="warranty_warranty_ending")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="warranty_warranty_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(rule__in=WarrantyRule.values), name="warranty_warranty_known_rule"
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="warranty_warranty_void_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Warranty of {self.unit_id}"


class StartNight(models.Model):
    """The day's list of warranties started: open while it is written, then told.

    Starts recorded after `closed_at` go on the next day's list, so that each
    stands on exactly one notice and each partner gets one a day.
    """

    day = models.DateField(primary_key=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Night of {self.day}"
