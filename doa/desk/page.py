"""The page of a case: what the partner sees, and the forms that will work for this person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Prefetch
from django.urls import reverse

from doa.desk import words
from doa.desk.case_acts import CASE_ACTS
from doa.desk.line_acts import LINE_ACTS
from doa.desk.partner_view import as_partner
from doa.enums import CaseStatus, Remedy
from doa.models import Case, CaseLine
from doa.outlook import outlooks
from doa.verdicts import Verdict
from doa.workflow.offers import edges_for, line_edges_for
from partners import seen
from partners.desk import Operation
from partners.models import User


@dataclass(frozen=True, slots=True)
class Offer:
    """A step with its form: where it goes, and whether it stands open."""

    operation: Operation
    form: forms.Form
    url: str
    is_open: bool = False
    is_guarded: bool = True

    @property
    def shows_first(self) -> bool:
        """Tell whether the step shows what it would do before it does it."""
        return self.operation.preview is not None

    @property
    def fields_template(self) -> str:
        return getattr(self.form, "template", "admin/doa/_fields.html")


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as staff see it: its answers, its verdict, its tracks, its forms."""

    line: CaseLine
    verdict: Verdict | None
    facts: list[tuple[str, str]]
    offers: list[Offer]


def loaded(case: Case) -> Case:
    """Return the case with all that its page reads."""
    return (
        Case.unscoped.select_related("organization", "assignee", "applicant", "level__calendar")
        .prefetch_related(
            Prefetch("lines", CaseLine.unscoped.for_page().select_related("unit__warranty")),
            "proposals__proposed_by",
            "requests__items",
            "messages",
            "files__document",
        )
        .get(pk=case.pk)
    )


def context_of(case: Case, *, user: User, at: datetime) -> dict[str, Any]:
    """Return what the template of the page shows."""
    shown = seen.mark([case])
    case = loaded(case)
    tone, word, detail = words.clock_of(case, at)
    return {
        "case": case,
        "shown": shown,
        "status_tone": words.TONES[CaseStatus(case.status)],
        "status_label": words.label(case.status),
        "clock": {"tone": tone, "word": word, "detail": detail} if word else None,
        "offers": case_offers(case, user=user, at=at),
        "lines": line_views(case, user=user, at=at),
        "judges": "decide" not in edges_for(case, user, at=at),
        "proposal": next((p for p in case.proposals.all() if p.settled_at is None), None),
        "notes": [
            {"text": m.text, "written_by": m.written_by, "when": words.when(m.written_at)}
            for m in case.messages.all()
            if m.is_internal
        ],
        "facts": case_facts(case),
        "seen_by_partner": as_partner(case, at=at),
    }


def case_offers(case: Case, *, user: User, at: datetime) -> list[Offer]:
    """Return the steps of the case that are open to this person; the first next one stands open."""
    names = edges_for(case, user, at=at)
    found = [operation for operation in CASE_ACTS if operation.name in names]
    first = next((operation for operation in found if operation.name in NEXT), None)
    return [
        Offer(
            operation,
            operation.form_class(case=case, user=user, auto_id=f"{operation.name}-%s"),
            reverse(f"admin:doa_case_{operation.name}", args=[case.pk]),
            is_open=operation is first,
            is_guarded=operation.name not in UNGUARDED,
        )
        for operation in found
    ]


NEXT = frozenset({"register", "take", "approve", "decide"})
"""Steps that bring a case on: the first of them that is offered stands open."""
UNGUARDED = frozenset({"note", "message", "assign"})
"""Steps that may follow whatever somebody else did meanwhile."""


def line_views(case: Case, *, user: User, at: datetime) -> list[LineView]:
    """Return the lines of a case; the verdict is shown on those that wait for a decision."""
    lines = list(case.lines.all())
    for line in lines:
        line.case = case
    waiting = [line for line in lines if not line.remedy]
    verdicts = {outlook.line.pk: outlook.verdict for outlook in outlooks(waiting, at=at)}
    return [
        LineView(line, verdicts.get(line.pk), line_facts(line), line_offers(line, user=user))
        for line in lines
    ]


def line_offers(line: CaseLine, *, user: User) -> list[Offer]:
    """Return the steps of a line that are open to this person."""
    names = line_edges_for(line, user)
    return [
        Offer(
            operation,
            operation.form_class(line=line, user=user, auto_id=f"{operation.name}-{line.pk}-%s"),
            reverse(f"admin:doa_caseline_{operation.name}", args=[line.pk]),
        )
        for operation in LINE_ACTS
        if operation.name in names
    ]


def line_facts(line: CaseLine) -> list[tuple[str, str]]:
    """Say of a line what the partner's half does not, as far as it is known."""
    facts = [
        ("New equipment", _yes_no(line.is_new)),
        ("Delivery project", _yes_no(line.delivery_project)),
        ("PAC issued", words.day(line.pac_issued_on)),
        ("Decided", Remedy(line.remedy).label if line.remedy else ""),
        ("Replacement", _replacement(line)),
        ("Way back", words.way_back_of(line) if line.is_granted else ""),
        ("Condition", line.condition),
        ("Waived because", line.waive_reason),
        ("Billed", line.billing),
    ]
    return [(label, said) for label, said in facts if said]


def _yes_no(value: bool | None) -> str:
    return {True: "Yes", False: "No", None: ""}[value]


def _replacement(line: CaseLine) -> str:
    if not line.is_granted:
        return ""
    parts = [words.track_of(line)]
    if line.replacement:
        parts.append(line.replacement.serial)
    if line.tracking:
        parts.append(f"{line.carrier} {line.tracking}")
    if line.expected_on and not line.delivered_on:
        parts.append(f"expected {words.day(line.expected_on)}")
    if line.delivery_signer:
        parts.append(f"signed for by {line.delivery_signer}")
    return ", ".join(parts)


def case_facts(case: Case) -> list[tuple[str, str]]:
    facts = [
        ("Partner", f"{case.organization.name} ({case.organization.code})"),
        ("SR number", case.sr_number),
        ("Called", words.when(case.called_at)),
        ("Assignee", str(case.assignee or "")),
        ("Came by", case.get_intake_display()),
        ("Contact", ", ".join(filter(None, (case.contact_name, case.contact_phone)))),
        ("E-mail", case.contact_email),
        ("Site", case.site),
        ("Ship to", ", ".join(filter(None, (*case.ship_to.splitlines(), case.ship_to_country)))),
        ("Service level", str(case.level or "")),
        ("Response by", words.when(case.response_due_at)),
        ("Resolution by", words.when(case.resolution_due_at)),
        ("Closed", _closed(case)),
        ("Cancelled", case.cancel_reason),
    ]
    return [(label, said) for label, said in facts if said]


def _closed(case: Case) -> str:
    return (
        f"{words.when(case.closed_at)}, {case.get_closing_code_display()}" if case.closed_at else ""
    )
