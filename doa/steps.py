"""The questions of an application in their order, and which of them is next."""

from collections.abc import Sequence
from dataclasses import dataclass

from doa.enums import FailureKind
from doa.models import Case, CaseLine


@dataclass(frozen=True, slots=True)
class Step:
    """A question of its own: its page, and how it is called in the summary."""

    url_name: str
    name: str

    def is_answered(self, case: Case, lines: Sequence[CaseLine]) -> bool:
        return bool(lines) and all(self.is_answered_for(case, line) for line in lines)

    def is_answered_for(self, case: Case, line: CaseLine) -> bool:
        return _ANSWERED[self.url_name](case, line)


UNITS = Step("case-units", "Units")
SYMPTOM = Step("case-symptom", "Failure")
TIMES = Step("case-times", "Times")
EQUIPMENT = Step("case-equipment", "New equipment")
PROJECT = Step("case-project", "Delivery project")
EVIDENCE = Step("case-evidence", "Evidence")
DELIVERY = Step("case-delivery", "Delivery and contact")
STEPS = (UNITS, SYMPTOM, TIMES, EQUIPMENT, PROJECT, EVIDENCE, DELIVERY)

_ANSWERED = {
    UNITS.url_name: lambda case, line: True,
    SYMPTOM.url_name: lambda case, line: bool(line.symptom and line.description),
    TIMES.url_name: lambda case, line: bool(line.failure_kind and line.failed),
    EQUIPMENT.url_name: lambda case, line: line.is_new is not None,
    PROJECT.url_name: lambda case, line: line.delivery_project is not None,
    EVIDENCE.url_name: lambda case, line: True,
    DELIVERY.url_name: lambda case, line: bool(case.ship_to and case.contact_phone),
}
OF_FIELD = {
    "symptom": SYMPTOM,
    "description": SYMPTOM,
    "failure_kind": TIMES,
    "powered_on": TIMES,
    "failed": TIMES,
    "time_zone": TIMES,
    "is_new": EQUIPMENT,
    "delivery_project": PROJECT,
    "pac_issued_on": PROJECT,
    "label_photo": EVIDENCE,
    "units": UNITS,
}
"""Where what is missing is answered; whatever is not here, with the delivery."""


def step_of(field: str) -> Step:
    return OF_FIELD.get(field, DELIVERY)


def after(step: Step) -> Step | None:
    """Return the question behind this one; None where the summary follows."""
    place = STEPS.index(step) + 1
    return STEPS[place] if place < len(STEPS) else None


def before(step: Step) -> Step | None:
    place = STEPS.index(step)
    return STEPS[place - 1] if place else None


def first_open(case: Case, lines: Sequence[CaseLine]) -> Step | None:
    """Return the first question without an answer; None where the summary is next."""
    if any(line.failure_kind == FailureKind.NEVER_ON for line in lines):
        return None
    return next((step for step in STEPS if not step.is_answered(case, lines)), None)
