"""Which remedy a failed unit gets: pure rules (policy section 5)."""

from collections.abc import Iterator
from dataclasses import dataclass

from doa.enums import Remedy
from doa.policy import DOA_POLICY, DoaVerdict
from warranty.enums import WarrantyStatus
from warranty.reasons import Reason

REMEDY_ORDER = f"{DOA_POLICY}, order of remedies"
_EXCHANGED = frozenset({WarrantyStatus.ACTIVE, WarrantyStatus.PENDING})
_BOTH = "Both apply: the contract's service level is shown beside the exchange."
_NO_REMEDY = "Ask for a quote for repair, or tell us if you think a date is wrong."
_EXCHANGE_SENTENCES = {
    WarrantyStatus.ACTIVE: "The warranty is running, so it covers an exchange.",
    WarrantyStatus.PENDING: (
        "The warranty has not started; a unit that fails before is exchanged all the same, "
        "and its start does not move."
    ),
    WarrantyStatus.EXPIRED: "The warranty has ended, so it covers no exchange.",
    WarrantyStatus.VOID: "The warranty is void, so it covers no exchange.",
}
_CONTRACT_SENTENCES = {
    True: "A HiCare or CoCare contract is active, so it covers a replacement.",
    False: "No HiCare or CoCare contract is active.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyChoice:
    """The first remedy that applies, and why it and the others do or do not."""

    kind: Remedy
    reasons: tuple[Reason, ...]


def choose_remedy(
    *, doa: DoaVerdict | None, warranty: WarrantyStatus, has_active_contract: bool
) -> RemedyChoice:
    """Return the first remedy that applies, and why the others do not.

    `doa` is None where no failure was described. The order is DOA replacement,
    warranty exchange (warranty active or not started), support replacement, none.
    Source: policy section 5.
    """
    applies = {
        Remedy.DOA_REPLACEMENT: doa is not None and doa.is_eligible,
        Remedy.WARRANTY_EXCHANGE: warranty in _EXCHANGED,
        Remedy.SUPPORT_REPLACEMENT: has_active_contract,
    }
    kind = next((remedy for remedy, holds in applies.items() if holds), Remedy.NONE)
    said = (
        (Remedy.WARRANTY_EXCHANGE, _EXCHANGE_SENTENCES[warranty]),
        (Remedy.SUPPORT_REPLACEMENT, _CONTRACT_SENTENCES[has_active_contract]),
    )
    reasons = list(_doa_reasons(doa))
    for remedy, sentence in said:
        passed_over = applies[remedy] and remedy is not kind
        aside = f" {kind.label} comes first." if passed_over else ""
        reasons.append(_cite(remedy, sentence + aside))
    if kind is Remedy.WARRANTY_EXCHANGE and has_active_contract:
        reasons.append(_cite(kind, _BOTH))
    if kind is Remedy.NONE:
        reasons.append(_cite(kind, _NO_REMEDY))
    return RemedyChoice(kind=kind, reasons=tuple(reasons))


def _cite(remedy: Remedy, sentence: str) -> Reason:
    return Reason(remedy.value, sentence, REMEDY_ORDER)


def _doa_reasons(doa: DoaVerdict | None) -> Iterator[Reason]:
    """Say why the unit is, or is not, dead on arrival, in the verdict's own words."""
    remedy = Remedy.DOA_REPLACEMENT
    if doa is None:
        yield _cite(remedy, "No failure is described, so dead on arrival was not checked.")
        return
    if not doa.is_eligible:
        yield _cite(remedy, "This is not a dead-on-arrival case.")
    yield from doa.reasons
