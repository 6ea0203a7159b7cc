"""The clocks of a case, on both sides of each boundary and across both clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from doa import clocks
from doa.enums import Remedy
from support.business_time import ALL_DAY, BusinessCalendar, Hours
from support.levels import parse_level

ZONE = ZoneInfo("America/Chicago")
WEEKDAYS = (Hours(time(9), time(18)),)
OFFICE = BusinessCalendar(
    zone=ZONE,
    week=(WEEKDAYS,) * 5 + ((), ()),
    holidays=frozenset({date(2026, 11, 26)}),
)
ALWAYS = BusinessCalendar(zone=ZONE, week=(ALL_DAY,) * 7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("submitted", "first", "again"),
    [
        ("2026-11-23 10:00", "2026-11-23 14:00", "2026-11-24 10:00"),
        ("2026-11-23 14:00", "2026-11-23 18:00", "2026-11-24 14:00"),
        ("2026-11-23 14:01", "2026-11-24 09:01", "2026-11-24 14:01"),
        ("2026-11-20 17:00", "2026-11-23 12:00", "2026-11-23 17:00"),  # a Friday
        ("2026-11-21 03:00", "2026-11-23 13:00", "2026-11-24 09:00"),  # a Saturday night
        ("2026-11-25 16:00", "2026-11-27 11:00", "2026-11-27 16:00"),  # before Thanksgiving
        ("2026-03-06 16:00", "2026-03-09 11:00", "2026-03-09 16:00"),  # clocks go forward
        ("2026-10-30 16:00", "2026-11-02 11:00", "2026-11-02 16:00"),  # clocks go back
    ],
)
def test_a_call_is_recalled_after_four_opening_hours_and_on_the_next_business_day(
    submitted, first, again
):
    assert clocks.call_steps(OFFICE, at(submitted)) == [at(first), at(again)]


def test_four_hours_that_never_close_are_real_hours_across_a_clock_change():
    steps = clocks.call_steps(ALWAYS, at("2026-03-08 00:30"))
    assert steps[0] - at("2026-03-08 00:30").astimezone(UTC) == timedelta(hours=4)
    assert steps[0] == at("2026-03-08 05:30")


@pytest.mark.parametrize(
    ("asked", "second", "fifth", "ends"),
    [
        ("2026-11-02 17:59", "2026-11-04 09:00", "2026-11-09 09:00", "2026-11-20 18:00"),
        ("2026-11-02 23:00", "2026-11-04 09:00", "2026-11-09 09:00", "2026-11-20 18:00"),
        ("2026-11-20 10:00", "2026-11-24 09:00", "2026-11-30 09:00", "2026-12-11 18:00"),
        ("2026-03-05 10:00", "2026-03-09 09:00", "2026-03-12 09:00", "2026-03-25 18:00"),
        ("2026-10-29 10:00", "2026-11-02 09:00", "2026-11-05 09:00", "2026-11-18 18:00"),
    ],
)
def test_an_answer_is_recalled_on_days_2_and_5_and_awaited_until_day_14_closes(
    asked, second, fifth, ends
):
    assert clocks.answer_steps(OFFICE, at(asked)) == [at(second), at(fifth)]
    assert clocks.patience_ends(OFFICE, at(asked)) == at(ends)


def test_patience_never_ends_before_the_tac_said_it_would():
    asked, far = at("2026-11-02 10:00"), at("2026-12-24 12:00")
    assert clocks.patience_ends(OFFICE, asked, far) == far
    assert clocks.patience_ends(OFFICE, asked, at("2026-11-03 12:00")) == at("2026-11-20 18:00")


@pytest.mark.parametrize(
    ("due", "steps", "overdue", "billing"),
    [
        (
            date(2026, 11, 20),
            ["2026-11-13 09:00", "2026-11-18 09:00", "2026-11-20 09:00"],
            "2026-11-23 09:00",
            "2026-11-30 09:00",  # Thanksgiving is no business day
        ),
        (
            date(2026, 3, 10),
            ["2026-03-03 09:00", "2026-03-06 09:00", "2026-03-10 09:00"],
            "2026-03-11 09:00",
            "2026-03-17 09:00",
        ),
    ],
)
def test_a_return_is_recalled_five_two_and_no_days_before_and_the_day_after(
    due, steps, overdue, billing
):
    assert clocks.return_steps(OFFICE, due) == [at(step) for step in steps]
    assert clocks.overdue_at(OFFICE, due) == at(overdue)
    assert clocks.billing_at(OFFICE, due) == at(billing)


def test_a_pause_moves_warning_and_target_and_is_kept_when_the_target_changes():
    start, pause = at("2026-11-02 09:00"), (at("2026-11-02 12:00"), at("2026-11-03 12:00"))
    eight = timedelta(hours=8)
    assert clocks.warned_at(OFFICE, start, eight, ()) == at("2026-11-02 15:00")
    assert clocks.due_at(OFFICE, start, eight, ()) == at("2026-11-02 17:00")
    assert clocks.warned_at(OFFICE, start, eight, [pause]) == at("2026-11-03 15:00")
    assert clocks.due_at(OFFICE, start, eight, [pause]) == at("2026-11-03 17:00")
    sooner = timedelta(hours=4)
    assert clocks.due_at(OFFICE, start, sooner, [pause]) == at("2026-11-03 13:00")


@pytest.mark.parametrize(
    ("code", "remedies", "due"),
    [
        (None, [], "2026-11-04 18:00"),
        (None, [Remedy.DOA_REPLACEMENT, Remedy.NONE], "2026-11-04 18:00"),
        (None, [Remedy.DOA_REPLACEMENT, Remedy.WARRANTY_EXCHANGE], "2026-11-16 18:00"),
        ("9x5xNBD-Ship", [Remedy.WARRANTY_EXCHANGE], "2026-11-03 18:00"),
        ("9x5x10BD-Ship", [Remedy.DOA_REPLACEMENT], "2026-11-16 18:00"),
        ("24x7x4H", [], "2026-11-02 14:00"),
    ],
)
def test_the_level_of_a_contract_says_by_when_and_without_one_the_slowest_remedy(
    code, remedies, due
):
    start = at("2026-11-02 10:00")
    amount = clocks.resolution_time(
        OFFICE, start, level=parse_level(code) if code else None, remedies=remedies
    )
    assert clocks.due_at(OFFICE, start, amount, ()) == at(due)


@pytest.mark.parametrize(
    ("moment", "welcome"),
    [
        ("2026-11-02 08:59:59", False),
        ("2026-11-02 09:00:00", True),
        ("2026-11-02 17:59:59", True),
        ("2026-11-02 18:00:00", False),
        ("2026-11-01 12:00:00", False),  # a Sunday
        ("2026-11-26 12:00:00", False),  # Thanksgiving
    ],
)
def test_mail_is_written_in_opening_hours(moment, welcome):
    assert clocks.is_welcome(OFFICE, at(moment)) is welcome
