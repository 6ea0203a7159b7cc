"""What is dead on arrival, rule by rule, on both sides of each boundary."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from doa import policy
from doa.enums import DoaFlag, DoaRule
from warranty.policy import Terms

TERMS = Terms(version="test")
SHIPPED_ON = date(2026, 1, 10)
NEW_YORK = ZoneInfo("America/New_York")
CHICAGO = ZoneInfo("America/Chicago")
POWERED_AT = datetime(2026, 2, 1, 23, 30, tzinfo=NEW_YORK)
LIMIT = timedelta(hours=48)
SECOND = timedelta(seconds=1)


def verdict(failed_at: datetime | date | None, **facts: Any) -> policy.DoaVerdict:
    failure = policy.Failure(shipped_on=SHIPPED_ON, failed_at=failed_at, **facts)
    return policy.doa_verdict(failure=failure, terms=TERMS)


def codes(found: policy.DoaVerdict) -> list[DoaFlag]:
    return [flag.code for flag in found.flags]


@pytest.mark.parametrize("hours", [None, 0, 500])
def test_d1_a_failure_at_first_boot_needs_no_hours(hours: int | None) -> None:
    failed_at = None if hours is None else POWERED_AT + timedelta(hours=hours)
    found = verdict(failed_at, powered_on_at=POWERED_AT, first_boot=True)
    assert (found.rule, found.is_eligible) == (DoaRule.D1, True)


@pytest.mark.parametrize(
    ("elapsed", "rule"),
    [
        (timedelta(0), DoaRule.D2),
        (LIMIT - SECOND, DoaRule.D2),
        (LIMIT, DoaRule.D2),
        (LIMIT + SECOND, None),
    ],
)
def test_d2_includes_the_last_second_of_48_hours(elapsed: timedelta, rule: DoaRule | None) -> None:
    found = verdict(POWERED_AT + elapsed, powered_on_at=POWERED_AT)
    assert (found.rule, found.flags) == (rule, ())


@pytest.mark.parametrize(
    ("powered", "limit"),
    [
        (datetime(2018, 3, 10, 12, tzinfo=CHICAGO), datetime(2018, 3, 12, 13, tzinfo=CHICAGO)),
        (datetime(2018, 11, 3, 12, tzinfo=CHICAGO), datetime(2018, 11, 5, 11, tzinfo=CHICAGO)),
    ],
)
def test_d2_counts_elapsed_hours_across_a_clock_change(powered: datetime, limit: datetime) -> None:
    def rule_at(failed_at: datetime) -> DoaRule | None:
        failure = policy.Failure(
            shipped_on=date(2018, 3, 1), failed_at=failed_at, powered_on_at=powered
        )
        return policy.doa_verdict(failure=failure, terms=TERMS).rule

    assert rule_at(limit) is DoaRule.D2
    assert rule_at(limit + SECOND) is None


def test_d2_counts_across_zones() -> None:
    failed_at = (POWERED_AT.astimezone(UTC) + LIMIT).astimezone(ZoneInfo("Asia/Shanghai"))
    assert verdict(failed_at, powered_on_at=POWERED_AT).rule is DoaRule.D2
    assert verdict(failed_at + SECOND, powered_on_at=POWERED_AT).rule is None


@pytest.mark.parametrize(
    ("powered", "failed", "rule"),
    [
        (date(2026, 2, 1), date(2026, 2, 1), DoaRule.D2),
        (date(2026, 2, 1), date(2026, 2, 3), DoaRule.D2),
        (date(2026, 2, 1), date(2026, 2, 4), None),
        (POWERED_AT, date(2026, 2, 3), DoaRule.D2),
        (POWERED_AT, date(2026, 2, 4), None),
        (date(2026, 2, 1), datetime(2026, 2, 3, 23, 59, tzinfo=NEW_YORK), DoaRule.D2),
        (date(2026, 2, 1), datetime(2026, 2, 4, tzinfo=NEW_YORK), None),
    ],
)
def test_d2_with_dates_alone_allows_two_days_and_is_marked(
    powered: date, failed: date, rule: DoaRule | None
) -> None:
    found = verdict(failed, powered_on_at=powered)
    assert (found.rule, codes(found)) == (rule, [DoaFlag.CONFIRM_TIMES] if rule else [])
    assert all("TAC must confirm the times" in flag.sentence for flag in found.flags)


@pytest.mark.parametrize(
    ("failed_on", "pac", "rule", "flags"),
    [
        (date(2026, 1, 30), None, DoaRule.D3, []),
        (date(2026, 1, 30), date(2026, 1, 31), DoaRule.D3, []),
        (date(2026, 1, 30), date(2026, 1, 30), DoaRule.D3, [DoaFlag.SAME_DAY_AS_PAC]),
        (date(2026, 1, 30), date(2026, 1, 29), None, []),
    ],
)
def test_d3_holds_before_the_pac_whatever_the_hours(
    failed_on: date, pac: date | None, rule: DoaRule | None, flags: list[DoaFlag]
) -> None:
    failed_at = datetime.combine(failed_on, datetime.min.time(), NEW_YORK)
    found = verdict(
        failed_at,
        powered_on_at=failed_at - timedelta(hours=250),
        delivery_project=True,
        pac_issued_on=pac,
    )
    assert (found.rule, codes(found)) == (rule, flags)


def test_d3_without_a_recorded_power_on_is_marked() -> None:
    found = verdict(date(2026, 1, 30), delivery_project=True)
    assert (found.rule, codes(found)) == (DoaRule.D3, [DoaFlag.CONFIRM_POWER_ON])


def test_d3_needs_the_day_of_failure() -> None:
    found = verdict(None, powered_on_at=POWERED_AT, delivery_project=True)
    assert found.rule is None
    assert found.reasons[-1].sentence == "The day of failure is not known."


def test_a_pac_outside_a_delivery_project_is_ignored_and_said() -> None:
    late = POWERED_AT + timedelta(hours=500)
    found = verdict(late, powered_on_at=POWERED_AT, pac_issued_on=date(2026, 12, 1))
    assert (found.rule, codes(found)) == (None, [DoaFlag.PAC_IGNORED])


@pytest.mark.parametrize(("number", "flags"), [(90, []), (91, [DoaFlag.LATE])])
def test_more_than_90_days_since_shipment_is_flagged_not_refused(
    number: int, flags: list[DoaFlag]
) -> None:
    powered = datetime.combine(SHIPPED_ON + timedelta(days=number), datetime.min.time(), UTC)
    found = verdict(powered + timedelta(hours=1), powered_on_at=powered)
    assert (found.rule, codes(found)) == (DoaRule.D2, flags)


@pytest.mark.parametrize(
    ("elapsed", "rule", "flags"),
    [(-SECOND, None, [DoaFlag.CARGO_CLAIM]), (timedelta(0), DoaRule.D2, [])],
)
def test_a_failure_before_power_on_is_a_cargo_claim(
    elapsed: timedelta, rule: DoaRule | None, flags: list[DoaFlag]
) -> None:
    found = verdict(POWERED_AT + elapsed, powered_on_at=POWERED_AT)
    assert (found.rule, codes(found)) == (rule, flags)


def test_a_failure_before_power_on_is_a_cargo_claim_in_a_delivery_project_too() -> None:
    found = verdict(POWERED_AT - SECOND, powered_on_at=POWERED_AT, delivery_project=True)
    assert (found.rule, codes(found)) == (None, [DoaFlag.CARGO_CLAIM])


@pytest.mark.parametrize("powered", [None, date(2026, 2, 2)])
def test_goods_never_powered_on_are_a_cargo_claim(powered: date | None) -> None:
    found = verdict(date(2026, 2, 1), powered_on_at=powered)
    assert "report them within 3 days" in found.reasons[0].sentence
    assert codes(found) == [DoaFlag.CARGO_CLAIM]


@pytest.mark.parametrize(
    ("is_new", "is_spare_part", "rule", "said"),
    [
        (True, False, DoaRule.D1, "first boot"),
        (False, False, None, "not new equipment"),
        (True, True, None, "F003"),
    ],
)
def test_only_new_equipment_can_be_dead_on_arrival(
    is_new: bool, is_spare_part: bool, rule: DoaRule | None, said: str
) -> None:
    found = verdict(None, first_boot=True, is_new=is_new, is_spare_part=is_spare_part)
    assert found.rule is rule
    assert said in found.reasons[0].sentence


def test_any_one_rule_suffices_and_the_first_is_named() -> None:
    facts = {"powered_on_at": POWERED_AT, "delivery_project": True}
    assert verdict(POWERED_AT + LIMIT, first_boot=True, **facts).rule is DoaRule.D1
    assert verdict(POWERED_AT + LIMIT, **facts).rule is DoaRule.D2
    assert verdict(POWERED_AT + LIMIT + SECOND, **facts).rule is DoaRule.D3


def test_a_refusal_says_why_no_rule_holds() -> None:
    found = verdict(POWERED_AT + timedelta(hours=71), powered_on_at=POWERED_AT)
    assert [(reason.rule, reason.sentence) for reason in found.reasons] == [
        ("D1", "It did not fail at first boot."),
        ("D2", "It failed 71 hours after first power-on, and the limit is 48 hours."),
        ("D3", "It does not belong to a Huawei delivery project."),
    ]


@pytest.mark.parametrize(
    ("elapsed", "text"),
    [
        (timedelta(0), "0 hours"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=71), "71 hours"),
        (LIMIT + SECOND, "48 h 0 min 1 s"),
        (LIMIT + timedelta(microseconds=1), "48 h 0 min 1 s"),
        (timedelta(minutes=90), "1 h 30 min 0 s"),
    ],
)
def test_a_length_is_written_so_that_it_never_hides_the_second_too_many(
    elapsed: timedelta, text: str
) -> None:
    assert policy.elapsed_text(elapsed) == text
