"""What-if: the four sets of rules put together."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal.policy import InvalidQuestion, WhatIf, what_if
from warranty.policy import Terms

TERMS = Terms(version="2018-01")
TODAY = date(2026, 11, 22)
SHIPPED_ON = date(2026, 1, 10)
POWERED_AT = datetime(2026, 2, 1, 23, 30, tzinfo=ZoneInfo("America/New_York"))


def day(number: int) -> date:
    return SHIPPED_ON + timedelta(days=number)


def ask(**facts: Any) -> dict[str, Any]:
    facts = {"huawei_shipped_on": SHIPPED_ON, "installation_purchased": True} | facts
    return what_if(WhatIf(**facts), terms=TERMS, today=TODAY).as_dict()


def problems(**facts: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidQuestion) as caught:
        ask(**facts)
    return caught.value.problems


def test_the_answer_has_the_agreed_shape() -> None:
    answer = ask()
    assert {name: sorted(part) for name, part in answer.items() if isinstance(part, dict)} == {
        "warranty": ["cap_on", "ends_on", "reasons", "rule", "starts_on", "status"],
        "support": [
            "anchor_from",
            "anchor_on",
            "earliest_on",
            "latest_on",
            "reasons",
            "start_ok",
        ],
        "doa": ["eligible", "flags", "reasons", "rule"],
        "remedy": ["kind", "reasons"],
    }
    assert answer["policy_version"] == "2018-01"
    assert sorted(answer["warranty"]["reasons"][0]) == ["cite", "rule", "sentence"]


@pytest.mark.parametrize(
    ("facts", "starts_on", "rule"),
    [
        ({"installation_purchased": False, "report_signed_on": day(10)}, "2026-04-10", "W1"),
        ({"report_signed_on": day(0)}, "2026-01-10", "W2"),
        ({"report_signed_on": day(89)}, "2026-04-09", "W2"),
        ({"report_signed_on": day(90)}, "2026-04-10", "W2"),
        ({"report_signed_on": day(91)}, "2026-04-10", "W3"),
        ({"report_signed_on": [day(30), day(20)]}, "2026-01-30", "W2"),
        ({"report_signed_on": []}, "2026-04-10", "W3"),
        ({"report_signed_on": day(60), "on": day(100)}, "2026-03-11", "W2"),
        ({"report_signed_on": day(60), "on": day(59)}, "2026-04-10", "W3"),
    ],
)
def test_warranty_start(facts: dict[str, Any], starts_on: str, rule: str) -> None:
    warranty = ask(**facts)["warranty"]
    assert (warranty["starts_on"], warranty["rule"]) == (starts_on, rule)
    assert warranty["cap_on"] == "2026-04-10"


@pytest.mark.parametrize(
    ("on", "status"),
    [
        (date(2026, 4, 9), "pending"),
        (date(2026, 4, 10), "active"),
        (None, "active"),
        (date(2027, 4, 9), "active"),
        (date(2027, 4, 10), "expired"),
    ],
)
def test_warranty_status_on_a_day(on: date | None, status: str) -> None:
    assert ask(on=on)["warranty"]["status"] == status


@pytest.mark.parametrize(("months", "ends_on"), [(None, "2027-04-09"), (36, "2029-04-09")])
def test_the_term_is_the_one_given_else_that_of_the_policy(
    months: int | None, ends_on: str
) -> None:
    assert ask(warranty_months=months)["warranty"]["ends_on"] == ends_on


@pytest.mark.parametrize(
    ("starts_on", "is_ok"),
    [
        (None, None),
        (date(2026, 2, 18), False),
        (date(2026, 2, 19), True),
        (date(2026, 5, 20), True),
        (date(2026, 5, 21), False),
    ],
)
def test_support_start(starts_on: date | None, is_ok: bool | None) -> None:
    answer = ask(distributor_shipped_on=date(2026, 2, 19), support_start=starts_on)
    support = answer["support"]
    assert support["start_ok"] is is_ok
    assert (support["anchor_on"], support["anchor_from"]) == ("2026-02-19", "distributor")
    assert (support["earliest_on"], support["latest_on"]) == ("2026-02-19", "2026-05-20")
    assert answer["warranty"]["cap_on"] == "2026-04-10"


def test_a_support_start_refused_names_the_last_day() -> None:
    answer = ask(distributor_shipped_on=date(2026, 2, 19), support_start=date(2026, 5, 21))
    assert "20 May 2026" in answer["support"]["reasons"][-1]["sentence"]


@pytest.mark.parametrize(
    ("facts", "eligible", "rule", "kind"),
    [
        ({}, None, None, "warranty_exchange"),
        ({"powered_on_at": POWERED_AT}, None, None, "warranty_exchange"),
        ({"first_boot": False}, None, None, "warranty_exchange"),
        ({"first_boot": True}, True, "D1", "doa_replacement"),
        ({"first_boot": True, "new": False}, False, None, "warranty_exchange"),
        ({"hours": timedelta(hours=48)}, True, "D2", "doa_replacement"),
        ({"hours": timedelta(hours=48, seconds=1)}, False, None, "warranty_exchange"),
        (
            {"hours": timedelta(hours=71), "on": date(2027, 4, 10), "support_active": True},
            False,
            None,
            "support_replacement",
        ),
        ({"hours": timedelta(hours=71), "on": date(2027, 4, 10)}, False, None, "none"),
    ],
)
def test_dead_on_arrival_and_remedy(
    facts: dict[str, Any], eligible: bool | None, rule: str | None, kind: str
) -> None:
    hours = facts.get("hours")
    facts = {name: value for name, value in facts.items() if name != "hours"}
    if hours is not None:
        facts |= {"powered_on_at": POWERED_AT, "failed_at": POWERED_AT + hours}
    answer = ask(**facts)
    assert (answer["doa"]["eligible"], answer["doa"]["rule"]) == (eligible, rule)
    assert answer["remedy"]["kind"] == kind


def test_a_delivery_project_before_its_pac_is_d3_after_500_hours() -> None:
    failed_at = datetime(2026, 1, 30, 12, tzinfo=ZoneInfo("UTC"))
    powered = failed_at - timedelta(hours=400)
    doa = ask(powered_on_at=powered, failed_at=failed_at, delivery_project=True)["doa"]
    assert (doa["eligible"], doa["rule"]) == (True, "D3")


def test_the_refused_hours_stand_in_the_reasons_of_the_remedy() -> None:
    answer = ask(
        powered_on_at=POWERED_AT,
        failed_at=POWERED_AT + timedelta(hours=71),
        on=date(2027, 4, 10),
        support_active=True,
    )
    said = [reason["sentence"] for reason in answer["remedy"]["reasons"]]
    assert "It failed 71 hours after first power-on, and the limit is 48 hours." in said


def test_flags_are_given_with_code_and_sentence() -> None:
    doa = ask(powered_on_at=date(2026, 2, 1), failed_at=date(2026, 2, 3))["doa"]
    assert doa["flags"] == [
        {
            "code": "confirm_times",
            "sentence": "Only dates are known: TAC must confirm the times.",
        }
    ]


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("huawei_shipped_on", {"huawei_shipped_on": date(1999, 12, 31)}),
        ("on", {"on": date(2101, 1, 1)}),
        ("distributor_shipped_on", {"distributor_shipped_on": day(-1)}),
        ("report_signed_on", {"report_signed_on": day(-1)}),
        ("report_signed_on", {"report_signed_on": [day(10), TODAY + timedelta(days=1)]}),
        ("warranty_months", {"warranty_months": 0}),
        ("warranty_months", {"warranty_months": 601}),
        ("pac_issued_on", {"pac_issued_on": day(-1)}),
        ("powered_on_at", {"powered_on_at": day(-1)}),
        ("powered_on_at", {"powered_on_at": datetime(2026, 2, 1, 12)}),
        ("failed_at", {"failed_at": datetime(2026, 2, 1, 12)}),
        ("failed_at", {"first_boot": True, "powered_on_at": day(2), "failed_at": day(1)}),
    ],
)
def test_a_question_that_cannot_be_is_refused_by_its_field(
    field: str, facts: dict[str, Any]
) -> None:
    assert list(problems(**facts)) == [field]


@pytest.mark.parametrize(
    "facts",
    [
        {"huawei_shipped_on": date(2000, 1, 1)},
        {"on": date(2100, 12, 31)},
        {"distributor_shipped_on": day(0)},
        {"report_signed_on": [day(0), TODAY]},
        {"report_signed_on": TODAY + timedelta(days=1), "on": TODAY + timedelta(days=1)},
        {"warranty_months": 1},
        {"warranty_months": 600},
        {"pac_issued_on": day(0), "powered_on_at": day(0), "failed_at": day(0)},
        {"first_boot": True, "powered_on_at": day(1), "failed_at": day(1)},
    ],
)
def test_a_question_just_inside_the_limits_is_answered(facts: dict[str, Any]) -> None:
    assert ask(**facts)["warranty"]["starts_on"]


def test_all_problems_are_named_at_once() -> None:
    found = problems(warranty_months=0, distributor_shipped_on=day(-1), pac_issued_on=day(-5))
    assert sorted(found) == ["distributor_shipped_on", "pac_issued_on", "warranty_months"]
