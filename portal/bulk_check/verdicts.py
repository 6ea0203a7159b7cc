"""From the facts of a unit to the columns of the answer, by the policy and nothing else."""

from bisect import bisect_right
from datetime import date
from typing import Any, NamedTuple

from catalog.enums import LifecycleStatus
from jobs.exports import safe_cell
from partners.clock import business_day
from portal.bulk_check.facts import Facts
from portal.lifecycle_facts import statuses
from support.enums import Family
from warranty import policy
from warranty.enums import CoverStatus, WarrantyRule, WarrantyStatus
from warranty.models import PolicyVersion

_NOT_ANNOUNCED = LifecycleStatus.NOT_ANNOUNCED.value
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


class Judge:
    """Answers for one day; units with the same facts share one calculation."""

    def __init__(self, on: date) -> None:
        self.on = on
        versions = list(PolicyVersion.objects.order_by("effective_from"))
        self._terms = {version.pk: version.terms() for version in versions}
        self._ids = [version.pk for version in versions]
        self._begins = [version.effective_from for version in versions]
        self._lifecycles = statuses(on=on)
        self._known: dict[tuple[object, ...], Verdict] = {}
        self._models: dict[str, str] = {}

    def verdict(self, values: tuple[Any, ...]) -> Verdict:
        """Return the answer for a unit, from the values that a finder brought."""
        part_number, model = values[:2]
        key = values[2:]
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._judge(Facts(*values))
        if model not in self._models:
            self._models[model] = safe_cell(model)
        lifecycle = self._lifecycles.get(part_number, _NOT_ANNOUNCED)
        return Verdict._make((known[0], self._models[model], *known[2:8], lifecycle, known[9]))

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
            is_void=self._is_void(facts),
            void_reason=facts.void_reason or "",
        )

    def _is_void(self, facts: Facts) -> bool:
        return facts.voided_at is not None and business_day(facts.voided_at) <= self.on

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
            months=facts.months or facts.product_months or terms.default_warranty_months,
            on=self.on,
            is_void=self._is_void(facts),
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
