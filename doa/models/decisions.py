"""Decisions as they were taken, kept so that each can be reckoned again."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from doa.enums import DoaRule, Remedy
from doa.models.cases import Case
from doa.models.lines import CaseLine
from partners.models import Organization, User
from partners.scoping import OrganizationQuerySet, ScopedManager
from warranty.models import PolicyVersion


class Proposal(models.Model):
    """Decisions against the verdict that wait for a second member of staff.

    `lines` keeps for each line what is to be decided. It is settled once: approved by
    somebody else than who proposed it, or dropped.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="proposals")
    lines = models.JSONField()
    reason = models.CharField(max_length=300)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    is_approved = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(settled_at=None), name="doa_proposal_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(is_approved=True) | ~Q(settled_by=F("proposed_by")),
                name="doa_proposal_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"Proposal for {self.case}"


class DecisionQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(line__case__organization=organization)


class Decision(models.Model):
    """What was decided about a line, with the version, the inputs and the reasons used.

    `verdict_remedy` and `verdict_rule` are what the rules gave; a decision that differs
    has a reason and who approved it. It is never changed: a case that is opened again
    gets a further one.
    """

    line = models.ForeignKey(CaseLine, models.PROTECT, related_name="decisions")
    remedy = models.CharField(max_length=20, choices=Remedy)
    rule = models.CharField(max_length=2, choices=DoaRule, blank=True)
    verdict_remedy = models.CharField(max_length=20, choices=Remedy)
    verdict_rule = models.CharField(max_length=2, choices=DoaRule, blank=True)
    policy_version = models.ForeignKey(PolicyVersion, models.PROTECT)
    inputs = models.JSONField()
    reasons = models.JSONField()
    text = models.CharField(max_length=1000, blank=True)
    override_reason = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    unscoped = DecisionQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(remedy=F("verdict_remedy"), rule=F("verdict_rule"))
                | (~Q(override_reason="") & Q(approved_by__isnull=False)),
                name="doa_decision_override_has_reason_and_second",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("decided_by")),
                name="doa_decision_second_is_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_remedy_display()} for {self.line}"
