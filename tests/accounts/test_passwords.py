"""Passwords: which may be chosen, how they change, and what becomes of a forgotten one."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import TestCase
from django.urls import reverse

from accounts.models import Session
from accounts.policy import RESETS
from audit.models import Event
from audit.trail import SYSTEM
from notifications.models import Message
from partners import workflow as partners
from partners.enums import Role
from tests.accounts.test_sign_in import without_tokens
from tests.builders import PASSWORD, make_organization, make_staff, make_user
from tests.entrance import give_app, link_in_mail, sign_in

pytestmark = pytest.mark.portable

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
NEW = "meadow-lantern-orbit-7"


class PasswordCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.organization = make_organization("BLUEPEAK", name="Bluepeak Systems")
        cls.ada = make_user(cls.organization, Role.MANAGER, "ada@example.test")

    def setUp(self):
        self.enterContext(time_machine.travel(AT, tick=False))

    def ask(self, email, **more):
        return self.client.post(reverse("password-forgotten"), {"email": email}, **more)

    def choose(self, link, password=NEW):
        """Follow a link and choose a password; return the answer."""
        shown = self.client.get(link, follow=True)
        where = shown.redirect_chain[-1][0] if shown.redirect_chain else link
        return self.client.post(where, {"new_password": password})

    def holds(self, password):
        self.ada.refresh_from_db()
        return self.ada.check_password(password)


class RuleTests(PasswordCase):
    def refused(self, password):
        try:
            validate_password(password, self.ada)
        except ValidationError:
            return True
        return False

    def test_twelve_characters_do_and_so_do_very_many(self):
        self.assertTrue(self.refused("qz7-wm4-kx1"))
        self.assertFalse(self.refused("qz7-wm4-kx1-"))
        self.assertFalse(self.refused("qz7 wm4 " * 30))

    def test_common_ones_and_the_words_of_the_house_do_not(self):
        for password in (
            "password1234",
            "123456789012",
            "huawei-rocks-me",
            "my-HUAWEI-router-9",
            "H.u.a.w.e.i-2026-x",
            "ninety-days-later",
            "bluepeak-forever-1",
            "Bluepeak Systems 26",
            "ada@example.test",
        ):
            with self.subTest(password):
                self.assertTrue(self.refused(password))

    def test_the_names_of_other_organizations_do(self):
        make_organization("SALTFLAT", name="Salt Flat Supply")
        self.assertFalse(self.refused("over-the-saltflat-42"))


class ChangeTests(PasswordCase):
    def change(self, current=PASSWORD, new=NEW):
        values = {"password": current, "new_password": new}
        return self.client.post(reverse("password-change"), values)

    def test_ends_the_other_sessions_goes_on_here_and_is_told(self):
        elsewhere = self.client_class()
        sign_in(elsewhere, self.ada)
        sign_in(self.client, self.ada)
        key = self.client.session.session_key
        self.assertRedirects(self.change(), "/account/", fetch_redirect_response=False)
        self.assertEqual(self.client.get("/account/").status_code, 200)
        self.assertNotEqual(self.client.session.session_key, key)
        self.assertEqual(elsewhere.get("/account/").status_code, 302)
        self.assertEqual(Message.unscoped.get().context["change"], "password_changed")
        self.assertTrue(self.holds(NEW))

    def test_needs_the_password_that_holds_and_one_that_is_good(self):
        sign_in(self.client, self.ada)
        for current, new in (("not-this-one-here", NEW), (PASSWORD, "short"), (PASSWORD, "")):
            with self.subTest(new):
                self.assertEqual(self.change(current, new).status_code, 400)
        self.assertTrue(self.holds(PASSWORD))
        self.assertFalse(Message.unscoped.exists())

    def test_guessing_the_current_one_is_counted_like_signing_in(self):
        sign_in(self.client, self.ada)
        statuses = [self.change("not-this-one-here").status_code for _ in range(6)]
        self.assertEqual(statuses, [400] * 5 + [429])
        self.assertEqual(self.change().status_code, 429)
        self.assertTrue(self.holds(PASSWORD))


class ForgottenTests(PasswordCase):
    def test_says_the_same_to_known_unknown_and_inactive(self):
        bob = make_user(self.organization, Role.AGENT, "bob@example.test")
        partners.set_active(bob, is_active=False, reason="left", actor=SYSTEM, at=AT)
        first, *others = (
            without_tokens(self.ask(email))
            for email in ("ada@example.test", "eve@example.test", "bob@example.test")
        )
        self.assertEqual(first[0], 302)
        self.assertEqual(others, [first, first])
        self.assertEqual(Message.unscoped.get().recipient, "ada@example.test")

    def test_the_link_is_made_when_the_mail_is_sent_and_stored_nowhere(self):
        self.ask("ADA@example.test")
        message = Message.unscoped.get()
        self.assertEqual(message.context, {"user": self.ada.pk})
        link = link_in_mail(to="ada@example.test")
        token = link.rstrip("/").rpartition("/")[2]
        message.refresh_from_db()
        kept = [str(vars(message)), *map(str, Event.objects.values_list("detail", flat=True))]
        self.assertFalse(any(token in text for text in kept))

    def test_the_link_leads_to_the_house_whatever_the_host_of_the_request(self):
        with self.settings(ALLOWED_HOSTS=["*"]):
            self.ask("ada@example.test", HTTP_HOST="evil.test", HTTP_X_FORWARDED_HOST="evil.test")
        link_in_mail(to="ada@example.test")
        addresses = re.findall(r"https?://[^\s\"]+", mail.outbox[0].body)
        hosts = {urlsplit(address).netloc for address in addresses}
        self.assertEqual(hosts, {urlsplit(settings.BASE_URL).netloc})

    def test_a_link_sets_one_password_ends_every_session_and_signs_nobody_in(self):
        sign_in(self.client, self.ada)
        self.ask("ada@example.test")
        link = link_in_mail(to="ada@example.test")
        answer = self.choose(link)
        self.assertRedirects(answer, reverse("sign-in"), fetch_redirect_response=False)
        self.assertTrue(self.holds(NEW))
        self.assertFalse(get_user(self.client).is_authenticated)
        self.assertFalse(Session.objects.filter(user=self.ada).exists())
        self.assertContains(self.client.get(link), "no longer works")
        self.choose(link, "another-one-altogether")
        self.assertTrue(self.holds(NEW))
        changes = [m.context.get("change") for m in Message.unscoped.order_by("pk")]
        self.assertEqual(changes, [None, "password_reset"])

    def test_a_link_ends_after_an_hour_and_with_every_change(self):
        self.ask("ada@example.test")
        link = link_in_mail(to="ada@example.test")
        with time_machine.travel(AT + timedelta(minutes=59), tick=False):
            self.assertNotContains(self.client.get(link, follow=True), "no longer works")
        with time_machine.travel(AT + timedelta(minutes=60, seconds=1), tick=False):
            self.assertContains(self.client.get(link), "no longer works")
        partners.set_active(self.ada, is_active=False, reason="left", actor=SYSTEM, at=AT)
        self.assertContains(self.client.get(link), "no longer works")
        partners.set_active(self.ada, is_active=True, reason="back", actor=SYSTEM, at=AT)
        self.ada.refresh_from_db()
        self.ada.set_password(NEW)
        self.ada.save()
        self.assertContains(self.client.get(link), "no longer works")

    def test_a_refused_password_leaves_the_link_as_it_was(self):
        self.ask("ada@example.test")
        link = link_in_mail(to="ada@example.test")
        self.assertEqual(self.choose(link, "huawei-huawei-1").status_code, 400)
        self.assertTrue(self.holds(PASSWORD))
        self.choose(link)
        self.assertTrue(self.holds(NEW))

    def test_is_no_way_round_the_second_factor(self):
        staff = make_staff("staff@example.test")
        give_app(staff)
        self.ask("staff@example.test")
        self.choose(link_in_mail(to="staff@example.test"))
        values = {"username": "staff@example.test", "password": NEW, "next": "/admin/"}
        answer = self.client.post(reverse("sign-in"), values)
        self.assertRedirects(answer, reverse("mfa_authenticate"), fetch_redirect_response=False)
        self.assertEqual(self.client.get("/admin/").status_code, 302)

    def test_fills_no_mailbox_and_does_not_say_so(self):
        answers = [self.ask("ada@example.test") for _ in range(RESETS + 2)]
        self.assertEqual({a.url for a in answers}, {reverse("password-sent")})
        self.assertEqual(Message.unscoped.count(), RESETS)

    def test_opens_to_the_owner_whom_guesses_elsewhere_keep_out(self):
        wrong = {"username": "ada@example.test", "password": "not-this-one-here"}
        stranger = self.client_class()
        for _ in range(6):
            stranger.post(reverse("sign-in"), wrong)
        right = {"username": "ada@example.test", "password": NEW}
        self.ask("ada@example.test")
        self.choose(link_in_mail(to="ada@example.test"))
        self.assertEqual(stranger.post(reverse("sign-in"), right).status_code, 429)
        self.assertEqual(self.client.post(reverse("sign-in"), right).status_code, 302)

    def test_staff_start_one_and_set_no_password(self):
        sign_in(self.client, make_staff())
        page = reverse("admin:partners_user_start-reset", args=[self.ada.pk])
        self.assertNotContains(self.client.get(page), "password1")
        self.client.post(page)
        self.assertEqual(Message.unscoped.get().template, "accounts/password_reset")
        self.assertTrue(self.holds(PASSWORD))
