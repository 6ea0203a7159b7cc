"""Deciding lines: by the verdict at once, against it with a reason and a second person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from audit.transitions import IllegalTransition
from doa.enums import CaseStatus, DoaRule, Remedy
from doa.models import Case, CaseLine, Decision, Proposal
from doa.verdicts import Question, Verdict, judge, question_of, version_of
from doa.workflow import telling
from doa.workflow.asking import end_question
from doa.workflow.case_edges import APPROVE, DECIDE, DROP, PROPOSE, is_ordered
from doa.workflow.closing import settle
from doa.workflow.refusals import CaseRefused, required_reason
from doa.workflow.submitting import lines_of
from partners.models import User
from warranty.models import PolicyVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What somebody decides about a line; the remedy NONE refuses it.

    `rule` is the clause of a DOA replacement; left out it is that of the verdict.
    """

    remedy: Remedy
    rule: DoaRule | None = None
    text: str = ""

    def as_json(self) -> dict[str, str]:
        rule = self.rule.value if self.rule else ""
        return {"remedy": self.remedy.value, "rule": rule, "text": self.text}

    @classmethod
    def from_json(cls, stored: dict[str, str]) -> "Ruling":
        rule = DoaRule(stored["rule"]) if stored["rule"] else None
        return cls(remedy=Remedy(stored["remedy"]), rule=rule, text=stored["text"])


@dataclass(frozen=True, slots=True)
class _Judged:
    """A line with its ruling, and the verdict beside it."""

    line: CaseLine
    ruling: Ruling
    question: Question
    verdict: Verdict
    version: PolicyVersion
    rule: DoaRule | None = field(init=False)

    def __post_init__(self) -> None:
        is_doa = self.ruling.remedy is Remedy.DOA_REPLACEMENT
        object.__setattr__(
            self, "rule", (self.ruling.rule or self.verdict.rule) if is_doa else None
        )

    @property
    def is_against(self) -> bool:
        """Tell whether it departs from the verdict, in its remedy or in its clause."""
        return (self.ruling.remedy, self.rule) != (self.verdict.remedy, self.verdict.rule)


def decide(
    case: Case,
    rulings: Mapping[int, Ruling],
    *,
    reason: str = "",
    user: User,
    at: datetime,
) -> Proposal | None:
    """Decide lines, by their keys; the case is decided when its last line is.

    Where one of the rulings is against the verdict, all of them become a proposal that
    waits for a second member of staff, and it is returned. Raises: PermissionDenied;
    IllegalTransition, which says who was first; CaseRefused; ReasonMissing.
    """
    if not rulings:
        raise CaseRefused("Choose a remedy for at least one unit.")
    with transaction.atomic():
        judged = _judged(case, rulings, at=at)
        against = [each for each in judged if each.is_against]
        if against:
            return _propose(case, judged, against, reason=reason, user=user, at=at)
        with DECIDE.on(case, user=user, at=at, lines=_told(judged)) as locked:
            _require_undecided(judged)
            _store(locked, judged, user=user, at=at)
        settle(locked, at=at)
    return None


def _judged(case: Case, rulings: Mapping[int, Ruling], *, at: datetime) -> list[_Judged]:
    """Lock the case and judge the lines that are to be decided, as they stand now."""
    locked = Case.unscoped.select_for_update().get(pk=case.pk)
    lines = {line.pk: line for line in lines_of(locked)}
    if unknown := set(rulings) - set(lines):
        raise CaseRefused(f"{len(unknown)} of the lines are not in {case}.")
    judged = []
    for pk, ruling in sorted(rulings.items()):
        question, version = question_of(lines[pk], at=at), version_of(lines[pk].unit)
        verdict = judge(question, terms=version.terms())
        judged.append(_Judged(lines[pk], ruling, question, verdict, version))
        if ruling.remedy is Remedy.DOA_REPLACEMENT and judged[-1].rule is None:
            raise CaseRefused(f"{lines[pk].unit}: choose the rule of the DOA replacement.")
    return judged


def _require_undecided(judged: list[_Judged]) -> None:
    """Raises: IllegalTransition where somebody else has decided one of the lines."""
    for each in judged:
        if each.line.remedy:
            state = each.line.get_remedy_display()
            raise IllegalTransition(each.line, state=state, about=each.line.case)


