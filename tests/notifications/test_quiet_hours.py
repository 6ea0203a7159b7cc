"""Quiet hours: by the clock on the reader's wall, across zones and both clock changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.policy import QuietHours, collected_at, not_before

SECOND = timedelta(seconds=1)
NIGHT = QuietHours()


def local(zone: str, text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def woken(zone: str, text: str, quiet: QuietHours = NIGHT, *, fold: int = 0) -> str:
    """Return when mail that is due then may arrive, as the same wall shows it."""
    at = not_before(local(zone, text, fold=fold), quiet, ZoneInfo(zone))
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


ZONES = [
    "America/Chicago", "America/New_York", "America/Phoenix", "America/St_Johns", "Asia/Tokyo",
    "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati", "Europe/Berlin", "UTC",
]  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("due", "arrives"),
    [
        ("2026-04-10 18:59:59", "2026-04-10 18:59"),
        ("2026-04-10 19:00", "2026-04-11 08:00"),
        ("2026-04-11 00:00", "2026-04-11 08:00"),
        ("2026-04-11 07:59:59", "2026-04-11 08:00"),
        ("2026-04-11 08:00", "2026-04-11 08:00"),
        ("2026-04-11 12:00", "2026-04-11 12:00"),
    ],
)
def test_the_night_ends_at_eight_on_the_readers_own_wall(zone, due, arrives):
    assert woken(zone, due) == arrives


def test_what_is_not_quiet_is_left_exactly_as_it_is():
    at = datetime(2026, 4, 10, 18, 0, 0, 123, tzinfo=UTC)
    assert not_before(at, NIGHT, ZoneInfo("America/Chicago")) == at


@pytest.mark.parametrize(
    ("due", "arrives", "hours"),
    [
        ("2026-03-07 20:00", "2026-03-08 08:00", 11),  # the night that lost an hour
        ("2026-10-31 20:00", "2026-11-01 08:00", 13),  # the night that has one twice
        ("2026-04-10 20:00", "2026-04-11 08:00", 12),
    ],
)
def test_a_clock_change_makes_the_night_shorter_or_longer_and_the_morning_stays(
    due, arrives, hours
):
    zone = "America/Chicago"
    assert woken(zone, due) == arrives
    began = local(zone, due).astimezone(UTC)
    assert not_before(began, NIGHT, ZoneInfo(zone)) - began == timedelta(hours=hours)


def test_an_end_that_the_clock_skips_comes_when_it_would_have_come():
    quiet = QuietHours(begins=time(22), ends=time(2, 30))
    assert woken("America/Chicago", "2026-03-07 23:00", quiet) == "2026-03-08 03:30"


@pytest.mark.parametrize("fold", [0, 1])
def test_of_an_end_that_the_clock_shows_twice_the_second_counts(fold):
    quiet = QuietHours(begins=time(22), ends=time(1, 30))
    at = not_before(
        local("America/Chicago", "2026-11-01 01:15", fold=fold), quiet, ZoneInfo("America/Chicago")
    )
    assert at == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)


def test_quiet_hours_within_a_day_end_that_day():
    quiet = QuietHours(begins=time(12), ends=time(14))
    assert woken("UTC", "2026-04-10 11:59:59", quiet) == "2026-04-10 11:59"
    assert woken("UTC", "2026-04-10 12:00", quiet) == "2026-04-10 14:00"


@pytest.mark.parametrize(
    ("due", "arrives"),
    [
        ("2026-04-10 18:59:59", "2026-04-10 18:59"),  # Friday
        ("2026-04-10 19:00", "2026-04-13 08:00"),
        ("2026-04-11 12:00", "2026-04-13 08:00"),
        ("2026-04-12 23:59", "2026-04-13 08:00"),
        ("2026-04-13 08:00", "2026-04-13 08:00"),  # Monday
    ],
)
def test_a_quiet_weekend_ends_on_monday_morning(due, arrives):
    assert woken("America/Chicago", due, QuietHours(weekends=True)) == arrives


def test_switched_off_nothing_is_quiet():
    assert woken("UTC", "2026-04-11 00:00", QuietHours(is_on=False)) == "2026-04-11 00:00"


def test_no_instant_of_a_year_falls_into_the_quiet_once_it_was_moved():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for zone in map(ZoneInfo, ZONES):
        for hours in range(0, 366 * 24, 7):
            moved = not_before(at + timedelta(hours=hours), NIGHT, zone)
            assert not NIGHT.covers(moved.astimezone(zone))
            assert timedelta() <= moved - at - timedelta(hours=hours) <= timedelta(hours=14)


@pytest.mark.parametrize(
    ("at", "closes"),
    [
        ("2026-04-10 07:00", "2026-04-13 09:00"),
        ("2026-04-13 09:00:00", "2026-04-13 09:00"),
        ("2026-04-13 09:00:01", "2026-04-20 09:00"),
        ("2026-10-30 07:00", "2026-11-02 09:00"),
    ],
)
def test_a_week_closes_on_monday_at_nine(at, closes):
    zone = "America/Chicago"
    monday = collected_at(local(zone, at), ZoneInfo(zone)).astimezone(ZoneInfo(zone))
    assert f"{monday:%Y-%m-%d %H:%M}" == closes
