"""The verdict on a unit of a case: facts and answers in, remedy and all reasons out.

Pages show it while a draft is filled in, the API returns it, a decision stores it. The
what-if asks `judge` with facts that are not stored. `Question` has all that was looked at,
as JSON too, so that a stored decision is judged again from nothing but its row.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from doa.enums import DoaRule, Remedy
from doa.models import CaseLine
from doa.policy import DoaVerdict, Failure, Flag, doa_verdict
from doa.remedies import RemedyChoice, choose_remedy
from partners import clock
from support.models import ContractLine
from warranty.enums import WarrantyStatus
from warranty.models import PolicyVersion, Unit
from warranty.policy import Terms, last_covered_day, warranty_start, warranty_status
from warranty.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class WarrantyFacts:
    """A warranty by its first and last covered day."""

    starts_on: date
    ends_on: date
    is_void: bool = False

    def status(self, on: date) -> WarrantyStatus:
        return warranty_status(
            starts_on=self.starts_on, ends_on=self.ends_on, on=on, is_void=self.is_void
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """All that a verdict rests on; `on` is the day whose cover counts.

    `failure` is None while nothing of a failure is said. `levels` are the service levels of
    the contracts that cover the unit on that day.
    """

    failure: Failure | None
    warranty: WarrantyFacts
    levels: tuple[str, ...]
    on: date

    def as_json(self) -> dict[str, Any]:
        """Return the question as a decision stores it: ISO dates, instants with their offset."""
        return {
            "failure": self.failure and _failure_json(self.failure),
            "warranty": {
                "starts_on": self.warranty.starts_on.isoformat(),
                "ends_on": self.warranty.ends_on.isoformat(),
                "is_void": self.warranty.is_void,
            },
            "levels": list(self.levels),
            "on": self.on.isoformat(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Question":
        failure, warranty = stored["failure"], stored["warranty"]
        return cls(
            failure=failure and _failure(failure),
            warranty=WarrantyFacts(
                starts_on=date.fromisoformat(warranty["starts_on"]),
                ends_on=date.fromisoformat(warranty["ends_on"]),
                is_void=warranty["is_void"],
            ),
            levels=tuple(stored["levels"]),
            on=date.fromisoformat(stored["on"]),
        )


_MOMENTS = ("failed_at", "powered_on_at", "pac_issued_on", "shipped_on")
_YES_OR_NO = ("first_boot", "delivery_project", "is_new", "is_spare_part")


def _failure_json(failure: Failure) -> dict[str, Any]:
    moments = {name: getattr(failure, name) for name in _MOMENTS}
    said = {name: value and value.isoformat() for name, value in moments.items()}
    return said | {name: getattr(failure, name) for name in _YES_OR_NO}


def _failure(stored: dict[str, Any]) -> Failure:
    moments = {name: _moment(stored[name]) for name in _MOMENTS}
    return Failure(**moments, **{name: stored[name] for name in _YES_OR_NO})


def _moment(text: str | None) -> Any:
    """Return an instant with its offset, or a day where no time was known."""
    if not text:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the policy gives for a unit, and why the other remedies do not apply."""

    doa: DoaVerdict | None
    choice: RemedyChoice
    levels: tuple[str, ...] = ()

    @property
    def remedy(self) -> Remedy:
        return self.choice.kind

    @property
    def rule(self) -> DoaRule | None:
        """The clause under which the unit is dead on arrival, or None."""
        return self.doa.rule if self.doa else None

    @property
    def flags(self) -> tuple[Flag, ...]:
        return self.doa.flags if self.doa else ()

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.choice.reasons

    def reasons_json(self) -> list[dict[str, str]]:
        return [reason.as_dict() for reason in self.reasons]


def judge(question: Question, *, terms: Terms) -> Verdict:
    """Return the first remedy that applies and all reasons for and against: pure.

    Source: policy sections 4 and 5.
    """
    doa = doa_verdict(failure=question.failure, terms=terms) if question.failure else None
    choice = choose_remedy(
        doa=doa,
        warranty=question.warranty.status(question.on),
        has_active_contract=bool(question.levels),
    )
    return Verdict(doa=doa, choice=choice, levels=question.levels)


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
    stored = getattr(unit, "warranty", None)
    if stored is not None:
        is_void = stored.voided_at is not None and clock.business_day(stored.voided_at) <= on
        return WarrantyFacts(starts_on=stored.starts_on, ends_on=stored.ends_on, is_void=is_void)
    terms = version_of(unit).terms()
    signed = Unit.unscoped.with_first_signature().filter(pk=unit.pk).values_list("signed_on")
    start = warranty_start(
        shipped_on=unit.huawei_shipment.shipped_on,
        installation_service=unit.installation_service,
        signatures=[day for (day,) in signed if day],
        today=on,
        terms=terms,
    )
    months = unit.product.warranty_months or terms.default_warranty_months
    ends_on = last_covered_day(starts_on=start.starts_on, months=months)
    return WarrantyFacts(starts_on=start.starts_on, ends_on=ends_on)


def contracts_of(unit: Unit, *, on: date) -> list[ContractLine]:
    """Return the lines of the contracts that cover a unit on a day."""
    return list(ContractLine.unscoped.active(on).filter(unit=unit).for_unit())