def _told(judged: list[_Judged]) -> list[dict[str, str]]:
    """Return what the trail keeps of each line: what was decided, and the verdict."""
    return [
        {
            "unit": each.line.unit.serial,
            "remedy": each.ruling.remedy.value,
            "rule": each.rule.value if each.rule else "",
            "verdict": each.verdict.remedy.value,
            "verdict_rule": each.verdict.rule.value if each.verdict.rule else "",
            "policy_version": each.version.label,
        }
        for each in judged
    ]


def _propose(
    case: Case,
    judged: list[_Judged],
    against: list[_Judged],
    *,
    reason: str,
    user: User,
    at: datetime,
) -> Proposal:
    with PROPOSE.on(case, user=user, at=at, lines=_told(judged), reason=reason[:300]) as locked:
        _require_undecided(judged)
        if not reason.strip():
            units = ", ".join(str(each.line.unit) for each in against)
            raise CaseRefused(
                f"This departs from the verdict on {units}. Write the reason; a second member "
                "of staff approves it."
            )
        proposal: Proposal = locked.proposals.create(
            lines={str(each.line.pk): each.ruling.as_json() for each in judged},
            reason=required_reason(reason),
            proposed_at=at,
            proposed_by=user,
        )
    return proposal


def approve(proposal: Proposal, *, user: User, at: datetime) -> None:
    """Let decisions against the verdict stand; for somebody else than who proposed them.

    Raises: CaseRefused for who proposed; PermissionDenied; IllegalTransition.
    """
    if proposal.proposed_by_id == user.pk:
        raise CaseRefused("A second member of staff approves this. Ask a colleague.")
    with transaction.atomic():
        rulings = {int(pk): Ruling.from_json(told) for pk, told in proposal.lines.items()}
        judged = _judged(proposal.case, rulings, at=at)
        said = {"lines": _told(judged), "reason": proposal.reason}
        said["proposed_by"] = str(proposal.proposed_by)
        with APPROVE.on(proposal.case, user=user, at=at, **said) as locked:
            open_one = _settled(locked, proposal, user=user, at=at, is_approved=True)
            _store(locked, judged, user=open_one.proposed_by, at=at, proposal=open_one)
        settle(locked, at=at)


def drop(proposal: Proposal, *, user: User, at: datetime) -> None:
    """Put a proposal aside; the lines wait for another decision."""
    with DROP.on(proposal.case, user=user, at=at, reason=proposal.reason) as locked:
        _settled(locked, proposal, user=user, at=at, is_approved=False)


def _settled(
    case: Case, proposal: Proposal, *, user: User, at: datetime, is_approved: bool
) -> Proposal:
    """Settle a proposal once. Raises: IllegalTransition where it is settled already."""
    found: Proposal | None = case.proposals.filter(pk=proposal.pk, settled_at=None).first()
    if found is None:
        raise IllegalTransition(case)
    found.settled_at, found.settled_by, found.is_approved = at, user, is_approved
    found.save()
    return found


def _store(
    case: Case,
    judged: list[_Judged],
    *,
    user: User,
    at: datetime,
    proposal: Proposal | None = None,
) -> None:
    """Write the decisions of a locked case, and let it go on where all lines are decided."""
    stored = [_decision(each, user=user, at=at, proposal=proposal) for each in judged]
    for each in judged:
        line = each.line
        line.remedy = each.ruling.remedy
        line.rule = each.rule or ""
        line.decision_text = each.ruling.text
        line.decided_at, line.decided_by = at, user
        line.is_open = not line.is_at_end
        line.save()
    if not case.lines.filter(remedy="").exists():
        end_question(case, by=str(user), at=at)
        case.decided_at = at
        case.status = CaseStatus.FULFILLING if is_ordered(case) else CaseStatus.DECIDED
    telling.decided(case, stored, at=at)


def _decision(each: _Judged, *, user: User, at: datetime, proposal: Proposal | None) -> Decision:
    second: dict[str, Any] = {}
    if proposal is not None and each.is_against:
        second = {"override_reason": proposal.reason, "approved_by": proposal.settled_by}
    return Decision.unscoped.create(
        line=each.line,
        remedy=each.ruling.remedy,
        rule=each.rule or "",
        verdict_remedy=each.verdict.remedy,
        verdict_rule=each.verdict.rule or "",
        policy_version=each.version,
        inputs=each.question.as_json(),
        reasons=each.verdict.reasons_json(),
        text=each.ruling.text,
        decided_at=at,
        decided_by=user,
        **second,
    )
