"""Service levels as partners read them and as staff keep them."""

from django.test import TestCase

from audit.models import Event
from support.models import Calendar, ServiceLevel
from tests.builders import load_service_levels, make_organization, make_staff, make_user
from tests.entrance import sign_in


class ServiceLevelPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        load_service_levels()

    def test_anybody_reads_the_levels_of_the_policy_page_and_sees_that_targets_are_samples(self):
        page = self.client.get("/policies/service-levels/")
        for code in ("9x5xNBD-Ship", "9x5xNBD", "24x7x4H", "9x5x10BD-Ship"):
            self.assertContains(page, code)
        self.assertContains(page, "sample values, not the vendor", count=6)

    def test_a_level_is_offered_on_its_first_and_last_day_and_not_beside_them(self):
        level = ServiceLevel.objects.first()
        level.valid_from, level.valid_until = "2026-02-10", "2026-02-20"
        level.save()
        for day, offered in (("09", False), ("10", True), ("20", True), ("21", False)):
            with self.subTest(day):
                found = ServiceLevel.objects.offered_on(f"2026-02-{day}").filter(pk=level.pk)
                self.assertEqual(found.exists(), offered)


class DeskTests(TestCase):
    def setUp(self):
        load_service_levels()
        sign_in(self.client, make_staff())
        self.calendar = Calendar.objects.get(name="US depot (sample)")
        self.address = f"/admin/support/calendar/{self.calendar.pk}/change/"

    def given(self, **fields):
        return {
            "name": "US depot (sample)",
            "time_zone": "America/Chicago",
            "hours": "Mon-Fri 09:00-18:00",
            "holidays_of": "US",
            "cut_off": "15:00",
            "exceptions": "",
            **fields,
        }

    def test_an_exception_moves_what_is_promised_and_the_trail_keeps_both_values(self):
        self.client.post(self.address, self.given(exceptions="2026-12-24 closed"))
        self.calendar.refresh_from_db()
        self.assertEqual(self.calendar.exceptions, "2026-12-24 closed")
        event = Event.objects.get(name="support.calendar.changed")
        changes = {"exceptions": {"before": "", "after": "2026-12-24 closed"}}
        self.assertEqual(event.detail["changes"], changes)

    def test_what_can_not_be_read_is_refused_and_changes_nothing(self):
        for field, value, said in (
            ("hours", "Mo-Fr 09:00-18:00", "names no days"),
            ("exceptions", "tomorrow closed", "Line 1:"),
            ("holidays_of", "ATLANTIS", "is not known"),
            ("time_zone", "Mars/Base", "name of a zone"),
        ):
            with self.subTest(field):
                page = self.client.post(self.address, self.given(**{field: value}))
                self.assertContains(page, said)
        self.calendar.refresh_from_db()
        self.assertEqual(self.calendar.hours, "Mon-Fri 09:00-18:00")
        self.assertFalse(Event.objects.filter(name__startswith="support.").exists())

    def test_a_level_around_the_clock_needs_a_calendar_that_never_closes(self):
        given = {
            "family": "cocare",
            "code": "24x7x8H",
            "calendar": self.calendar.pk,
            "response_hours": "2",
            "valid_from": "2026-01-01",
        }
        page = self.client.post("/admin/support/servicelevel/add/", given)
        self.assertContains(page, "needs a calendar that is always open")
        given["calendar"] = Calendar.objects.get(name="Around the clock (sample)").pk
        self.client.post("/admin/support/servicelevel/add/", given)
        self.assertTrue(ServiceLevel.objects.filter(code="24x7x8H").exists())

    def test_a_level_is_never_deleted(self):
        level = ServiceLevel.objects.first()
        self.client.post(f"/admin/support/servicelevel/{level.pk}/delete/", {"post": "yes"})
        self.assertTrue(ServiceLevel.objects.filter(pk=level.pk).exists())

    def test_a_partner_does_not_get_there(self):
        sign_in(self.client, make_user(make_organization()))
        self.assertEqual(self.client.post(self.address, self.given()).status_code, 302)
        self.assertFalse(Event.objects.filter(name__startswith="support.").exists())
