"""A verdict from nothing but what is asked: pure, and the same wherever one is given.

Pages show it while a draft is filled in, the API returns it, what-if asks it about dates
that are not stored, and a decision keeps its question, so that it can be judged again from
its row alone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from doa.enums import DoaRule, Remedy
from doa.policy import DoaVerdict, Failure, Flag, doa_verdict
from doa.remedies import RemedyChoice, choose_remedy
from warranty.enums import WarrantyStatus
from warranty.policy import Terms, warranty_status
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
