"""How staff of the demonstration get in: with a second step, there as everywhere."""

from io import StringIO

from django.contrib.auth import get_user
from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings
from django.urls import reverse

from portal.demo.entry import staff_codes
from tests.builders import PASSWORD, make_organization, make_staff, make_user

STAFF = "staff@huawei.example"


class EntryTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_staff(STAFF)

    def comes_in_with(self, code):
        self.client.cookies.clear()
        self.client.post(reverse("sign-in"), {"username": STAFF, "password": PASSWORD})
        self.client.post(reverse("mfa_authenticate"), {"code": code})
        return get_user(self.client).is_authenticated

    @override_settings(DEMO=True)
    def printed(self):
        out = StringIO()
        call_command("one_time_code", STAFF, stdout=out)
        return out.getvalue().strip()

    def test_each_printed_recovery_code_opens_once_and_ends_with_the_next_run(self):
        first, second, _ = staff_codes()[STAFF]
        self.assertTrue(self.comes_in_with(first))
        self.assertFalse(self.comes_in_with(first))
        later = staff_codes()[STAFF]
        self.assertFalse(self.comes_in_with(second))
        self.assertTrue(self.comes_in_with(later[0]))

    def test_the_command_prints_a_code_that_counts_even_twice_in_half_a_minute(self):
        staff_codes()
        self.assertTrue(self.comes_in_with(self.printed()))
        self.assertTrue(self.comes_in_with(self.printed()))

    def test_a_second_run_keeps_the_app(self):
        staff_codes()
        code = self.printed()
        staff_codes()
        self.assertTrue(self.comes_in_with(code))

    def test_nothing_is_printed_outside_the_demonstration_or_for_others(self):
        staff_codes()
        with self.assertRaisesMessage(CommandError, "in the demonstration only"):
            call_command("one_time_code", STAFF)
        make_user(make_organization(), email="ada@example.test")
        for email in ("ada@example.test", "nobody@example.test"):
            with (
                override_settings(DEMO=True),
                self.assertRaisesMessage(CommandError, "has no authenticator app"),
            ):
                call_command("one_time_code", email)
