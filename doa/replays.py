"""Decisions judged again, each under its own policy version (policy section 8)."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from doa.judging import Question, Verdict, judge
from doa.models import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a stored decision says and what its own version gives today."""

    case: str
    serial_number: str
    decided_at: str
    policy_version: str
    what: str
    stored: Any
    replayed: Any

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"{self.case}, {self.serial_number}, decided {self.decided_at} under "
            f"{self.policy_version}: {self.what} was {self.stored}, is {self.replayed}."
        )


@dataclass(slots=True)
class Replay:
    """How many decisions were judged again, and what differed."""

    decisions: int
    differences: list[Difference]


def replay(*, since: date | None = None) -> Replay:
    """Judge every decision again from its stored question, under its own version."""
    stored = Decision.unscoped.select_related("policy_version", "line__case", "line__unit")
    if since is not None:
        zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
        stored = stored.filter(decided_at__gte=datetime.combine(since, time(0), tzinfo=zone))
    result = Replay(0, [])
    for decision in stored.order_by("pk").iterator(chunk_size=500):
        result.decisions += 1
        result.differences += _differences(decision)
    return result


def _differences(decision: Decision) -> Iterator[Difference]:
    try:
        question = Question.from_json(decision.inputs)
    except (KeyError, TypeError, ValueError) as problem:
        yield _difference(decision, "inputs", "readable", f"unreadable ({problem!r})")
        return
    verdict = judge(question, terms=decision.policy_version.terms())
    for what, stored, again in _compared(decision, verdict):
        if stored != again:
            yield _difference(decision, what, stored, again)


def _compared(decision: Decision, verdict: Verdict) -> Iterator[tuple[str, Any, Any]]:
    """Yield what makes an answer; the wording of its sentences may be mended."""
    yield "remedy", decision.verdict_remedy, verdict.remedy.value
    yield "rule", decision.verdict_rule, verdict.rule.value if verdict.rule else ""
    clauses = [reason["rule"] for reason in verdict.reasons_json()]
    yield "clauses", [reason["rule"] for reason in decision.reasons], clauses


def _difference(decision: Decision, what: str, stored: Any, replayed: Any) -> Difference:
    return Difference(
        case=decision.line.case.reference,
        serial_number=decision.line.unit.serial,
        decided_at=decision.decided_at.isoformat(),
        policy_version=decision.policy_version.label,
        what=what,
        stored=stored,
        replayed=replayed,
    )
