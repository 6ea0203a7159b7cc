"""What contracts may do with their dates, on both sides of each boundary."""

from datetime import date, timedelta

import pytest

from support import contracts
from support.contracts import Span
from support.enums import ContractStatus
from support.policy import Anchor, Window, support_window
from warranty.enums import Leg
from warranty.policy import Terms

SHIPPED_ON = date(2026, 2, 19)
DAY_90 = date(2026, 5, 20)
DAY = timedelta(days=1)


def window(on: date = SHIPPED_ON) -> Window:
    return support_window(anchor=Anchor(on=on, leg=Leg.DISTRIBUTOR), terms=Terms(version="test"))


@pytest.mark.parametrize(
    ("on", "status"),
    [
        (date(2026, 2, 18), ContractStatus.FUTURE),
        (date(2026, 2, 19), ContractStatus.ACTIVE),
        (date(2027, 2, 18), ContractStatus.ACTIVE),
        (date(2027, 2, 19), ContractStatus.EXPIRED),
    ],
)
def test_both_ends_of_a_contract_are_covered_days(on: date, status: ContractStatus) -> None:
    found = contracts.contract_status(starts_on=SHIPPED_ON, ends_on=date(2027, 2, 18), on=on)
    assert found is status


@pytest.mark.parametrize(
    ("on", "status"),
    [
        (date(2026, 6, 30), ContractStatus.ACTIVE),
        (date(2026, 7, 1), ContractStatus.CANCELLED),
        (date(2028, 7, 1), ContractStatus.CANCELLED),
    ],
)
def test_a_cancelled_contract_covers_nothing_from_that_day(on: date, status: str) -> None:
    found = contracts.contract_status(
        starts_on=SHIPPED_ON, ends_on=date(2027, 2, 18), on=on, cancelled_on=date(2026, 7, 1)
    )
    assert found is status


def movable(
    today: date,
    *,
    starts_on: date = SHIPPED_ON,
    is_chosen: bool = False,
    is_served: bool = False,
    is_moved: bool = False,
    is_renewal: bool = False,
) -> None:
    contracts.check_movable(
        starts_on=starts_on,
        is_chosen=is_chosen,
        is_served=is_served,
        is_moved=is_moved,
        is_renewal=is_renewal,
        window=window(),
        today=today,
    )


def test_a_start_that_nobody_chose_may_be_chosen_until_day_90_has_passed() -> None:
    movable(SHIPPED_ON)
    movable(DAY_90)
    with pytest.raises(contracts.StartFixed, match="choose a start was 20 May 2026"):
        movable(DAY_90 + DAY)


def test_a_chosen_start_may_be_moved_until_its_own_day_has_passed() -> None:
    chosen = date(2026, 4, 1)
    movable(chosen - DAY, starts_on=chosen, is_chosen=True)
    movable(chosen, starts_on=chosen, is_chosen=True)
    with pytest.raises(contracts.StartFixed, match="1 Apr 2026 has passed"):
        movable(chosen + DAY, starts_on=chosen, is_chosen=True)


def test_a_start_under_which_service_was_used_stays() -> None:
    with pytest.raises(contracts.StartFixed, match="Service was used"):
        movable(SHIPPED_ON, is_served=True)


def test_the_start_of_a_renewal_stays() -> None:
    with pytest.raises(contracts.StartFixed, match="the day after the contract before it"):
        movable(SHIPPED_ON, is_renewal=True)


@pytest.mark.parametrize(
    ("ended_on", "last_on"),
    [
        (date(2026, 4, 30), date(2026, 8, 1)),  # due on 1 May
        (date(2026, 11, 29), date(2027, 3, 1)),  # due on 30 Nov; no 30 Feb
        (date(2027, 11, 28), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 4, 1)),
    ],
)
def test_a_renewal_is_back_dated_up_to_three_months_and_a_day_later_is_a_lapse(
    ended_on: date, last_on: date
) -> None:
    contracts.check_renewal(ended_on=ended_on, today=ended_on - DAY)
    contracts.check_renewal(ended_on=ended_on, today=last_on)
    with pytest.raises(contracts.RenewalLapsed, match="may reinstate it"):
        contracts.check_renewal(ended_on=ended_on, today=last_on + DAY)


def test_a_renewal_starts_the_day_after_the_last_covered_one() -> None:
    assert contracts.renewal_due_on(ended_on=date(2026, 12, 31)) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("starts_on", "is_chosen", "moved_to"),
    [
        (date(2026, 1, 10), False, SHIPPED_ON),
        (date(2026, 2, 18), True, SHIPPED_ON),
        (date(2026, 2, 19), True, date(2026, 2, 19)),
        (date(2026, 5, 20), True, date(2026, 5, 20)),
        (date(2026, 5, 21), True, DAY_90),
    ],
)
def test_a_start_follows_the_shipment_unless_it_was_chosen_inside_the_new_window(
    starts_on: date, is_chosen: bool, moved_to: date
) -> None:
    found = contracts.moved_start(starts_on=starts_on, is_chosen=is_chosen, window=window())
    assert found == moved_to


def span(first: int, last: int) -> Span:
    return Span(date(2026, 1, first), date(2026, 1, last))


@pytest.mark.parametrize(
    ("spans", "gaps", "overlaps"),
    [
        ([], [], []),
        ([span(1, 5)], [], []),
        ([span(1, 5), span(6, 9)], [], []),
        ([span(7, 9), span(1, 5)], [span(6, 6)], []),
        ([span(1, 5), span(5, 9)], [], [span(5, 5)]),
        ([span(1, 20), span(3, 5), span(8, 9)], [], [span(3, 5), span(8, 9)]),
        ([span(1, 9), span(3, 5), span(6, 8)], [], [span(3, 8)]),
        ([span(1, 9), span(2, 8), span(3, 7), span(20, 21)], [span(10, 19)], [span(2, 8)]),
    ],
)
def test_gaps_and_overlaps_are_told_apart_to_the_day(
    spans: list[Span], gaps: list[Span], overlaps: list[Span]
) -> None:
    assert contracts.gaps(spans) == gaps
    assert contracts.overlaps(spans) == overlaps


def test_gaps_and_overlaps_agree_with_a_count_of_every_day() -> None:
    spans = [Span(SHIPPED_ON + n * DAY * 3, SHIPPED_ON + (n * 3 + n % 5) * DAY) for n in range(30)]
    days = [SHIPPED_ON + n * DAY for n in range(200)]
    covers = {day: sum(s.first <= day <= s.last for s in spans) for day in days}
    last = max(s.last for s in spans)

    def listed(found: list[Span]) -> set[date]:
        return {day for day in days for s in found if s.first <= day <= s.last}

    assert listed(contracts.gaps(spans)) == {d for d in days if d <= last and not covers[d]}
    assert listed(contracts.overlaps(spans)) == {d for d in days if covers[d] > 1}
