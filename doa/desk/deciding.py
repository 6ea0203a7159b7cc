"""Deciding at the desk: what would be decided, and the very mail that would go out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from audit.transitions import IllegalTransition
from doa.desk.decide_form import rulings
from doa.enums import DoaRule, Remedy
from doa.models import Case, CaseLine, Proposal
from doa.verdicts import verdict_on
from doa.workflow import deciding
from doa.workflow.case_edges import proposal_of
from doa.workflow.deciding import Ruling
from notifications.desk import look_of
from notifications.models import Message
from partners.desk import Preview
from partners.models import User

Values = dict[str, Any]
COLUMNS = ["Unit", "The rules give", "Decision", "Sentence to the partner"]


def decide(case: Case, values: Values, user: User, at: datetime) -> str:
    proposal = _decide(case, values, user, at)
    if proposal is not None:
        return f"{case} waits for a second member of staff. Nothing was sent."
    return f"{case} is decided. The applicant gets it by mail."


def _decide(case: Case, values: Values, user: User, at: datetime) -> Proposal | None:
    given = rulings(values)
    return deciding.decide(case, given, reason=values["reason"], user=user, at=at)


def preview_decision(case: Case, values: Values, user: User, at: datetime) -> Preview:
    """Show each decision beside what the rules give, and the mail."""
    rows = _rows(case, rulings(values), at=at)
    proposal, letter = rehearsed(lambda: _decide(case, values, user, at))
    headline = "This is what the partner is told."
    if proposal is not None:
        headline = "This departs from the rules: it waits for a second member of staff."
    return Preview(headline, COLUMNS, rows, letter=letter)


def approve(case: Case, values: Values, user: User, at: datetime) -> str:
    deciding.approve(waiting(case), user=user, at=at)
    return f"The decision on {case} stands. The applicant gets it by mail."


def preview_approval(case: Case, values: Values, user: User, at: datetime) -> Preview:
    """Show what was proposed, by whom and why, and the mail."""
    proposal = waiting(case)
    proposed = {int(n): Ruling.from_json(told) for n, told in proposal.lines.items()}
    rows = _rows(case, proposed, at=at)
    _, letter = rehearsed(lambda: deciding.approve(waiting(case), user=user, at=at))
    told = f"{proposal.proposed_by} proposes it because: {proposal.reason}"
    return Preview("This is what the partner is told.", COLUMNS, rows, told=told, letter=letter)


def drop(case: Case, values: Values, user: User, at: datetime) -> str:
    deciding.drop(waiting(case), user=user, at=at)
    return f"The proposal for {case} is dropped. Nothing was decided."


def waiting(case: Case) -> Proposal:
    """Return the proposal that waits. Raises: IllegalTransition if there is none any more."""
    found = proposal_of(Case.unscoped.get(pk=case.pk))
    if found is None:
        raise IllegalTransition(case)
    return found


def _rows(case: Case, given: dict[int, Ruling], *, at: datetime) -> list[list[str]]:
    rows = []
    for line in CaseLine.unscoped.filter(case=case, pk__in=given).for_page():
        verdict, ruling = verdict_on(line, at=at), given[line.pk]
        rule = ruling.rule or (verdict.rule if ruling.remedy is verdict.remedy else None)
        rows.append(
            [
                line.unit.serial,
                in_words(verdict.remedy, verdict.rule),
                in_words(ruling.remedy, rule),
                ruling.text,
            ]
        )
    return rows


def in_words(remedy: Remedy, rule: DoaRule | None) -> str:
    """Return a remedy as staff read it, with the rule of a DOA replacement."""
    if remedy is Remedy.NONE:
        return "Refused"
    is_doa = remedy is Remedy.DOA_REPLACEMENT
    return f"{remedy.label}, {rule.value}" if is_doa and rule else str(remedy.label)


def rehearsed(act: Callable[[], Any]) -> tuple[Any, str]:
    """Carry the act out, read the mail it queues to the partner, and take it all back."""
    newest = Message.unscoped.order_by("-pk").values_list("pk", flat=True).first() or 0
    with transaction.atomic():
        done = act()
        message = Message.unscoped.filter(pk__gt=newest).order_by("pk").first()
        letter = _letter(message) if message else ""
        transaction.set_rollback(True)
    return done, letter


def _letter(message: Message) -> str:
    look = look_of(message)
    return f"To: {message.recipient}\nSubject: {look.subject}\n\n{look.text}" if look.text else ""
