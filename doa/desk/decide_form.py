"""What the desk asks for when units are decided: for each the remedy, and what to tell."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms

from doa.desk.case_forms import CaseForm
from doa.desk.fields import words_field
from doa.enums import DoaRule, Remedy
from doa.models import CaseLine
from doa.outlook import outlooks
from doa.verdicts import Verdict
from doa.workflow.deciding import Ruling
from partners import clock

LATER = [("", "Decide later")]
BY_VERDICT = [("", "As the rules give it")]


class Asked(NamedTuple):
    """A line to decide, its verdict, and the fields that ask for the decision."""

    line: CaseLine
    verdict: Verdict
    fields: list[forms.BoundField]


class DecideForm(CaseForm):
    """Asks for each undecided unit; what the rules give is chosen already."""

    template = "admin/doa/_decide_fields.html"
    reason = words_field(
        label="Reason, if you decide against the rules",
        required=False,
        rows=2,
        help_text="A second member of staff reads it and approves.",
    )

    def __init__(self, *data: Any, **how: Any) -> None:
        super().__init__(*data, **how)
        at = clock.now()
        lines = self.case.lines.for_page().select_related("unit__warranty", "case")
        waiting = [line for line in lines if not line.remedy]
        self.judged = [(outlook.line, outlook.verdict) for outlook in outlooks(waiting, at=at)]
        for line, verdict in self.judged:
            self._ask(line, verdict)
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])

    def _ask(self, line: CaseLine, verdict: Verdict) -> None:
        n, serial = line.pk, line.unit.serial
        self.fields[f"remedy_{n}"] = forms.ChoiceField(
            label=f"Remedy for {serial}",
            choices=[*LATER, *((r.value, _offer(r)) for r in Remedy)],
            initial=verdict.remedy.value,
            required=False,
        )
        self.fields[f"rule_{n}"] = forms.ChoiceField(
            label="Rule, for a DOA replacement",
            choices=[*BY_VERDICT, *DoaRule.choices],
            required=False,
        )
        self.fields[f"text_{n}"] = words_field(
            label="Sentence to the partner",
            rows=2,
            max_length=1000,
            required=False,
            initial=verdict.reasons[0].sentence if verdict.reasons else "",
        )

    def asked(self) -> Iterator[Asked]:
        for line, verdict in self.judged:
            names = (f"remedy_{line.pk}", f"rule_{line.pk}", f"text_{line.pk}")
            yield Asked(line, verdict, [self[name] for name in names])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        chosen = [line for line, _ in self.judged if given.get(f"remedy_{line.pk}")]
        if not chosen:
            self.add_error(None, "Choose a remedy for at least one unit.")
        for line in chosen:
            if not given.get(f"text_{line.pk}") and f"text_{line.pk}" not in self.errors:
                self.add_error(f"text_{line.pk}", f"Tell the partner why, for {line.unit.serial}.")
        return given


def _offer(remedy: Remedy) -> str:
    return "Refuse" if remedy is Remedy.NONE else remedy.label


def rulings(given: dict[str, Any]) -> dict[int, Ruling]:
    """Return the rulings among clean values, by the key of their line."""
    lines = [int(name.removeprefix("remedy_")) for name in given if name.startswith("remedy_")]
    return {
        n: Ruling(
            remedy=Remedy(given[f"remedy_{n}"]),
            rule=DoaRule(given[f"rule_{n}"]) if given[f"rule_{n}"] else None,
            text=given[f"text_{n}"],
        )
        for n in lines
        if given[f"remedy_{n}"]
    }
