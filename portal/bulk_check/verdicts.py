"""From the facts of a unit to the columns of the answer, by the policy and nothing else."""

from bisect import bisect_right
from datetime import date
from typing import Any, NamedTuple

from jobs.exports import csv_cells, safe_cell
from portal.bulk_check.facts import Facts
from support.enums import Family
from warranty import policy
from warranty.enums import CoverStatus, WarrantyRule, WarrantyStatus
from warranty.models import PolicyVersion

KEPT = 20_000
"""How many different sayings are kept, so that memory stays flat."""
_STATUS = {
    WarrantyStatus.PENDING: CoverStatus.NOT_STARTED,
    WarrantyStatus.ACTIVE: CoverStatus.COVERED,
    WarrantyStatus.EXPIRED: CoverStatus.NOT_COVERED,
    WarrantyStatus.VOID: CoverStatus.NOT_COVERED,
}


class Verdict(NamedTuple):
    """The columns of an answer that do not depend on what was typed, safe to be written."""

    status: str
    model: str = ""
    warranty_status: str = ""
    warranty_starts_on: str = ""
    warranty_ends_on: str = ""
    warranty_rule: str = ""
    support_level: str = ""
    support_ends_on: str = ""
    lifecycle_status: str = ""
    reason: str = ""


class Said(NamedTuple):
    """What is said of all units with the same facts, with its cells as CSV has them.

    The model and the life cycle, which stand among them, are of the part number and no
    part of it.
    """

    status: str
    cover: str
    """From the warranty's status to the end of support."""
    reason: str
    verdict: Verdict

    @classmethod
    def of(cls, verdict: Verdict) -> "Said":
        return cls(verdict.status, csv_cells(verdict[2:8]), csv_cells(verdict[9:]), verdict)


class Answer(NamedTuple):
    """One line of the answer: the line that was asked, and what is said of it."""

    line: int
    typed: str
    serial: str
    model: str
    lifecycle: str
    said: Said

    @property
    def verdict(self) -> Verdict:
        known = {"model": safe_cell(self.model), "lifecycle_status": self.lifecycle}
        return self.said.verdict._replace(**known)


class Judge(dict[tuple[Any, ...], Said]):
    """What is said on one day of units with these facts, which are judged once for all.

    A dictionary, because most units of a long list share their facts with another.
    """

    def __init__(self, on: date) -> None:
        self.on = on
        versions = list(PolicyVersion.objects.order_by("effective_from"))
        self._terms = {version.pk: version.terms() for version in versions}
        self._ids = [version.pk for version in versions]
        self._begins = [version.effective_from for version in versions]

    def __missing__(self, facts: tuple[Any, ...]) -> Said:
        if len(self) >= KEPT:
            self.clear()
        said = self[facts] = Said.of(self._judge(Facts(*facts)))
        return said

    def _judge(self, facts: Facts) -> Verdict:
        cover = self._inherited(facts) if facts.inherited else self._own(facts)
        verdict = self._columns(cover, facts.support)
        if not facts.replaced:
            return verdict
        day, serial = facts.replaced.split(" ")
        said = policy.day_text(date.fromisoformat(day))
        reason = f"Replaced by {serial} on {said}. Check that serial number."
        return verdict._replace(status=CoverStatus.NOT_COVERED.value, reason=reason)

    def _inherited(self, facts: Facts) -> policy.Cover:
        starts_on, ends_on, rule, serial = (facts.inherited or "").split(" ")
        return policy.inherited_cover(
            starts_on=date.fromisoformat(starts_on),
            ends_on=date.fromisoformat(ends_on),
            rule=WarrantyRule(rule),
            serial=serial,
            on=self.on,
            is_void=facts.void_reason is not None,
            void_reason=facts.void_reason or "",
        )

    def _own(self, facts: Facts) -> policy.Cover:
        terms = self._terms[facts.version_id or self._version_id(facts.shipped_on)]
        start = policy.warranty_start(
            shipped_on=facts.shipped_on,
            installation_service=facts.installation_service,
            signatures=[facts.signed_on] if facts.signed_on else [],
            today=self.on,
            terms=terms,
        )
        return policy.cover(
            start=start,
            months=facts.months or terms.default_warranty_months,
            on=self.on,
            is_void=facts.void_reason is not None,
            void_reason=facts.void_reason or "",
        )

    def _columns(self, cover: policy.Cover, support: str | None) -> Verdict:
        """Write the answer down; before its start a warranty has no dates yet."""
        is_dated = cover.status != WarrantyStatus.PENDING
        is_over = cover.status == WarrantyStatus.EXPIRED
        reason = cover.reasons[-1 if is_over else 0].sentence
        ends_on, family, level = support.split(" ") if support else ("", "", "")
        is_covered = cover.status == WarrantyStatus.ACTIVE
        if support and not is_covered:
            day = policy.day_text(date.fromisoformat(ends_on))
            reason = f"{Family(family).label} {level} covers it until {day}. {reason}"
        status = CoverStatus.COVERED if support else _STATUS[cover.status]
        return Verdict(
            status=status.value,
            warranty_status=cover.status.value,
            warranty_starts_on=cover.starts_on.isoformat() if is_dated else "",
            warranty_ends_on=cover.ends_on.isoformat() if is_dated else "",
            warranty_rule=cover.rule.value,
            support_level=level,
            support_ends_on=ends_on,
            reason=reason,
        )

    def _version_id(self, shipped_on: date) -> int:
        """Return the policy version in force on the day of shipment.

        Raises: PolicyVersion.DoesNotExist before the first one.
        """
        place = bisect_right(self._begins, shipped_on)
        if not place:
            return PolicyVersion.objects.in_force(shipped_on).pk
        return self._ids[place - 1]
