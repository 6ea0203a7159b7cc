"""The contracts of a unit: how they stand on a day, in the words of page and API."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef

from catalog.policy import day_text
from doa.enums import Remedy
from partners.prepared import Later, Prepared
from portal.policy import reason_dicts
from support.contracts import Span, gaps, overlaps
from support.enums import ContractStatus, Family
from support.models import ContractLine
from warranty.models import Unit
from warranty.reasons import Reason

NO_CONTRACT = "No support contract is registered."


def with_support(units: Any) -> Any:
    """Add `has_support` to a queryset of units: whether it is worth looking for contracts."""
    lines = ContractLine.unscoped.filter(unit=OuterRef("pk"))
    return units.annotate(has_support=Exists(lines))


@cache
def _lines() -> Prepared:
    return Prepared(ContractLine.unscoped.filter(unit=Later("unit")).for_unit())


@dataclass(frozen=True, slots=True)
class Support:
    """The lines of contracts that name a unit, the earliest first, as they stand `on` a day."""

    lines: tuple[ContractLine, ...]
    on: date

    @property
    def kept(self) -> list[ContractLine]:
        """Return the lines that were not cancelled by then."""
        cancelled = ContractStatus.CANCELLED
        return [line for line in self.lines if line.status(self.on) is not cancelled]

    @property
    def active(self) -> list[ContractLine]:
        active = ContractStatus.ACTIVE
        return [line for line in self.lines if line.status(self.on) is active]

    @property
    def families(self) -> str:
        """Name the families that cover the unit on the day: HiCare, or HiCare and CoCare."""
        names = [family.label for family in Family if any(_is(family, n) for n in self.active)]
        return " and ".join(names)

    @property
    def sentence(self) -> str:
        """Say what is covered until when, or what comes, or what was."""
        kept = self.kept
        if self.active:
            return " ".join(
                f"{line.contract.level} until {day_text(line.ends_on)}." for line in self.active
            )
        coming = [n for n in kept if n.status(self.on) is ContractStatus.FUTURE]
        if coming:
            return f"{coming[0].contract.level} starts on {day_text(coming[0].starts_on)}."
        if kept:
            last = max(kept, key=lambda line: line.ends_on)
            return f"{last.contract.level} ended on {day_text(last.ends_on)}."
        return NO_CONTRACT

    def claim(self, remedy: Remedy) -> str:
        """Say what to ask for if the unit fails and is not dead on arrival."""
        if remedy is Remedy.SUPPORT_REPLACEMENT:
            ask = f"Otherwise request a {self.families} replacement."
        else:
            ask = "Otherwise ask for a warranty exchange."
        return " ".join((ask, *self._promises()))

    def _promises(self) -> Iterator[str]:
        for line in self.active:
            yield f"{line.contract.level} promises: {line.contract.level.level.in_words}"
        if any(_is(Family.COCARE, line) for line in self.active):
            yield "The partner who holds the CoCare contract serves the customer and calls the TAC."

    def spans(self) -> Iterator[tuple[Family, list[Span]]]:
        for family in Family:
            yield family, [line.span for line in self.kept if _is(family, line)]

    def remarks(self) -> Iterator[Reason]:
        """Yield the gaps and overlaps between contracts of a family, as sentences."""
        for family, spans in self.spans():
            for gap in gaps(spans):
                yield _remark(f"No {family.label} contract covers {_days(gap)}.", "Gap")
            for overlap in overlaps(spans):
                said = f"More than one {family.label} contract covers {_days(overlap)}."
                yield _remark(said, "Overlap")

    def as_dicts(self) -> list[dict[str, Any]]:
        """Return the lines as the API gives them: ISO dates, plain words."""
        return [self._dict(line) for line in self.lines]

    def _dict(self, line: ContractLine) -> dict[str, Any]:
        return {
            "family": line.contract.family,
            "level": line.contract.level.code,
            "starts_on": line.starts_on.isoformat(),
            "ends_on": line.ends_on.isoformat(),
            "status": line.status(self.on).value,
            "anchor_on": line.anchor_on.isoformat(),
            "anchor_from": line.anchor_shipment.leg,
            "provisional": line.is_provisional,
            "served_by": "partner" if _is(Family.COCARE, line) else "huawei",
            "escalates_to": line.contract.escalates_to,
            "reasons": reason_dicts(line.reasons()),
        }


def serving(line: ContractLine) -> str:
    """Say who serves the customer and who escalates, without naming who holds the contract."""
    if _is(Family.COCARE, line):
        told = line.contract.escalates_to
        return f"The partner who holds it serves the customer and escalates to {told}."
    return "Huawei serves the customer."


def support_of(unit: Unit, *, on: date) -> Support:
    """Return the contracts of a unit; no query where `with_support()` has found none."""
    if not getattr(unit, "has_support", True):
        return Support((), on)
    lines: Sequence[ContractLine] = _lines()(unit=unit.pk)
    return Support(tuple(lines), on)


def _is(family: Family, line: ContractLine) -> bool:
    return line.contract.family == family


def _days(span: Span) -> str:
    if span.days == 1:
        return day_text(span.first)
    return f"{day_text(span.first)} to {day_text(span.last)}"


def _remark(sentence: str, what: str) -> Reason:
    return Reason("", sentence, f"{what} between contracts")
