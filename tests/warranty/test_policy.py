"""When a warranty starts and ends, clause by clause, on both sides of each boundary."""

from datetime import date, timedelta

import pytest

from warranty import policy
from warranty.enums import WarrantyRule, WarrantyStatus
from warranty.reasons import ordinal

TERMS = policy.Terms(version="test")
SHIPPED_ON = date(2026, 1, 10)
CAP = date(2026, 4, 10)
TODAY = date(2026, 11, 22)


def day(number: int) -> date:
    return SHIPPED_ON + timedelta(days=number)


def start(*signatures: date, purchased: bool = True, today: date = TODAY) -> policy.StartDecision:
    return policy.warranty_start(
        shipped_on=SHIPPED_ON,
        installation_service=purchased,
        signatures=signatures,
        today=today,
        terms=TERMS,
    )


def sentences(reasons: tuple[policy.Reason, ...]) -> list[str]:
    return [reason.sentence for reason in reasons]


@pytest.mark.parametrize(
    ("shipped_on", "cap_on"),
    [
        ("2018-01-01", "2018-04-01"),
        ("2018-11-30", "2019-02-28"),
        ("2019-11-30", "2020-02-28"),
        ("2019-12-01", "2020-02-29"),
        ("2020-02-29", "2020-05-29"),
        ("2018-12-02", "2019-03-02"),
        ("2026-01-10", "2026-04-10"),
    ],
)
def test_the_day_of_shipment_is_day_0_and_day_90_is_the_cap(shipped_on: str, cap_on: str) -> None:
    found = policy.cap_on(shipped_on=date.fromisoformat(shipped_on), terms=TERMS)
    assert found == date.fromisoformat(cap_on)


def test_the_number_of_days_comes_from_the_policy_version() -> None:
    terms = policy.Terms(version="other", cap_days=60)
    assert policy.cap_on(shipped_on=SHIPPED_ON, terms=terms) == date(2026, 3, 11)


@pytest.mark.parametrize(
    ("starts_on", "months", "last"),
    [
        ("2020-02-29", 12, "2021-02-28"),
        ("2019-08-31", 6, "2020-02-29"),
        ("2026-04-30", 12, "2027-04-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-01-28", 1, "2026-02-27"),
        ("2026-01-31", 2, "2026-03-30"),
        ("2026-12-31", 12, "2027-12-30"),
        ("2026-01-01", 12, "2026-12-31"),
        ("2026-12-01", 1, "2026-12-31"),
        ("2026-04-10", 600, "2076-04-09"),
    ],
)
def test_the_last_covered_day_is_counted_in_months_at_once(
    starts_on: str, months: int, last: str
) -> None:
    found = policy.last_covered_day(starts_on=date.fromisoformat(starts_on), months=months)
    assert found == date.fromisoformat(last)


@pytest.mark.parametrize("months", [1, 600])
def test_a_term_has_1_to_600_months(months: int) -> None:
    assert policy.last_covered_day(starts_on=SHIPPED_ON, months=months) > SHIPPED_ON


@pytest.mark.parametrize("months", [-1, 0, 601])
def test_other_terms_are_refused(months: int) -> None:
    with pytest.raises(policy.TermOutOfRange, match=f"1 to 600 months. You entered {months}."):
        policy.last_covered_day(starts_on=SHIPPED_ON, months=months)


@pytest.mark.parametrize(
    ("purchased", "signed", "starts_on", "rule"),
    [
        (False, [], CAP, "W1"),
        (False, [10], CAP, "W1"),
        (False, [91], CAP, "W1"),
        (True, [0], date(2026, 1, 10), "W2"),
        (True, [60], date(2026, 3, 11), "W2"),
        (True, [89], date(2026, 4, 9), "W2"),
        (True, [90], CAP, "W2"),
        (True, [91], CAP, "W3"),
        (True, [], CAP, "W3"),
        (True, [30, 20], date(2026, 1, 30), "W2"),
        (True, [91, 90], CAP, "W2"),
        (True, [-1, 30], date(2026, 2, 9), "W2"),
        (True, [-1], CAP, "W3"),
    ],
)
def test_rules_w1_w2_and_w3(purchased: bool, signed: list[int], starts_on: date, rule: str) -> None:
    decision = start(*(day(n) for n in signed), purchased=purchased)
    assert (decision.starts_on, decision.rule, decision.cap_on) == (starts_on, rule, CAP)


def test_a_signature_counts_from_its_own_day_on() -> None:
    assert start(day(20), today=day(20)).rule is WarrantyRule.W2
    assert start(day(20), today=day(19)).rule is WarrantyRule.W3


def test_a_late_run_dates_the_start_by_day_90_all_the_same() -> None:
    assert start(today=date(2026, 4, 17)).starts_on == CAP


def test_in_a_partial_report_the_serials_left_out_wait_for_day_90() -> None:
    starts = [start(day(15)), start(day(15)), start(day(15)), start(), start()]
    assert [s.starts_on for s in starts] == [day(15)] * 3 + [day(90)] * 2


def test_a_corrected_shipment_date_moves_the_cap() -> None:
    decision = policy.warranty_start(
        shipped_on=date(2026, 1, 20),
        installation_service=False,
        signatures=[],
        today=TODAY,
        terms=TERMS,
    )
    assert (decision.starts_on, decision.rule) == (date(2026, 4, 20), "W1")


