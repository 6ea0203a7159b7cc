"""Reminders about contracts: whom, of which date, at which step (mails 16 and 17)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Value, When

from support.enums import Recall
from support.models.contracts import ContractLine, SupportContract
from warranty import reminders
from warranty.models import PolicyVersion


class ContractRecall(models.Model):
    """The holder of a contract was reminded of one date at one step, on one day.

    `day` is the date behind it: the day of shipment where a start is to be chosen, the
    last covered day where cover ends. A date that moves is a new one, told anew. That a
    step is told once is what the constraint says, and nothing in code.
    """

    contract = models.ForeignKey(SupportContract, models.PROTECT)
    about = models.CharField(max_length=5, choices=Recall)
    day = models.DateField()
    step = models.PositiveSmallIntegerField()
    told_on = models.DateField()
    told_at = models.DateTimeField()

    unscoped = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "about", "day", "step"], name="support_recall_once"
            ),
            models.CheckConstraint(
                condition=Q(about__in=Recall.values), name="support_recall_known"
            ),
        ]
        indexes = [models.Index(fields=["told_on", "about"], name="support_recall_told")]

    def __str__(self) -> str:
        return f"{self.get_about_display()}: {self.contract}, {self.day}, {self.step} days"


def due_recalls(about: Recall, *, as_of: date) -> list[ContractRecall]:
    """Return what to tell on `as_of`, unsaved and without its instant, by holder.

    One query, whatever the number of units. The days are those of the policy version in
    force on `as_of`.
    """
    version = PolicyVersion.objects.in_force(as_of)
    found = _starts(version, as_of) if about is Recall.START else _ends(version, as_of)
    rows = sorted(found.values_list("contract__organization", "contract", "told_day", "step"))
    return [
        ContractRecall(
            contract=SupportContract(pk=contract, organization_id=organization),
            about=about,
            day=day,
            step=step,
            told_on=as_of,
        )
        for organization, contract, day, step in rows
    ]


def _starts(version: PolicyVersion, as_of: date) -> Any:
    """Keep what lacks a chosen start, from the first step to the last day to choose one."""
    days = reminders.days_of(version.start_reminder_days)
    reached = [
        When(anchor_on__lte=as_of - timedelta(days=day), then=Value(day)) for day in reversed(days)
    ]
    lines = start_to_choose(as_of).filter(anchor_on__lte=as_of - timedelta(days=days[0]))
    told = _told(Recall.START, day="anchor_on").filter(step__gte=OuterRef("step"))
    return _untold(lines, reached, told, day="anchor_on")


def _ends(version: PolicyVersion, as_of: date) -> Any:
    """Keep the cover that ends, from the first step to its last day, with none after it."""
    days = reminders.days_of(version.ending_reminder_days)
    reached = [When(ends_on__lte=as_of + timedelta(days=day), then=Value(day)) for day in days]
    until = as_of + timedelta(days=days[-1])
    lines = ending_for_good().filter(ends_on__gte=as_of, ends_on__lte=until)
    told = _told(Recall.END, day="ends_on").filter(step__lte=OuterRef("step"))
    return _untold(lines, reached, told, day="ends_on")


def _told(about: Recall, *, day: str) -> Any:
    known = ContractRecall.unscoped.filter(about=about, contract=OuterRef("contract"))
    return known.filter(day=OuterRef(day))


def _untold(lines: Any, reached: list[When], told: Any, *, day: str) -> Any:
    steps = lines.annotate(step=Case(*reached, output_field=IntegerField()), told_day=F(day))
    return steps.filter(~Exists(told)).distinct()


def start_to_choose(today: date) -> Any:
    """Keep the lines whose start nobody has chosen and somebody still may."""
    return ContractLine.unscoped.covering().movable(today).filter(start_chosen_at=None)


def ending_for_good() -> Any:
    """Keep the lines after which no contract of the family covers their unit."""
    later = ContractLine.unscoped.covering().filter(
        unit=OuterRef("unit"),
        contract__family=OuterRef("contract__family"),
        ends_on__gt=OuterRef("ends_on"),
    )
    return ContractLine.unscoped.covering().filter(~Exists(later))


def recalled(about: Recall, *, organization_id: int | None, on: date) -> Iterator[Q]:
    """Yield the lines that one holder was told of on a day, as conditions."""
    told = ContractRecall.unscoped.filter(
        about=about, told_on=on, contract__organization=organization_id
    )
    field = "anchor_on" if about is Recall.START else "ends_on"
    for contract, day in told.values_list("contract", "day"):
        yield Q(contract=contract, **{field: day})
