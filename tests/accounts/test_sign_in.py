"""Signing in: one answer for every wrong pair, a limit for guesses, and nowhere else to go."""

import re
from datetime import UTC, datetime, timedelta

import time_machine
from django.contrib.auth import get_user
from django.test import TestCase, override_settings
from django.urls import reverse

from accounts.policy import GUESSES, GUESSES_OF_ADDRESS
from audit.trail import SYSTEM
from partners import workflow
from partners.enums import Role
from partners.models import RequestCount
from tests.accounts import hashers
from tests.builders import PASSWORD, make_organization, make_staff, make_user
from tests.entrance import give_app

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
WRONG = "not-the-password-at-all"


def without_tokens(response):
    """Return an answer without what differs from one request to the next."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())
    headers = {k: v for k, v in response.headers.items() if k != "Set-Cookie"}
    return response.status_code, headers, sorted(response.cookies), body


class SignInCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ada = make_user(make_organization(), Role.AGENT, "ada@example.test")

    def setUp(self):
        self.enterContext(time_machine.travel(AT, tick=False))

    def sign_in(self, email="ada@example.test", password=PASSWORD, **more):
        address = more.pop("address", "192.0.2.1")
        values = {"username": email, "password": password, **more}
        return self.client.post(reverse("sign-in"), values, REMOTE_ADDR=address)

    @property
    def is_in(self):
        return get_user(self.client).is_authenticated


class AnswerTests(SignInCase):
    def test_leads_home_whatever_the_case_of_the_address(self):
        response = self.sign_in(" Ada@Example.Test ")
        self.assertRedirects(response, "/home/", fetch_redirect_response=False)
        self.assertTrue(self.is_in)

    def test_says_the_same_to_unknown_inactive_and_mistaken(self):
        gone = make_user(make_organization(), Role.AGENT, "bob@example.test")
        workflow.set_active(gone, is_active=False, reason="left", actor=SYSTEM, at=AT)
        pairs = [("ada@example.test", WRONG), ("eve@example.test", WRONG)]
        pairs += [("bob@example.test", PASSWORD), ("bob@example.test", WRONG)]
        answers = []
        for email, password in pairs:
            status, headers, cookies, body = without_tokens(self.sign_in(email, password))
            answers.append((status, headers, cookies, body.replace(email, "EMAIL")))
        self.assertEqual(answers[0][0], 400)
        self.assertEqual(answers[1:], answers[:1] * 3)
        self.assertFalse(self.is_in)

    def test_hashes_a_password_for_unknown_addresses_too(self):
        with self.settings(PASSWORD_HASHERS=["tests.accounts.hashers.CountingHasher"]):
            before = hashers.CountingHasher.hashed
            self.sign_in("nobody@example.test", WRONG)
        self.assertEqual(hashers.CountingHasher.hashed, before + 1)

    def test_gives_the_session_a_new_key_and_takes_none_from_a_visitor(self):
        self.client.cookies["session"] = "a" * 32
        self.sign_in()
        first = self.client.session.session_key
        self.assertNotEqual(first, "a" * 32)
        self.client.post(reverse("sign-out"))
        self.sign_in()
        self.assertNotEqual(self.client.session.session_key, first)

    def test_leads_nowhere_but_into_the_house(self):
        for where in (
            "https://evil.test/",
            "//evil.test/",
            "/\\evil.test",
            "\\\\evil.test",
            "http:evil.test",
            "javascript:alert(1)",
            "https:///evil.test",
            " //evil.test",
            "https://testserver@evil.test/",
        ):
            with self.subTest(where):
                response = self.sign_in(next=where)
                self.assertRedirects(response, "/home/", fetch_redirect_response=False)
                self.client.logout()
        response = self.sign_in(next="/account/?a=b")
        self.assertRedirects(response, "/account/?a=b", fetch_redirect_response=False)

    def test_can_be_filled_in_by_a_password_manager(self):
        page = self.client.get(reverse("sign-in"))
        self.assertContains(page, 'autocomplete="username"')
        self.assertContains(page, 'autocomplete="current-password"')


@override_settings(PASSWORD_HASHERS=["tests.accounts.hashers.CountingHasher"])
class LimitTests(SignInCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.ada.set_password(PASSWORD)
        cls.ada.save()

    def guess(self, times, **more):
        return [self.sign_in(password=WRONG, **more).status_code for _ in range(times)]

    def test_evaluates_five_guesses_and_no_sixth(self):
        self.assertEqual(self.guess(GUESSES + 1), [400] * GUESSES + [429])
        refused = self.sign_in()
        self.assertEqual(refused.status_code, 429)
        self.assertContains(refused, "until 12:05 UTC", status_code=429)
        self.assertFalse(self.is_in)

    def test_counts_an_account_across_addresses_and_an_unknown_one_alike(self):
        for email in ("ada@example.test", "nobody@example.test"):
            with self.subTest(email):
                for n in range(GUESSES):
                    self.sign_in(email, WRONG, address=f"192.0.2.{n}")
                answer = self.sign_in(email, WRONG, address="192.0.2.77")
                self.assertEqual(answer.status_code, 429)

    def test_opens_again_to_the_owner_within_five_minutes(self):
        self.guess(GUESSES + 1)
        with time_machine.travel(AT + timedelta(minutes=5), tick=False):
            self.assertEqual(self.sign_in().status_code, 302)

    def test_lets_no_more_than_ten_guesses_into_any_five_minutes(self):
        statuses = []
        for second in range(0, 600, 10):
            with time_machine.travel(AT + timedelta(seconds=second), tick=False):
                statuses += self.guess(1)
        for first in range(30):
            self.assertLessEqual(statuses[first : first + 30].count(400), 10)

    def test_keeps_the_owner_in_who_has_signed_in_on_this_device_before(self):
        self.sign_in()
        device = self.client.cookies["device"].value
        self.client.logout()
        self.client.cookies.clear()
        self.guess(GUESSES + 1)
        self.assertEqual(self.sign_in().status_code, 429)
        self.client.cookies["device"] = device
        self.assertEqual(self.sign_in().status_code, 302)

    def test_counts_guesses_on_a_known_device_and_those_with_a_forged_one(self):
        self.sign_in()
        self.client.post(reverse("sign-out"))
        self.assertEqual(self.guess(GUESSES + 1)[-1], 429)
        self.client.cookies["device"] = self.client.cookies["device"].value[:-1] + "x"
        self.assertEqual(self.guess(GUESSES + 1)[-1], 429)

    def test_a_right_password_uses_nothing_up_and_gives_nothing_back(self):
        self.guess(GUESSES - 1)
        for _ in range(3):
            self.assertEqual(self.sign_in().status_code, 302)
            self.client.logout()
            self.client.cookies.clear()
        self.assertEqual(self.guess(2), [400, 429])

    def test_counts_one_address_across_accounts(self):
        statuses = [
            self.sign_in(f"person{n}@example.test", WRONG).status_code
            for n in range(GUESSES_OF_ADDRESS + 1)
        ]
        self.assertEqual(statuses, [400] * GUESSES_OF_ADDRESS + [429])
        self.assertEqual(self.sign_in(address="192.0.2.9").status_code, 302)

    def test_a_forged_header_changes_no_address(self):
        for n in range(GUESSES_OF_ADDRESS + 1):
            values = {"username": f"p{n}@example.test", "password": WRONG}
            headers = {"X-Forwarded-For": f"198.51.100.{n}", "X-Real-IP": f"198.51.100.{n}"}
            answer = self.client.post(reverse("sign-in"), values, headers=headers)
        self.assertEqual(answer.status_code, 429)

    @override_settings(
        CACHES={"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    )
    def test_needs_no_cache(self):
        self.assertEqual(self.guess(GUESSES + 1)[-1], 429)
        self.assertTrue(RequestCount.objects.filter(caller__startswith="sign-in-as:").exists())


class SecondStepTests(SignInCase):
    def test_asks_for_the_second_step_where_there_is_one_and_is_not_in_before(self):
        give_app(self.ada)
        response = self.sign_in(next="/account/")
        self.assertRedirects(response, reverse("mfa_authenticate"), fetch_redirect_response=False)
        self.assertFalse(self.is_in)
        self.assertEqual(self.client.get("/home/").status_code, 302)

    def test_staff_without_one_come_no_further_than_setting_it_up(self):
        make_staff("staff@example.test")
        self.sign_in("staff@example.test")
        response = self.client.get("/admin/")
        self.assertTrue(response.url.startswith(reverse("mfa_activate_totp")))