W1_TAIL = (
    "on 10 Apr 2026, the 90th day after shipment. "
    "Installation service was not purchased, so a report does not change this date."
)


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (start(purchased=False), [f"Warranty started {W1_TAIL}"]),
        (start(purchased=False, today=CAP), [f"Warranty started {W1_TAIL}"]),
        (start(purchased=False, today=day(89)), [f"Warranty starts {W1_TAIL}"]),
        (
            start(day(10), purchased=False),
            [
                f"Warranty started {W1_TAIL}",
                "The report signed on 20 Jan 2026 (day 10) is filed with the unit "
                "and changes nothing.",
            ],
        ),
        (
            start(day(45)),
            [
                "Warranty started on 24 Feb 2026, the day the installation report was signed. "
                "Installation service was purchased and day 45 is before day 90."
            ],
        ),
        (
            start(day(90)),
            [
                "Warranty started on 10 Apr 2026, the day the installation report was signed. "
                "Installation service was purchased and day 90 is the last day that counts."
            ],
        ),
        (
            start(day(104)),
            ["This report was signed on day 104. Warranty stays at day 90, 10 Apr 2026."],
        ),
        (
            start(),
            [
                "Warranty started automatically on 10 Apr 2026, the 90th day after shipment. "
                "Installation service was purchased and no accepted report was signed by then."
            ],
        ),
        (
            start(today=day(89)),
            [
                "Warranty has not started. It starts when an installation report is signed, "
                "and on 10 Apr 2026 (day 90) at the latest."
            ],
        ),
    ],
)
def test_each_start_is_explained_in_a_sentence(
    decision: policy.StartDecision, expected: list[str]
) -> None:
    assert sentences(decision.reasons) == expected


def test_each_reason_names_its_rule_and_its_source() -> None:
    assert start(day(45)).reasons[0].as_dict() | {"sentence": ""} == {
        "rule": "W2",
        "sentence": "",
        "cite": "Warranty Start Date Policy, W2",
    }


def test_signatures_that_do_not_count_are_explained() -> None:
    said = sentences(start(day(-1), day(20), day(30), TODAY + timedelta(days=1)).reasons)
    assert said[1:] == [
        "Of several accepted reports the earliest signature counts.",
        "The report signed on 9 Jan 2026 does not count: Huawei shipped the unit on 10 Jan 2026.",
        "The report signed on 23 Nov 2026 does not count yet: the day asked about is 22 Nov 2026.",
    ]


@pytest.mark.parametrize(
    ("on", "status"),
    [
        (date(2026, 4, 9), WarrantyStatus.PENDING),
        (date(2026, 4, 10), WarrantyStatus.ACTIVE),
        (date(2027, 4, 9), WarrantyStatus.ACTIVE),
        (date(2027, 4, 10), WarrantyStatus.EXPIRED),
    ],
)
def test_the_first_and_the_last_day_are_covered(on: date, status: WarrantyStatus) -> None:
    cover = policy.cover(start=start(purchased=False, today=on), months=12, on=on)
    assert (cover.status, cover.ends_on) == (status, date(2027, 4, 9))


@pytest.mark.parametrize("on", [day(0), day(90), date(2030, 1, 1)])
def test_a_void_warranty_is_void_on_every_day_and_says_why(on: date) -> None:
    cover = policy.cover(start=start(), months=12, on=on, is_void=True, void_reason="Resold.")
    assert cover.status is WarrantyStatus.VOID
    assert cover.reasons[0].sentence == "This warranty was voided by Huawei. Reason: Resold."


@pytest.mark.parametrize(("on", "verb"), [(date(2027, 4, 9), "ends"), (date(2027, 4, 10), "ended")])
def test_the_end_is_explained_with_its_term(on: date, verb: str) -> None:
    cover = policy.cover(start=start(), months=12, on=on)
    assert cover.reasons[-1].sentence == (
        f"The term is 12 months. It {verb} on 9 Apr 2027, which is the last day covered."
    )


def test_a_term_of_one_month_is_written_so() -> None:
    cover = policy.cover(start=start(), months=1, on=TODAY)
    assert cover.reasons[-1].sentence.startswith("The term is 1 month.")


@pytest.mark.parametrize("number", [0, 90, 316])
def test_a_signature_from_shipment_to_today_is_accepted(number: int) -> None:
    check_signature(day(number))


def check_signature(signed_on: date) -> None:
    policy.check_report_signature(signed_on=signed_on, shipped_on=SHIPPED_ON, today=TODAY)


def test_a_signature_before_shipment_is_refused() -> None:
    with pytest.raises(policy.SignedBeforeShipment, match="9 Jan 2026, before Huawei shipped"):
        check_signature(day(-1))


def test_a_signature_after_today_is_refused() -> None:
    with pytest.raises(policy.SignedInFuture, match="23 Nov 2026, after today, 22 Nov 2026"):
        check_signature(TODAY + timedelta(days=1))


def test_a_distributor_ships_on_huaweis_day_or_later() -> None:
    policy.check_onward_date(huawei_shipped_on=SHIPPED_ON, distributor_shipped_on=SHIPPED_ON)
    with pytest.raises(policy.ShippedOnBeforeHuawei, match="9 Jan 2026, before Huawei's on 10 Jan"):
        policy.check_onward_date(huawei_shipped_on=SHIPPED_ON, distributor_shipped_on=day(-1))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (90, "90th"),
        (111, "111th"),
    ],
)
def test_ordinals(number: int, text: str) -> None:
    assert ordinal(number) == text
