"""Service levels by their code, and calendars as people write them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.test import SimpleTestCase

from support.business_time import ALL_DAY, BusinessCalendar, Hours
from support.calendars import Unreadable, holidays_of, parse_exceptions, parse_week
from support.enums import AmountUnit, CoverageWindow, ServiceEvent
from support.levels import Promise, UnknownLevel, parse_level, promised

CHICAGO = ZoneInfo("America/Chicago")
DEPOT = BusinessCalendar(
    zone=CHICAGO,
    week=parse_week("Mon-Fri 09:00-18:00"),
    holidays=frozenset({date(2026, 11, 26)}),
    cut_off=time(15),
)
ALWAYS = BusinessCalendar(zone=CHICAGO, week=(ALL_DAY,) * 7)


def in_chicago(text):
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO)


class CodeTests(SimpleTestCase):
    def test_a_code_is_window_amount_and_event(self):
        ship, deliver = ServiceEvent.SHIP, ServiceEvent.DELIVER
        days, hours = AmountUnit.BUSINESS_DAYS, AmountUnit.HOURS
        for code, window, event, amount, unit in (
            ("9x5xNBD-Ship", "9x5", ship, 1, days),
            ("9x5xNBD", "9x5", deliver, 1, days),
            ("24x7x4H", "24x7", deliver, 4, hours),
            ("9x5x10BD-Ship", "9x5", ship, 10, days),
            ("9x5x30BD-Return", "9x5", ServiceEvent.RETURN_FOR_REPAIR, 30, days),
        ):
            with self.subTest(code):
                level = parse_level(code)
                found = (level.window, level.event, level.amount, level.unit)
                self.assertEqual(found, (CoverageWindow(window), event, amount, unit))
                self.assertEqual(level.code, code)

    def test_what_is_no_level_is_refused_with_how_to_write_one(self):
        for code in ("", "NBD", "9x5", "9x5x0BD", "9x5xNBD-ship", "8x5xNBD", "24x7x4H-Fly"):
            with self.subTest(code), self.assertRaisesMessage(UnknownLevel, "Write window"):
                parse_level(code)

    def test_a_promise_reads_as_a_sentence(self):
        for code, words in (
            ("9x5xNBD-Ship", "Replacement leaves the depot on the next business day."),
            ("24x7x4H", "Replacement arrives within 4 hours of the request."),
            ("9x5x30BD-Return", "Repaired unit is sent back within 30 business days."),
        ):
            self.assertEqual(parse_level(code).in_words, words)


class PromiseTests(SimpleTestCase):
    def day(self, code, moment):
        return promised(parse_level(code), DEPOT, requested_at=in_chicago(moment)).on

    def test_the_next_business_day_counts_from_the_cut_off_and_over_holidays(self):
        for moment, day in (
            ("2026-11-24T15:00:00", date(2026, 11, 25)),
            ("2026-11-24T15:00:01", date(2026, 11, 27)),
            ("2026-11-25T09:00:00", date(2026, 11, 27)),
            ("2026-11-27T16:00:00", date(2026, 12, 1)),
            ("2026-11-28T10:00:00", date(2026, 12, 1)),
        ):
            with self.subTest(moment):
                self.assertEqual(self.day("9x5xNBD-Ship", moment), day)

    def test_ten_business_days(self):
        self.assertEqual(self.day("9x5x10BD-Ship", "2026-11-02T10:00:00"), date(2026, 11, 16))

    def test_four_hours_go_through_the_night_and_the_clock_change(self):
        found = promised(
            parse_level("24x7x4H"), ALWAYS, requested_at=in_chicago("2026-11-01T00:30:00")
        )
        self.assertEqual(found, Promise(at=datetime(2026, 11, 1, 9, 30, tzinfo=UTC)))
        self.assertEqual(found.at.astimezone(CHICAGO).time(), time(3, 30))


class WrittenCalendarTests(SimpleTestCase):
    def test_a_week_as_people_write_it(self):
        week = parse_week("Mon-Thu 08:00-12:00 13:00-17:00; Fri 08:00-14:00; Sun closed")
        full = (Hours(time(8), time(12)), Hours(time(13), time(17)))
        self.assertEqual(week, (full,) * 4 + ((Hours(time(8), time(14)),), (), ()))
        self.assertEqual(parse_week("Mon-Sun 00:00-24:00"), (ALL_DAY,) * 7)

    def test_a_week_that_can_not_be_read_says_how_to_write_it(self):
        for text, said in (
            ("Mo-Fr 09:00-18:00", "names no days"),
            ("Fri-Mon 09:00-18:00", "runs backwards"),
            ("Mon 09:00-18:00; Mon-Fri 09:00-18:00", "Mon is named twice"),
            ("Mon", "Hours are missing"),
            ("Mon 9-18", "is no opening time"),
            ("Mon 18:00-09:00", "ends before it begins"),
            ("Mon 09:00-25:00", "is no time of day"),
            ("Mon 09:00-13:00 12:59-18:00", "overlap"),
            ("Mon 09:00-24:00 24:00-24:00", "ends before it begins"),
        ):
            with self.subTest(text), self.assertRaisesMessage(Unreadable, said):
                parse_week(text)

    def test_exceptions_are_a_line_a_day_with_a_note(self):
        found = parse_exceptions("2026-12-24 09:00-13:00 Christmas Eve\n\n2026-11-27 closed\n")
        self.assertEqual(
            found, {date(2026, 12, 24): (Hours(time(9), time(13)),), date(2026, 11, 27): ()}
        )

    def test_an_exception_that_can_not_be_read_is_named_by_its_line(self):
        for text, said in (
            ("2026-12-24 closed\n24.12.2026 closed", "Line 2: '24.12.2026' is no day"),
            ("2026-12-24", "Line 1: Hours are missing"),
            ("2026-12-24 closed\n2026-12-24 closed", "Line 2: 2026-12-24 is on an earlier line"),
        ):
            with self.subTest(text), self.assertRaisesMessage(Unreadable, said):
                parse_exceptions(text)

    def test_holidays_come_with_the_day_on_which_they_are_observed(self):
        found = holidays_of("US", (2026,))
        self.assertLessEqual({date(2026, 7, 3), date(2026, 11, 26)}, found)
        self.assertEqual(holidays_of("", (2026,)), frozenset())
        with self.assertRaisesMessage(Unreadable, "Write US, or US-TX"):
            holidays_of("ATLANTIS", (2026,))
