"""The business day and its end."""

from datetime import date, timedelta
from itertools import product

from django.test import SimpleTestCase, override_settings

from partners import clock


class EndOfDayTests(SimpleTestCase):
    def test_the_last_instant_belongs_to_the_day_and_the_end_to_the_next(self):
        days = (date(2026, 3, 8), date(2026, 4, 10), date(2026, 10, 25), date(2026, 12, 31))
        for zone, day in product(("America/Chicago", "Asia/Shanghai", "Europe/Berlin"), days):
            with self.subTest(zone=zone, day=day), override_settings(BUSINESS_TIME_ZONE=zone):
                end = clock.end_of(day)
                self.assertEqual(clock.business_day(end - timedelta(microseconds=1)), day)
                self.assertEqual(clock.business_day(end), day + timedelta(days=1))
