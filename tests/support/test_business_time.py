"""Business time agrees with counting a year minute by minute, clock changes included."""

import random
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from support.business_time import (
    ALL_DAY,
    BusinessCalendar,
    Hours,
    NeverOpen,
    add_business_days,
    add_business_time,
    business_day_of,
    business_days_between,
    business_time_between,
    closing_of,
)

MINUTE = timedelta(minutes=1)
CHICAGO = ZoneInfo("America/Chicago")
OFFICE = (Hours(time(9), time(12, 30)), Hours(time(13), time(18)))
NIGHT = (Hours(time(0), time(6)), Hours(time(22), None))
HOLIDAYS = frozenset({date(2026, 1, 1), date(2026, 7, 3), date(2026, 11, 26), date(2026, 12, 25)})


def office(zone=CHICAGO, **given):
    week = given.pop("week", (OFFICE,) * 5 + ((), ()))
    return BusinessCalendar(zone=zone, week=week, **given)


def at(text, zone=CHICAGO):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


class YearOfMinutesTests(SimpleTestCase):
    """Counts every minute of 2026 by looking at the clock on the wall, and nothing else."""

    BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
    MINUTES = 365 * 24 * 60

    def is_open(self, calendar, instant):
        wall = instant.astimezone(calendar.zone)
        hours = calendar.exceptions.get(wall.date())
        if hours is None:
            closed = wall.date() in calendar.holidays
            hours = () if closed else calendar.week[wall.weekday()]
        return any(
            h.opens <= wall.time() and (h.closes is None or wall.time() < h.closes) for h in hours
        )

    def check(self, calendar, seed):
        open_minutes = [
            self.is_open(calendar, self.BEGIN + n * MINUTE) for n in range(self.MINUTES)
        ]
        before = [0, *accumulate(open_minutes)]
        chance = random.Random(seed)
        for _ in range(300):
            first, last = sorted(chance.randrange(self.MINUTES) for _ in "ab")
            start, end = self.BEGIN + first * MINUTE, self.BEGIN + last * MINUTE
            counted = before[last] - before[first]
            self.assertEqual(business_time_between(calendar, start, end), counted * MINUTE)
            if counted:
                ends_at = bisect_left(before, before[first] + counted)
                self.assertEqual(
                    add_business_time(calendar, start, counted * MINUTE),
                    self.BEGIN + ends_at * MINUTE,
                )

    def test_in_three_zones_with_both_clock_changes(self):
        exceptions = {date(2026, 7, 4): OFFICE, date(2026, 3, 9): (), date(2026, 12, 24): ()}
        for seed, (zone, week) in enumerate(
            (
                ("America/Chicago", (OFFICE,) * 5 + ((), ())),
                ("America/Chicago", (NIGHT,) * 7),
                ("Europe/Berlin", (ALL_DAY,) * 7),
                ("Australia/Lord_Howe", (NIGHT,) * 7),
            )
        ):
            calendar = office(ZoneInfo(zone), week=week, holidays=HOLIDAYS, exceptions=exceptions)
            with self.subTest(zone, hours=len(week[0])):
                self.check(calendar, seed)


class ClockChangeTests(SimpleTestCase):
    """On 8 March 2026 Chicago has no 02:00 to 03:00; on 1 November it has 01:00 twice."""

    def spans(self, day, *hours):
        calendar = office(week=((tuple(hours)),) * 7)
        return business_time_between(calendar, at(f"{day}T00:00"), at(f"{day}T23:59"))

    def test_a_day_of_24_hours_has_23_or_25(self):
        for day, hours in ((8, 23), (9, 24)):
            start = at(f"2026-03-{day:02}T00:00")
            end = at(f"2026-03-{day + 1:02}T00:00")
            found = business_time_between(office(week=(ALL_DAY,) * 7), start, end)
            self.assertEqual(found, timedelta(hours=hours))
        autumn = business_time_between(
            office(week=(ALL_DAY,) * 7), at("2026-11-01T00:00"), at("2026-11-02T00:00")
        )
        self.assertEqual(autumn, timedelta(hours=25))

    def test_an_opening_that_is_skipped_begins_when_the_clocks_have_changed(self):
        spring = self.spans("2026-03-08", Hours(time(2, 30), time(9)))
        self.assertEqual(spring, timedelta(hours=6))

    def test_a_closing_that_is_skipped_ends_when_the_clocks_change(self):
        spring = self.spans("2026-03-08", Hours(time(1), time(2, 30)))
        self.assertEqual(spring, timedelta(hours=1))

    def test_hours_that_are_skipped_whole_are_no_hours(self):
        spring = self.spans("2026-03-08", Hours(time(2), time(3)))
        self.assertEqual(spring, timedelta(0))

    def test_an_opening_that_comes_twice_begins_the_first_time(self):
        autumn = self.spans("2026-11-01", Hours(time(1, 30), time(9)))
        self.assertEqual(autumn, timedelta(hours=8, minutes=30))

    def test_a_closing_that_comes_twice_ends_the_second_time(self):
        autumn = self.spans("2026-11-01", Hours(time(0), time(1, 30)))
        self.assertEqual(autumn, timedelta(hours=2, minutes=30))


