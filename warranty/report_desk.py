"""What staff see of an installation report at the desk, and what they do to it."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from partners import clock
from partners.desk import ConfirmForm, Operation, Preview, ReasonForm
from partners.models import User
from warranty import outlook, workflow
from warranty.desk import PREVIEWED, REFUSALS, counted, rehearsed
from warranty.effects import Effect, grouped
from warranty.models import InstallationReport, Unit

COLUMNS = ["Serial number", "Holder", "What the report does", "Start without it", "Start with it"]
USUAL_REASONS = (
    "The signature is missing.",
    "The date of signature cannot be read.",
    "The date on the paper differs from the one entered.",
    "A serial number on the paper differs from the list.",
    "The file is not the signed report.",
)
"""What is wrong with most reports that go back, each a sentence the partner can act on."""


class SendBackForm(ReasonForm):
    """Asks what is wrong: one of the usual reasons, words of one's own, or both."""

    usual = forms.ChoiceField(
        label="Usual reasons",
        choices=[("", "None of these"), *((reason, reason) for reason in USUAL_REASONS)],
        required=False,
    )
    field_order = ["usual", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False
        self.fields["reason"].label = "In your words"

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        words = (values.pop("usual", ""), values.get("reason", ""))
        values["reason"] = " ".join(word for word in words if word)
        if len(values["reason"]) > 300:
            raise forms.ValidationError("Shorten your words: 300 characters are kept in all.")
        return values


def paper(report: InstallationReport) -> str:
    """Return the link to the paper, or what is known where none is kept."""
    if report.document is None:
        noted = f" The file is called {report.file_name}." if report.file_name else ""
        return f"No document was handed in.{noted}"
    address = reverse("document", args=[report.document.reference])
    return format_html('<a href="{}">{}</a>', address, report.document.name)


def effects_in_words(report: InstallationReport) -> str:
    """Say for each group of units what the report does, as its partner reads it."""
    if not report.is_standing:
        return "None: the report does not count."
    rows = outlook.effects_of(report, today=clock.business_today())
    groups = grouped((unit.serial, effect) for unit, effect in rows)
    lines = ((f"{group.headline}. {group.effect.note}",) for group in groups)
    return format_html_join("", "<p>{}</p>", lines)


def _rows(report: InstallationReport, today: date) -> list[list[Any]]:
    rows = outlook.effects_of(report, today=today, as_decided=False)
    return [_row(unit, effect) for unit, effect in rows[:PREVIEWED]]


def _row(unit: Unit, effect: Effect) -> list[Any]:
    return [
        unit.serial,
        unit.partner.name,
        f"{effect.headline[0].upper()}{effect.headline[1:]}. {effect.note}",
        effect.start(effect.before),
        effect.start(effect.after),
    ]


def _preview_accept(
    report: InstallationReport, values: dict[str, Any], user: User, at: datetime
) -> Preview:
    of = report.units.count()
    moved = rehearsed(lambda: workflow.accept_report(report, user=user, at=at), of=of)
    return replace(moved, columns=COLUMNS, rows=_rows(report, clock.business_day(at)))


def _accept(report: InstallationReport, values: dict[str, Any], user: User, at: datetime) -> str:
    changes = workflow.accept_report(report, user=user, at=at)
    return f"{report} counts now. {counted(changes)}."


def _send_back(report: InstallationReport, values: dict[str, Any], user: User, at: datetime) -> str:
    workflow.send_back_report(report, user=user, at=at, **values)
    return f"{report} was sent back to {report.organization}."


def _preview_withdraw(
    report: InstallationReport, values: dict[str, Any], user: User, at: datetime
) -> Preview:
    of = report.units.count()
    return rehearsed(lambda: workflow.withdraw_report(report, user=user, at=at, **values), of=of)


def _withdraw(report: InstallationReport, values: dict[str, Any], user: User, at: datetime) -> str:
    changes = workflow.withdraw_report(report, user=user, at=at, **values)
    return f"{report} no longer counts. {counted(changes)}."


ACCEPT_REPORT = Operation(
    name="accept",
    label="Accept",
    explanation="The signature counts from now on, for every unit on this report.",
    form_class=ConfirmForm,
    perform=_accept,
    preview=_preview_accept,
    is_offered=workflow.ACCEPT.allows,
    refusals=REFUSALS,
)
SEND_BACK_REPORT = Operation(
    name="send-back",
    label="Send back",
    explanation="The partner is told the reason and can hand in a corrected report.",
    form_class=SendBackForm,
    perform=_send_back,
    is_offered=workflow.SEND_BACK.allows,
    refusals=REFUSALS,
)
WITHDRAW_REPORT = Operation(
    name="withdraw",
    label="Withdraw",
    explanation="The report no longer counts. Starts that it decided are dated again without it.",
    perform=_withdraw,
    preview=_preview_withdraw,
    is_offered=workflow.WITHDRAW.allows,
    refusals=REFUSALS,
)
