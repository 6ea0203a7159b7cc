"""The second factor: nothing opens without it, no code counts twice, no seed lies open."""

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth import get_user
from django.test import TestCase
from django.urls import reverse

from accounts import second_factor
from accounts.models import Session
from accounts.policy import GUESSES
from audit.models import Event
from audit.trail import SYSTEM
from notifications.models import Message
from partners import workflow as partners
from partners.enums import Role
from tests.addresses import OWN, PAGES, desk_addresses, never
from tests.builders import PASSWORD, make_organization, make_staff, make_user
from tests.entrance import SECRET, give_app, sign_in

pytestmark = pytest.mark.portable

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ENROLMENT = "/account/authenticator/"
PROOF = "/accounts/confirm/code/"


def code_at(at=AT, secret=SECRET):
    return format_hotp_value(hotp_value(secret, int(at.timestamp()) // 30))


class FactorCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.staff = make_staff("staff@example.test")
        cls.ada = make_user(make_organization("D1"), Role.MANAGER, "ada@example.test")

    def setUp(self):
        self.enterContext(time_machine.travel(AT, tick=False))

    def enrol(self):
        """Set an authenticator app up, as the signed-in person does; return its secret."""
        page = self.client.get(ENROLMENT)
        secret = re.search(r'class="sn">([A-Z2-7 ]+)<', page.content.decode())[1].replace(" ", "")
        response = self.client.post(ENROLMENT, {"code": code_at(secret=secret)})
        self.assertRedirects(
            response, reverse("mfa_view_recovery_codes"), fetch_redirect_response=False
        )
        return secret

    def password_step(self, user):
        values = {"username": user.email, "password": PASSWORD}
        return self.client.post(reverse("sign-in"), values)

    def code_step(self, code):
        return self.client.post(reverse("mfa_authenticate"), {"code": code})


class NothingOpensTests(FactorCase):
    """Staff without a second factor in this session, at every address of the house."""

    def every_address(self):
        for name, arguments in desk_addresses():
            if name != "admin:logout":
                value = "warranty" if name == "admin:app_list" else "1"
                yield reverse(name, args=[value for _ in arguments])
        for name in sorted(OWN | set(PAGES)):
            yield never(name)

    def shut(self, way, *but):
        for address in self.every_address():
            if address.partition("?")[0] in but:
                continue
            for method in ("get", "post"):
                with self.subTest(address, method=method):
                    response = getattr(self.client, method)(address)
                    self.assertEqual(response.status_code, 302)
                    self.assertEqual(response.url.partition("?")[0], way)

    def test_but_setting_one_up_to_staff_who_have_none(self):
        sign_in(self.client, self.staff, second_factor=False)
        self.shut(ENROLMENT, ENROLMENT, "/account/passkeys/add/", "/accounts/confirm/")
        self.assertEqual(Authenticator.objects.count(), 0)

    def test_but_showing_it_to_staff_whose_session_is_older_than_it(self):
        sign_in(self.client, self.staff, second_factor=False)
        give_app(self.staff)
        self.shut(PROOF, PROOF, "/accounts/confirm/passkey/")
        self.client.post(PROOF, {"code": code_at()})
        self.assertEqual(self.client.get("/admin/").status_code, 200)

    def test_to_staff_by_password_alone_once_they_have_one(self):
        give_app(self.staff)
        self.password_step(self.staff)
        self.assertEqual(self.client.get("/admin/").status_code, 302)
        self.assertFalse(get_user(self.client).is_authenticated)

    def test_public_pages_stay_open_and_signing_out_works(self):
        sign_in(self.client, self.staff, second_factor=False)
        self.assertEqual(self.client.get("/what-if/").status_code, 200)
        self.client.post(reverse("sign-out"))
        self.assertFalse(get_user(self.client).is_authenticated)

    def test_to_members_whose_organization_requires_one(self):
        sign_in(self.client, self.ada)
        self.assertEqual(self.client.get("/home/").status_code, 200)
        response = self.client.post(reverse("second-factor-rule"), {"is_required": "on"})
        self.assertRedirects(response, "/organization/", fetch_redirect_response=False)
        self.assertTrue(self.client.get("/home/").url.startswith(ENROLMENT))
        names = set(Event.objects.values_list("name", flat=True))
        self.assertIn("partners.organization.changed", names)

    def test_a_password_alone_adds_no_further_factor_beside_one_that_is_there(self):
        sign_in(self.client, self.staff, second_factor=False)
        give_app(self.staff)
        for address in ("/account/passkeys/add/", ENROLMENT, "/accounts/confirm/"):
            self.assertTrue(self.client.get(address).url.startswith(PROOF))


class EnrolmentTests(FactorCase):
    def test_leads_through_app_and_codes_to_the_page_that_was_wanted(self):
        self.password_step(self.staff)
        wanted = self.client.get("/admin/partners/user/")
        self.client.get(wanted.url)
        self.enrol()
        codes = self.client.get(reverse("mfa_view_recovery_codes"))
        self.assertContains(codes, 'href="/admin/partners/user/"')
        self.assertEqual(len(re.findall(r'class="sn">\d{8}<', codes.content.decode())), 10)
        self.assertEqual(self.client.get("/admin/partners/user/").status_code, 200)

    def test_is_told_by_mail_and_recorded(self):
        self.password_step(self.ada)
        self.enrol()
        message = Message.unscoped.get()
        self.assertEqual(message.context["change"], "totp_added")
        self.assertEqual(message.recipient, "ada@example.test")
        self.assertTrue(Event.objects.filter(name="accounts.credential.totp_added").exists())

    def test_ends_the_other_sessions_and_gives_this_one_a_new_key(self):
        elsewhere = self.client_class()
        sign_in(elsewhere, self.ada)
        self.password_step(self.ada)
        before = self.client.session.session_key
        self.enrol()
        self.assertNotEqual(self.client.session.session_key, before)
        self.assertEqual(Session.objects.filter(user=self.ada).count(), 1)
        self.assertEqual(elsewhere.get("/home/").status_code, 302)

    def test_keeps_no_seed_in_the_clear_neither_before_nor_after(self):
        self.password_step(self.ada)
        page = self.client.get(ENROLMENT).content.decode()
        secret = re.search(r'class="sn">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
        waiting = dict(self.client.session)
        self.assertNotIn(secret, str(waiting))
        self.client.post(ENROLMENT, {"code": code_at(secret=secret)})
        kept = [str(a.data) for a in Authenticator.objects.all()]
        self.assertEqual(len(kept), 2)
        self.assertFalse(any(secret in data for data in kept))
        raw = base64.b32decode(secret)
        self.assertFalse(any(raw.hex() in data for data in kept))

    def test_believes_no_wrong_code_and_goes_on_with_the_same_secret(self):
        self.password_step(self.ada)
        first = self.client.get(ENROLMENT)
        secret = re.search(r'class="sn">([A-Z2-7 ]+)<', first.content.decode())[1]
        answer = self.client.post(ENROLMENT, {"code": "000000"})
        self.assertContains(answer, secret, status_code=400)
        self.assertFalse(Authenticator.objects.exists())

    def test_asks_for_the_password_again_after_a_while(self):
        self.password_step(self.ada)
        with time_machine.travel(AT + timedelta(minutes=11), tick=False):
            response = self.client.get(ENROLMENT)
            self.assertTrue(response.url.startswith(reverse("account_reauthenticate")))
            self.client.post(response.url, {"password": PASSWORD})
            self.assertEqual(self.client.get(ENROLMENT).status_code, 200)

    def test_a_page_draws_the_code_without_loosening_the_policy(self):
        self.password_step(self.ada)
        page = self.client.get(ENROLMENT)
        self.assertContains(page, '<svg class="qr"')
        self.assertNotContains(page, "style=")
        self.assertContains(page, 'autocomplete="one-time-code"')

    def test_staff_who_take_theirs_away_set_another_up_at_once(self):
        self.password_step(self.staff)
        self.enrol()
        self.client.post(reverse("mfa_deactivate_totp"))
        self.assertFalse(Authenticator.objects.exists())
        self.assertTrue(self.client.get("/home/").url.startswith(ENROLMENT))
        changes = [m.context["change"] for m in Message.unscoped.order_by("pk")]
        self.assertEqual(changes, ["totp_added", "totp_removed"])


class CodeTests(FactorCase):
    def setUp(self):
        super().setUp()
        give_app(self.ada)

    def enter(self, code):
        self.client.cookies.clear()
        self.password_step(self.ada)
        self.code_step(code)
        return get_user(self.client).is_authenticated

    def test_a_code_counts_once_however_it_is_written(self):
        code = code_at()
        self.assertTrue(self.enter(f" {code[:3]} {code[3:]} "))
        wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
        for again in (code, f"{code[:3]}-{code[3:]}", wide):
            self.assertFalse(self.enter(again))
        self.assertTrue(self.enter(code_at(AT + timedelta(seconds=30))))

    def test_no_older_code_counts_after_a_newer_one(self):
        self.assertTrue(self.enter(code_at(AT + timedelta(seconds=30))))
        self.assertFalse(self.enter(code_at()))

    def test_codes_of_half_a_minute_around_count_and_no_others(self):
        for seconds, counts in ((-60, False), (60, False), (-30, True), (30, True)):
            with self.subTest(seconds):
                self.assertEqual(self.enter(code_at(AT + timedelta(seconds=seconds))), counts)

    def test_the_code_that_set_an_app_up_opens_nothing_more(self):
        bob = make_user(make_organization(), email="bob@example.test")
        self.password_step(bob)
        secret = self.enrol()
        self.client.cookies.clear()
        self.password_step(bob)
        self.code_step(code_at(secret=secret))
        self.assertFalse(get_user(self.client).is_authenticated)

    def test_five_wrong_codes_are_evaluated_and_no_sixth(self):
        self.password_step(self.ada)
        statuses = [self.code_step("000000").status_code for _ in range(GUESSES + 1)]
        self.assertEqual(statuses, [400] * GUESSES + [429])
        self.assertEqual(self.code_step(code_at()).status_code, 429)
        later = AT + timedelta(minutes=5)
        with time_machine.travel(later, tick=False):
            self.assertTrue(self.enter(code_at(later)))

    def test_a_recovery_code_opens_once_and_is_told(self):
        first = RecoveryCodes.activate(self.ada).get_unused_codes()[0]
        self.assertTrue(self.enter(first))
        self.assertFalse(self.enter(first))
        self.assertEqual(Message.unscoped.get().context["change"], "code_used")
        stored = Authenticator.objects.get(type="recovery_codes").data
        self.assertNotIn(first, str(stored))

    def test_codes_of_another_key_of_the_house_open_with_its_predecessor_only(self):
        with self.settings(SECRET_KEY="n" * 50):
            self.assertFalse(self.enter(code_at()))
        old = settings.SECRET_KEY
        with self.settings(SECRET_KEY="n" * 50, SECRET_KEY_FALLBACKS=[old]):
            self.assertTrue(self.enter(code_at()))


class DeskTests(FactorCase):
    def reset(self, person, **values):
        return self.client.post(
            reverse("admin:partners_user_reset-factor", args=[person.pk]), values
        )

    def test_staff_reset_a_lost_factor_with_a_reason_and_a_notice(self):
        give_app(self.ada)
        elsewhere = self.client_class()
        sign_in(elsewhere, self.ada)
        sign_in(self.client, self.staff)
        self.reset(self.ada, reason="Lost the phone; called back on the known number.")
        self.assertFalse(second_factor.has_factor(self.ada))
        message = Message.unscoped.get()
        self.assertEqual(message.recipient, "ada@example.test")
        self.assertIn("Lost the phone", message.context["reason"])
        self.assertEqual(elsewhere.get("/home/").status_code, 302)

    def test_a_reset_needs_a_reason(self):
        give_app(self.ada)
        sign_in(self.client, self.staff)
        self.reset(self.ada, reason="")
        self.assertTrue(second_factor.has_factor(self.ada))
        self.assertFalse(Message.unscoped.exists())

    def test_there_is_no_way_round_by_the_desks_own_pages(self):
        sign_in(self.client, self.staff)
        response = self.client.post("/admin/password_change/", {"new_password1": "x"})
        self.assertRedirects(response, "/account/password/", fetch_redirect_response=False)
        for path in ("/admin/mfa/authenticator/", "/admin/account/emailaddress/"):
            self.assertEqual(self.client.get(path).status_code, 404)

    def test_whoever_is_deactivated_is_out_on_the_next_request_and_stays_out(self):
        elsewhere = self.client_class()
        sign_in(elsewhere, self.ada)
        sign_in(self.client, self.staff)
        url = reverse("admin:partners_user_keep-out", args=[self.ada.pk])
        self.client.post(url, {"reason": "Left the company."})
        self.assertEqual(elsewhere.get("/home/").status_code, 302)
        partners.set_active(self.ada, is_active=True, actor=SYSTEM, at=AT, reason="Came back.")
        self.assertEqual(elsewhere.get("/home/").status_code, 302)