class AddingTimeTests(SimpleTestCase):
    def test_the_end_of_a_day_is_its_closing_and_a_second_more_the_next_opening(self):
        monday = at("2026-11-02T09:00")
        day = timedelta(hours=8, minutes=30)
        self.assertEqual(add_business_time(office(), monday, day), at("2026-11-02T18:00"))
        more = add_business_time(office(), monday, day + timedelta(seconds=1))
        self.assertEqual(more, at("2026-11-03T09:00:01"))

    def test_nothing_to_add_is_the_first_open_instant(self):
        for start, first in (
            ("2026-11-06T17:59", "2026-11-06T17:59"),
            ("2026-11-06T18:00", "2026-11-09T09:00"),
            ("2026-11-02T12:45", "2026-11-02T13:00"),
        ):
            with self.subTest(start):
                found = add_business_time(office(), at(start), timedelta(0))
                self.assertEqual(found, at(first))

    def test_a_pause_does_not_count_and_an_open_one_never_ends(self):
        start, pause = at("2026-11-02T09:00"), (at("2026-11-02T10:00"), at("2026-11-02T11:30"))
        due = add_business_time(office(), start, timedelta(hours=2), [pause])
        self.assertEqual(due, at("2026-11-02T12:30"))
        spent = business_time_between(office(), start, at("2026-11-02T12:00"), [pause])
        self.assertEqual(spent, timedelta(hours=1, minutes=30))
        with self.assertRaises(NeverOpen):
            add_business_time(office(), start, timedelta(hours=2), [(pause[0], None)])

    def test_pauses_that_overlap_or_touch_the_edges_count_once(self):
        start = at("2026-11-02T09:00")
        pauses = [
            (at("2026-11-02T08:00"), at("2026-11-02T09:30")),
            (at("2026-11-02T09:15"), at("2026-11-02T10:00")),
            (at("2026-11-02T12:00"), at("2026-11-02T13:30")),
        ]
        spent = business_time_between(office(), start, at("2026-11-02T14:00"), pauses)
        self.assertEqual(spent, timedelta(hours=2, minutes=30))

    def test_a_calendar_that_never_opens_is_said_to(self):
        with self.assertRaises(NeverOpen):
            add_business_time(office(week=((),) * 7), at("2026-11-02T09:00"), MINUTE)
        with self.assertRaises(NeverOpen):
            add_business_days(office(week=((),) * 7), date(2026, 11, 2), 1)

    def test_hours_that_end_before_they_begin_are_refused(self):
        with self.assertRaises(ValueError):
            Hours(time(9), time(9))


class BusinessDayTests(SimpleTestCase):
    def test_the_day_after_is_day_one_and_weekends_and_holidays_are_none(self):
        calendar = office(holidays=HOLIDAYS)
        for day, count, found in (
            (date(2026, 11, 25), 1, date(2026, 11, 27)),
            (date(2026, 11, 27), 1, date(2026, 11, 30)),
            (date(2026, 11, 28), 1, date(2026, 11, 30)),
            (date(2026, 11, 28), 0, date(2026, 11, 28)),
            (date(2026, 11, 2), 15, date(2026, 11, 23)),
        ):
            with self.subTest(day=day, count=count):
                self.assertEqual(add_business_days(calendar, day, count), found)
                self.assertEqual(business_days_between(calendar, day, found), count)

    def test_counting_backwards_is_negative(self):
        self.assertEqual(
            business_days_between(office(), date(2026, 11, 23), date(2026, 11, 2)), -15
        )

    def test_a_request_at_the_cut_off_counts_today_and_a_second_later_tomorrow(self):
        calendar = office(cut_off=time(15), holidays=HOLIDAYS)
        for moment, day in (
            ("2026-11-25T15:00:00", date(2026, 11, 25)),
            ("2026-11-25T15:00:01", date(2026, 11, 27)),
            ("2026-11-28T08:00:00", date(2026, 11, 30)),
        ):
            with self.subTest(moment):
                self.assertEqual(business_day_of(calendar, at(moment)), day)

    def test_the_cut_off_is_that_of_the_depot_wherever_the_request_comes_from(self):
        calendar = office(cut_off=time(15))
        in_tokyo = at("2026-11-03T05:00", ZoneInfo("Asia/Tokyo"))
        self.assertEqual(business_day_of(calendar, in_tokyo), date(2026, 11, 2))

    def test_a_day_closes_with_its_last_hours(self):
        self.assertEqual(closing_of(office(), date(2026, 11, 2)), at("2026-11-02T18:00"))
        with self.assertRaises(ValueError):
            closing_of(office(), date(2026, 11, 1))
