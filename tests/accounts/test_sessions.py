"""Sessions: they end by the clock, by their owner, and with what they stood on."""

from datetime import UTC, datetime, timedelta

import time_machine
from django.test import TestCase
from django.urls import reverse

from accounts import workflow
from accounts.models import Session
from accounts.policy import device_name
from audit.trail import SYSTEM
from partners import workflow as partners
from partners.enums import Role
from partners.models import ApiToken, Membership
from tests.api import bearer
from tests.builders import make_organization, make_staff, make_unit, make_user
from tests.entrance import sign_in

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


class SessionCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.organization = make_organization("D1")
        cls.ada = make_user(cls.organization, Role.AGENT, "ada@example.test")

    def setUp(self):
        self.enterContext(time_machine.travel(AT, tick=False))

    def is_open(self, at=AT, client=None):
        with time_machine.travel(at, tick=False):
            return (client or self.client).get("/account/").status_code == 200

    def open_every(self, pause, until):
        """Use the session again and again; return for how long it stayed open."""
        at = AT
        while at < AT + until and self.is_open(at + pause):
            at += pause
        return at + pause - AT


class ClockTests(SessionCase):
    def test_a_partner_may_pause_for_three_hours(self):
        sign_in(self.client, self.ada)
        self.assertTrue(self.is_open(AT + timedelta(hours=3) - SECOND))
        paused = AT + timedelta(hours=6)
        self.assertFalse(self.is_open(paused))
        self.assertFalse(Session.objects.filter(user=self.ada).exists())

    def test_staff_may_pause_for_half_an_hour(self):
        sign_in(self.client, make_staff())
        later = AT + timedelta(minutes=30) - SECOND
        self.assertTrue(self.is_open(later))
        self.assertFalse(self.is_open(later + timedelta(minutes=30)))

    def test_nobody_stays_longer_than_twelve_hours_however_busy(self):
        sign_in(self.client, self.ada)
        busy = self.open_every(timedelta(hours=2), timedelta(hours=20))
        self.assertEqual(busy, timedelta(hours=12))

    def test_being_in_use_is_written_down_once_a_minute(self):
        sign_in(self.client, self.ada)
        for seconds, seen in ((59, 0), (60, 60), (119, 60), (120, 120)):
            with self.subTest(seconds):
                self.is_open(AT + timedelta(seconds=seconds))
                session = Session.objects.get(user=self.ada)
                self.assertEqual(session.seen_at, AT + timedelta(seconds=seen))

    def test_a_public_page_knows_nobody_by_an_ended_session(self):
        sign_in(self.client, self.ada)
        with time_machine.travel(AT + timedelta(hours=4), tick=False):
            self.assertNotContains(self.client.get("/what-if/"), str(self.ada))

    def test_what_has_ended_is_swept_and_what_is_open_stays(self):
        sign_in(self.client, self.ada)
        workflow.forget_ended_sessions(at=AT + timedelta(hours=11))
        self.assertEqual(Session.objects.count(), 1)
        workflow.forget_ended_sessions(at=AT + timedelta(hours=12, seconds=1))
        self.assertEqual(Session.objects.count(), 0)


class OwnerTests(SessionCase):
    def test_sees_each_and_ends_another_but_learns_no_key(self):
        elsewhere = self.client_class(headers={"user-agent": FIREFOX})
        sign_in(self.client, self.ada)
        values = {"username": "ada@example.test", "password": "correct-horse-battery-90"}
        elsewhere.post(reverse("sign-in"), values)
        page = self.client.get("/account/")
        self.assertContains(page, "Firefox on Linux")
        for session in Session.objects.all():
            self.assertNotContains(page, session.session_key)
        other = Session.objects.get(session_key=elsewhere.session.session_key)
        self.client.post(reverse("session-end"), {"session": other.reference})
        self.assertFalse(self.is_open(client=elsewhere))
        self.assertTrue(self.is_open())

    def test_ends_all_others_at_once(self):
        others = [self.client_class() for _ in range(2)]
        for client in (self.client, *others):
            sign_in(client, self.ada)
        self.client.post(reverse("session-end"))
        self.assertEqual(
            [self.is_open(client=c) for c in (self.client, *others)], [True, False, False]
        )

    def test_ends_nobody_elses(self):
        stranger = self.client_class()
        sign_in(stranger, make_user(make_organization()))
        theirs = Session.objects.get()
        sign_in(self.client, self.ada)
        answer = self.client.post(reverse("session-end"), {"session": theirs.reference})
        self.assertEqual(answer.status_code, 404)
        self.assertTrue(self.is_open(client=stranger))

    def test_signing_out_ends_it_on_the_server_and_clears_the_browser(self):
        sign_in(self.client, self.ada)
        cookie = self.client.cookies["session"].value
        answer = self.client.post(reverse("sign-out"), {"next": "https://evil.test/"})
        self.assertRedirects(answer, "/", fetch_redirect_response=False)
        self.assertIn("cache", answer.headers["Clear-Site-Data"])
        self.client.cookies["session"] = cookie
        self.assertFalse(self.is_open())

    def test_the_desk_has_the_same_way_out(self):
        sign_in(self.client, make_staff())
        answer = self.client.post("/admin/logout/")
        self.assertIn("cache", answer.headers["Clear-Site-Data"])
        self.assertFalse(self.is_open())

    def test_a_browser_is_named_in_two_words(self):
        edge = "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0"
        phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
        names = [device_name(agent) for agent in (edge, phone, "curl/8")]
        self.assertEqual(names, ["Edge on Windows", "Safari on iPhone", "A browser"])


class NextRequestTests(SessionCase):
    """What was taken away is gone on the very next request."""

    def ask(self, headers):
        unit = make_unit(self.organization)
        return self.client.get(reverse("api:unit", args=[unit.serial]), headers=headers)

    def test_a_removed_member_loses_page_and_token_and_gets_neither_back(self):
        headers = bearer(self.organization, user=self.ada)
        sign_in(self.client, self.ada)
        self.assertEqual(self.client.get("/home/").status_code, 200)
        self.assertEqual(self.ask(headers).status_code, 200)
        given = {"organization": self.organization, "actor": SYSTEM, "at": AT}
        partners.remove_member(self.ada, **given)
        self.assertEqual(self.client.get("/home/").status_code, 403)
        self.assertEqual(self.ask(headers).status_code, 401)
        self.assertFalse(ApiToken.objects.exists())
        partners.grant_role(self.ada, role=Role.AGENT, **given)
        self.assertEqual(self.ask(headers).status_code, 401)

    def test_a_deactivated_person_loses_page_and_token(self):
        headers = bearer(self.organization, user=self.ada)
        sign_in(self.client, self.ada)
        workflow.keep_out(self.ada, actor=SYSTEM, at=AT, reason="left")
        self.assertEqual(self.client.get("/home/").status_code, 302)
        self.assertEqual(self.ask(headers).status_code, 401)

    def test_staff_who_are_staff_no_more_lose_the_desk(self):
        staff = make_staff()
        sign_in(self.client, staff)
        self.assertEqual(self.client.get("/admin/").status_code, 200)
        Membership.objects.filter(user=staff).delete()
        self.assertIn(self.client.get("/admin/").status_code, (302, 403))
