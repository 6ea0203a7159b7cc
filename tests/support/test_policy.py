"""When support may start, on both sides of each boundary."""

from datetime import date, timedelta

import pytest

from support import policy
from warranty.enums import Leg
from warranty.policy import ShippedOnBeforeHuawei, TermOutOfRange, Terms

TERMS = Terms(version="test")
HUAWEI_ON = date(2026, 1, 10)
DISTRIBUTOR_ON = date(2026, 2, 19)


def window(distributor_on: date | None = DISTRIBUTOR_ON, **kwargs: bool) -> policy.Window:
    anchor = policy.support_anchor(
        huawei_shipped_on=HUAWEI_ON, distributor_shipped_on=distributor_on, **kwargs
    )
    return policy.support_window(anchor=anchor, terms=TERMS)


@pytest.mark.parametrize(
    ("distributor_on", "anchor_on", "leg", "latest_on"),
    [
        (None, HUAWEI_ON, Leg.HUAWEI, date(2026, 4, 10)),
        (HUAWEI_ON, HUAWEI_ON, Leg.DISTRIBUTOR, date(2026, 4, 10)),
        (DISTRIBUTOR_ON, DISTRIBUTOR_ON, Leg.DISTRIBUTOR, date(2026, 5, 20)),
    ],
)
def test_support_counts_from_the_distributors_shipment_else_huaweis(
    distributor_on: date | None, anchor_on: date, leg: Leg, latest_on: date
) -> None:
    found = window(distributor_on)
    assert (found.anchor.on, found.anchor.leg) == (anchor_on, leg)
    assert (found.earliest_on, found.latest_on) == (anchor_on, latest_on)


def test_a_distributor_cannot_ship_before_huawei() -> None:
    with pytest.raises(ShippedOnBeforeHuawei, match="9 Jan 2026"):
        window(HUAWEI_ON - timedelta(days=1))


@pytest.mark.parametrize("expected", [True, False])
def test_huaweis_date_is_provisional_while_the_distributors_is_expected(expected: bool) -> None:
    found = window(None, is_distributor_date_expected=expected)
    assert found.anchor.is_provisional is expected
    assert ("provisional" in found.reasons[0].sentence) is expected


def test_a_known_distributors_date_is_not_provisional() -> None:
    assert not window(is_distributor_date_expected=True).anchor.is_provisional


@pytest.mark.parametrize("starts_on", [date(2026, 2, 19), date(2026, 3, 1), date(2026, 5, 20)])
def test_a_start_inside_the_window_is_accepted(starts_on: date) -> None:
    policy.check_start(starts_on=starts_on, window=window())
    is_ok, reason = policy.start_verdict(starts_on=starts_on, window=window())
    assert is_ok
    assert reason.sentence.endswith("so support may start then.")


def test_a_start_before_the_window_is_refused_naming_its_first_day() -> None:
    message = "Choose a start date on or after 19 Feb 2026, which is the day of shipment."
    with pytest.raises(policy.SupportStartTooEarly, match=message):
        policy.check_start(starts_on=date(2026, 2, 18), window=window())


def test_a_start_after_the_window_is_refused_naming_its_last_day() -> None:
    message = "Choose a start date on or before 20 May 2026, which is 90 days after shipment."
    with pytest.raises(policy.SupportStartTooLate, match=message):
        policy.check_start(starts_on=date(2026, 5, 21), window=window())


@pytest.mark.parametrize(
    ("starts_on", "day"),
    [(date(2026, 2, 18), "19 Feb 2026"), (date(2026, 5, 21), "20 May 2026")],
)
def test_a_refused_start_is_an_answer_with_the_day_to_choose(starts_on: date, day: str) -> None:
    is_ok, reason = policy.start_verdict(starts_on=starts_on, window=window())
    assert not is_ok
    assert day in reason.sentence
    assert reason.cite == "Support Start Date Policy, S2"


def test_the_window_is_explained_by_s1_and_s2() -> None:
    assert [(reason.rule, reason.sentence) for reason in window().reasons] == [
        (
            "S1",
            "A support contract starts on 19 Feb 2026, "
            "the day of shipment by an authorised distributor.",
        ),
        (
            "S2",
            "Its start may be any day from 19 Feb 2026 to 20 May 2026, both included. "
            "Once a chosen day has passed, only Huawei's service desk moves it.",
        ),
    ]


@pytest.mark.parametrize(
    ("end_of_service_on", "ends_on"),
    [
        (None, date(2027, 2, 18)),
        (date(2027, 2, 19), date(2027, 2, 18)),
        (date(2027, 2, 18), date(2027, 2, 18)),
        (date(2027, 2, 17), date(2027, 2, 17)),
    ],
)
def test_support_ends_with_its_term_or_with_the_products_service(
    end_of_service_on: date | None, ends_on: date
) -> None:
    found = policy.support_end(
        starts_on=DISTRIBUTOR_ON, months=12, end_of_service_on=end_of_service_on
    )
    assert found == ends_on


def test_a_term_of_no_months_is_refused() -> None:
    with pytest.raises(TermOutOfRange):
        policy.support_end(starts_on=DISTRIBUTOR_ON, months=0)
