"""What life-cycle managers can do to a product at the desk."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.enums import MilestoneKind
from catalog.milestones import NOT_ANNOUNCED, MilestoneDate, UnreadableMilestone, read_date
from catalog.models import Milestone, PartNumber, Product
from catalog.policy import day_text
from catalog.workflow import CauseMissing, Change, MilestoneRow, MilestonesRefused, set_milestones
from partners.desk import Operation, Preview, ReasonForm
from partners.enums import Permission
from partners.models import User


class MilestoneField(forms.CharField):
    """A milestone as people write it; empty leaves it as it is."""

    def __init__(self, kind: MilestoneKind) -> None:
        self.kind = kind
        help_text = "YYYY-MM-DD, YYYY-MM, to be announced or not announced. Empty: stays."
        super().__init__(label=kind.label, required=False, max_length=40, help_text=help_text)

    def clean(self, value: Any) -> MilestoneDate | None:
        text = super().clean(value)
        try:
            return read_date(text, self.kind) if text else None
        except UnreadableMilestone as refusal:
            raise ValidationError(str(refusal)) from refusal


class MilestonesForm(ReasonForm):
    """Asks for the milestones that change, and why."""

    part_number = forms.CharField(
        required=False,
        max_length=40,
        help_text="For one part number that differs. Empty: for the product.",
    )
    ga = MilestoneField(MilestoneKind.GA)
    eom = MilestoneField(MilestoneKind.EOM)
    eofs = MilestoneField(MilestoneKind.EOFS)
    eos = MilestoneField(MilestoneKind.EOS)
    field_order = ["part_number", *MilestoneKind.values, "reason"]


def rows_of(product: Product, values: dict[str, Any]) -> list[MilestoneRow]:
    """Return what the form says as rows for the workflow. Raises: ValidationError."""
    number = values["part_number"].strip()
    part = PartNumber.objects.filter(product=product, number=number).first() if number else None
    if number and part is None:
        raise ValidationError(f"{number} is no part number of {product}. Choose one that is.")
    rows = [
        MilestoneRow(product=product, part_number=part, kind=kind, date=values[kind.value])
        for kind in MilestoneKind
        if values[kind.value] is not None
    ]
    if not rows:
        raise ValidationError("Write at least one milestone.")
    return rows


def on_file(product: Product) -> list[tuple[str, str]]:
    """Return what stands, the product's milestones first, then those of its part numbers."""
    rows = Milestone.objects.current().of_products([product.pk]).select_related("part_number")
    stated = {(row.part_number_id, row.kind): row for row in rows}
    said = [(kind.label, _words(stated.get((None, kind.value)))) for kind in MilestoneKind]
    own = [row for (part, _), row in stated.items() if part]
    own.sort(key=lambda row: (str(row.part_number), MilestoneKind.values.index(row.kind)))
    return said + [(f"{row.part_number}: {row.get_kind_display()}", _words(row)) for row in own]


def _words(row: Milestone | None) -> str:
    return f"{row.date.text}. {row.cause}" if row else NOT_ANNOUNCED.text


def _set(product: Product, values: dict[str, Any], user: User, at: datetime) -> str:
    rows = rows_of(product, values)
    changes = set_milestones(rows, user=user, at=at, cause=values["reason"])
    if not changes:
        return f"{product} stays as it is: these milestones stand already."
    said = "; ".join(f"{c.row.kind.label.lower()} {c.after.text}" for c in changes)
    return f"Milestones of {rows[0].of_what}: {said}."


def _preview(product: Product, values: dict[str, Any], user: User, at: datetime) -> Preview:
    """Set the milestones, say what that changed, and take it back."""
    rows = rows_of(product, values)
    with transaction.atomic():
        changes = set_milestones(rows, user=user, at=at, cause=values["reason"])
        transaction.set_rollback(True)
    count = f"{len(changes)} milestone{'' if len(changes) == 1 else 's'}"
    return Preview(
        headline=f"{count} of {rows[0].of_what} will change."
        if changes
        else "These milestones stand already.",
        columns=["Milestone", "Until now", "From now on", "Counts as"],
        rows=[[c.row.kind.label, c.before.text, c.after.text, _counts_as(c)] for c in changes],
    )


def _counts_as(change: Change) -> str:
    return day_text(change.after.day) if change.after.day else "No day"


def _may(product: Product, user: User) -> bool:
    return any(
        user.can(Permission.MANAGE_LIFECYCLE, m.organization)
        for m in user.joined_memberships()
        if m.is_huawei_staff
    )


SET_MILESTONES = Operation(
    name="milestones",
    label="Set milestones",
    explanation="The earlier dates stay in the history. Nobody is told: an announcement does that.",
    form_class=MilestonesForm,
    perform=_set,
    preview=_preview,
    is_offered=_may,
    refusals=(MilestonesRefused, CauseMissing),
    on_file=on_file,
)
