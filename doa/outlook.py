"""What looks likely for the units of a case while its answers come in: for any number at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from doa.enums import FailureKind, Remedy
from doa.models import CaseLine
from doa.verdicts import Question, Verdict, judge, reckoned_warranty, recorded_warranty
from partners import clock
from support.models import ContractLine
from warranty.models import PolicyVersion, Unit

TONES = {
    Remedy.DOA_REPLACEMENT: "ok",
    Remedy.WARRANTY_EXCHANGE: "info",
    Remedy.SUPPORT_REPLACEMENT: "info",
    Remedy.NONE: "stop",
}
"""The colour family of each remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the rules give for one line as it stands, and under which version."""

    line: CaseLine
    verdict: Verdict
    version: PolicyVersion

    @property
    def is_asked(self) -> bool:
        """Tell whether enough is said for a verdict."""
        line = self.line
        return bool(line.failure_kind) and (
            line.failed is not None or line.failure_kind == FailureKind.NEVER_ON
        )

    @property
    def is_claim(self) -> bool:
        return self.line.failure_kind == FailureKind.NEVER_ON

    @property
    def tone(self) -> str:
        if not self.is_asked:
            return "wait"
        return "warn" if self.is_claim else TONES[self.verdict.remedy]


def outlooks(lines: Sequence[CaseLine], *, at: datetime) -> list[Outlook]:
    """Return what the rules give for each line, in as many queries for fifty as for one."""
    if not lines:
        return []
    on = clock.business_day(lines[0].case.submitted_at or at)
    keys = [line.unit_id for line in lines]
    units = {
        unit.pk: unit
        for unit in Unit.unscoped.for_answer().with_first_signature().filter(pk__in=keys)
    }
    versions = list(PolicyVersion.objects.order_by("-effective_from"))
    levels = _levels(keys, on=on)
    found = []
    for line in lines:
        unit = units[line.unit_id]
        shipped_on = unit.huawei_shipment.shipped_on
        version = next(v for v in versions if v.effective_from <= shipped_on)
        signed = [unit.signed_on] if unit.signed_on else []
        question = Question(
            failure=line.failure if line.failure_kind or line.failed else None,
            warranty=recorded_warranty(unit, on=on)
            or reckoned_warranty(unit, terms=version.terms(), signatures=signed, on=on),
            levels=tuple(levels[unit.pk]),
            on=on,
        )
        verdict = judge(question, terms=version.terms())
        found.append(Outlook(line=line, verdict=verdict, version=version))
    return found


def _levels(keys: Sequence[int], *, on: date) -> dict[int, list[str]]:
    """Return the service levels of the contracts that cover these units on a day."""
    levels: dict[int, list[str]] = defaultdict(list)
    for line in ContractLine.unscoped.active(on).filter(unit__in=keys).for_unit():
        levels[line.unit_id].append(str(line.contract.level))
    return levels
