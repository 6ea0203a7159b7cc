"""The order of remedies: the first that applies, and why the others do not."""

import pytest

from doa.enums import DoaRule, Remedy
from doa.policy import DoaVerdict
from doa.remedies import RemedyChoice, choose_remedy
from warranty.enums import WarrantyStatus
from warranty.reasons import Reason

DEAD = DoaVerdict(rule=DoaRule.D2, flags=(), reasons=(Reason("D2", "It failed early.", ""),))
NOT_DEAD = DoaVerdict(rule=None, flags=(), reasons=(Reason("D2", "71 hours.", ""),))
ACTIVE, PENDING = WarrantyStatus.ACTIVE, WarrantyStatus.PENDING
EXPIRED, VOID = WarrantyStatus.EXPIRED, WarrantyStatus.VOID
BOTH = "Both apply: the contract's service level is shown beside the exchange."


def choose(doa: DoaVerdict | None, warranty: WarrantyStatus, contract: bool) -> RemedyChoice:
    return choose_remedy(doa=doa, warranty=warranty, has_active_contract=contract)


def sentences(choice: RemedyChoice) -> list[str]:
    return [reason.sentence for reason in choice.reasons]


@pytest.mark.parametrize(
    ("doa", "warranty", "contract", "kind"),
    [
        *((DEAD, w, c, Remedy.DOA_REPLACEMENT) for w in WarrantyStatus for c in (True, False)),
        *(
            (d, ACTIVE, c, Remedy.WARRANTY_EXCHANGE)
            for d in (NOT_DEAD, None)
            for c in (True, False)
        ),
        (NOT_DEAD, PENDING, True, Remedy.WARRANTY_EXCHANGE),
        (NOT_DEAD, PENDING, False, Remedy.WARRANTY_EXCHANGE),
        (NOT_DEAD, EXPIRED, True, Remedy.SUPPORT_REPLACEMENT),
        (NOT_DEAD, VOID, True, Remedy.SUPPORT_REPLACEMENT),
        (NOT_DEAD, EXPIRED, False, Remedy.NONE),
        (NOT_DEAD, VOID, False, Remedy.NONE),
        (None, EXPIRED, False, Remedy.NONE),
    ],
)
def test_the_first_remedy_that_applies_is_chosen(
    doa: DoaVerdict | None, warranty: WarrantyStatus, contract: bool, kind: Remedy
) -> None:
    assert choose(doa, warranty, contract).kind is kind


def test_a_contract_replaces_where_the_warranty_does_not_and_the_verdict_says_why() -> None:
    assert sentences(choose(NOT_DEAD, EXPIRED, True)) == [
        "This is not a dead-on-arrival case.",
        "71 hours.",
        "The warranty has ended, so it covers no exchange.",
        "A HiCare or CoCare contract is active, so it covers a replacement.",
    ]


def test_what_would_apply_later_is_said_to_come_second() -> None:
    assert sentences(choose(DEAD, ACTIVE, True)) == [
        "It failed early.",
        "The warranty is running, so it covers an exchange. DOA replacement comes first.",
        "A HiCare or CoCare contract is active, so it covers a replacement. "
        "DOA replacement comes first.",
    ]


@pytest.mark.parametrize("contract", [True, False])
def test_the_service_level_is_shown_when_warranty_and_contract_both_apply(contract: bool) -> None:
    assert (BOTH in sentences(choose(NOT_DEAD, ACTIVE, contract))) is contract


def test_no_remedy_is_an_answer_with_a_next_step() -> None:
    assert sentences(choose(NOT_DEAD, VOID, False))[-1] == (
        "Ask for a quote for repair, or tell us if you think a date is wrong."
    )


def test_nothing_is_said_of_dead_on_arrival_where_no_failure_is_described() -> None:
    assert sentences(choose(None, PENDING, False)) == [
        "No failure is described, so dead on arrival was not checked.",
        "The warranty has not started; a unit that fails before is exchanged all the same, "
        "and its start does not move.",
        "No HiCare or CoCare contract is active.",
    ]
