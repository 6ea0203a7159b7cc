"""The verdict on a unit of a case: what is on file is read here, and judged by pure rules."""

from collections.abc import Collection
from datetime import date, datetime

from doa.judging import Question, Verdict, WarrantyFacts, judge
from doa.models import CaseLine
from partners import clock
from support.models import ContractLine
from warranty.models import PolicyVersion, Unit
from warranty.policy import Terms, last_covered_day, warranty_start

__all__ = [
    "Question",
    "Verdict",
    "WarrantyFacts",
    "contracts_of",
    "judge",
    "question_of",
    "reckoned_warranty",
    "recorded_warranty",
    "verdict_on",
    "version_of",
    "warranty_of",
]


def question_of(line: CaseLine, *, at: datetime) -> Question:
    """Return what the verdict on a line rests on, read at `at`.

    Reading: cover counts as of the day on which the application was handed in, and for a
    draft as of today, so that nobody loses cover while the TAC works.
    """
    on = clock.business_day(line.case.submitted_at or at)
    return Question(
        failure=line.failure if line.failure_kind or line.failed else None,
        warranty=warranty_of(line.unit, on=on),
        levels=tuple(str(covered.contract.level) for covered in contracts_of(line.unit, on=on)),
        on=on,
    )


def verdict_on(line: CaseLine, *, at: datetime) -> Verdict:
    """Return the verdict on a line as it stands, under the policy version of its unit."""
    return judge(question_of(line, at=at), terms=version_of(line.unit).terms())


def version_of(unit: Unit) -> PolicyVersion:
    """Return the version in force on the day of Huawei's shipment, which applies for good."""
    return PolicyVersion.objects.in_force(unit.huawei_shipment.shipped_on)


def warranty_of(unit: Unit, *, on: date) -> WarrantyFacts:
    """Return the dates of a warranty: as recorded where it has begun, else by the policy."""
    recorded = recorded_warranty(unit, on=on)
    if recorded is not None:
        return recorded
    signed = Unit.unscoped.with_first_signature().filter(pk=unit.pk).values_list("signed_on")
    signatures = [day for (day,) in signed if day]
    terms = version_of(unit).terms()
    return reckoned_warranty(unit, terms=terms, signatures=signatures, on=on)


def recorded_warranty(unit: Unit, *, on: date) -> WarrantyFacts | None:
    stored = getattr(unit, "warranty", None)
    if stored is None:
        return None
    is_void = stored.voided_at is not None and clock.business_day(stored.voided_at) <= on
    return WarrantyFacts(starts_on=stored.starts_on, ends_on=stored.ends_on, is_void=is_void)


def reckoned_warranty(
    unit: Unit, *, terms: Terms, signatures: Collection[date], on: date
) -> WarrantyFacts:
    start = warranty_start(
        shipped_on=unit.huawei_shipment.shipped_on,
        installation_service=unit.installation_service,
        signatures=signatures,
        today=on,
        terms=terms,
    )
    months = unit.product.warranty_months or terms.default_warranty_months
    ends_on = last_covered_day(starts_on=start.starts_on, months=months)
    return WarrantyFacts(starts_on=start.starts_on, ends_on=ends_on)


def contracts_of(unit: Unit, *, on: date) -> list[ContractLine]:
    """Return the lines of the contracts that cover a unit on a day."""
    return list(ContractLine.unscoped.active(on).filter(unit=unit).for_unit())
