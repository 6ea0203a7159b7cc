"""Pages as people of different organizations meet them."""

from datetime import date, timedelta

import time_machine
from django.test import TestCase
from django.urls import reverse

from audit.trail import SYSTEM
from tests import builders as make
from tests.builders import CAP_ON, SHIPPED_ON, at_noon
from tests.entrance import sign_in
from warranty import workflow
from warranty.nights import run_night

SERIAL = "2102TESTPAGE00000001"


class PageCase(TestCase):
    def setUp(self):
        make.make_policy()
        self.holder = make.make_organization("VAP1", "vap", name="Copperline Example")
        self.user = make.make_user(self.holder)
        sign_in(self.client, self.user)

    def unit_page(self, on=None, serial=SERIAL, **query):
        with time_machine.travel(at_noon(on or CAP_ON + timedelta(days=10)), tick=False):
            if on and on.year > 2026:
                sign_in(self.client, self.user)  # no session lasts that long
            return self.client.get(reverse("unit", args=[serial]), query)

    def night(self, day):
        return run_night(as_of=day, today=day, at=at_noon(day), actor=SYSTEM)


class UnitPageTests(PageCase):
    def test_says_covered_since_when_until_when_and_why(self):
        make.make_unit(self.holder, serial=SERIAL)
        self.night(CAP_ON)
        page = self.unit_page()
        self.assertContains(page, "Covered today by warranty")
        self.assertContains(page, "Warranty from 10 Apr 2026 until 9 Apr 2027")
        self.assertContains(page, "Warranty Start Date Policy, W1")
        self.assertContains(page, "Warranty started")

    def test_says_when_a_pending_warranty_starts_up_to_the_day_before(self):
        make.make_unit(self.holder, serial=SERIAL)
        before, after = self.unit_page(CAP_ON - timedelta(days=1)), self.unit_page(CAP_ON)
        self.assertContains(before, "Warranty has not started")
        self.assertContains(before, "It starts on 10 Apr 2026")
        self.assertContains(after, "Covered today by warranty")

    def test_says_covered_on_the_last_day_and_not_on_the_next(self):
        make.make_unit(self.holder, serial=SERIAL)
        self.night(CAP_ON)
        self.assertContains(self.unit_page(date(2027, 4, 9)), "ends today")
        self.assertContains(self.unit_page(date(2027, 4, 10)), "the warranty has ended")

    def test_names_the_report_behind_a_signed_start(self):
        unit = make.make_unit(self.holder, serial=SERIAL, installation_service=True)
        report = make.make_report([unit], signed_on=SHIPPED_ON + timedelta(days=45), number="IR-9")
        workflow.accept_report(report, user=make.make_staff(), at=at_noon(date(2026, 3, 1)))
        page = self.unit_page()
        self.assertContains(page, "day 45 is before day 90")
        self.assertContains(page, "Installation report IR-9")

    def test_shows_a_corrected_date_with_its_old_value_and_reason(self):
        unit = make.make_unit(self.holder, serial=SERIAL)
        self.night(CAP_ON)
        workflow.correct_shipment_date(
            unit.huawei_shipment,
            shipped_on=date(2026, 1, 20),
            reason="Typed wrongly",
            user=make.make_staff(),
            at=at_noon(date(2026, 5, 1)),
        )
        page = self.unit_page(date(2026, 5, 2))
        self.assertContains(page, "20 Apr 2026")
        self.assertContains(page, "From 10 Jan 2026 to 20 Jan 2026.")
        self.assertContains(page, "Reason: Typed wrongly.")

    def test_shows_both_day_zeros_of_a_unit_that_was_shipped_on(self):
        distributor = make.make_organization("DIST", name="Meridian Example")
        unit = make.make_unit(distributor, serial=SERIAL)
        make.pass_on(unit, self.holder, shipped_on=date(2026, 2, 19), number="MX-1")
        page = self.unit_page()
        self.assertContains(page, "19 Feb 2026")
        self.assertContains(page, "20 May 2026")
        self.assertContains(page, "Meridian Example, 19 Feb")

    def test_answers_as_of_another_day(self):
        make.make_unit(self.holder, serial=SERIAL)
        self.assertNotContains(self.unit_page(), "This is the answer as of")
        with time_machine.travel(at_noon(date(2026, 6, 1)), tick=False):
            page = self.client.get(reverse("unit", args=[SERIAL]), {"on": "2026-04-09"})
        self.assertContains(page, "This is the answer as of Thursday, 9 April 2026.")
        self.assertContains(page, "Warranty has not started")

    def test_says_what_is_wrong_with_a_day_and_shows_today(self):
        make.make_unit(self.holder, serial=SERIAL)
        page = self.client.get(reverse("unit", args=[SERIAL]), {"on": "2026-02-30"})
        self.assertContains(page, "This page shows today.", status_code=400)

    def test_answers_a_stranger_like_an_unknown_serial(self):
        make.make_unit(make.make_organization("OTHER"), serial=SERIAL)
        foreign, unknown = self.unit_page(), self.unit_page(serial="2102NOSUCHUNIT000001")
        self.assertEqual(foreign.status_code, 404)
        self.assertEqual(foreign.content, unknown.content)

    def test_lets_the_reader_choose_between_part_numbers(self):
        for number in ("00350001", "00350002"):
            part_number = make.make_part_number(number, model=f"Model {number}")
            make.make_unit(self.holder, serial=SERIAL, part_number=part_number)
        self.assertContains(self.unit_page(), "Which unit do you mean?")
        with time_machine.travel(at_noon(CAP_ON), tick=False):
            page = self.client.get(reverse("unit", args=[SERIAL]), {"part_number": "00350002"})
        self.assertContains(page, "Model 00350002")

    def test_answers_hostile_addresses_like_unknown_ones(self):
        for serial in ("%00", "x" * 400, "%F0%9F%92%A9", "a b<script>"):
            with self.subTest(serial=serial[:10]):
                self.assertEqual(self.client.get(f"/units/{serial}/").status_code, 404)
        page = self.client.get(reverse("unit", args=[SERIAL]), {"part_number": "\0"})
        self.assertEqual(page.status_code, 404)

    def test_forgives_how_a_serial_number_is_written(self):
        make.make_unit(self.holder, serial=SERIAL)
        page = self.client.get(reverse("unit", args=["2102-test page.00000001"]))
        self.assertRedirects(page, reverse("unit", args=[SERIAL]))

    def test_costs_the_same_few_queries_however_long_the_history(self):
        distributor = make.make_organization("DIST")
        unit = make.make_unit(distributor, serial=SERIAL, installation_service=True)
        make.pass_on(unit, self.holder, shipped_on=date(2026, 2, 1))
        counts = []
        for number in (3, 6):
            for day in range(number):
                make.make_report([unit], signed_on=SHIPPED_ON + timedelta(days=day))
            with self.assertNumQueries(10):
                counts.append(self.unit_page().status_code)
        self.assertEqual(counts, [200, 200])

    def test_a_person_without_an_organization_is_told_so(self):
        sign_in(self.client, make.make_user())
        self.assertContains(self.unit_page(), "You may not open this page", status_code=403)

    def test_labels_a_sample_term(self):
        make.make_unit(self.holder, serial=SERIAL)
        self.assertContains(self.unit_page(), "is a sample value")


class SearchTests(PageCase):
    def search(self, typed):
        return self.client.get(reverse("search"), {"q": typed})

    def test_goes_straight_to_an_exact_hit(self):
        make.make_unit(self.holder, serial=SERIAL)
        self.assertRedirects(self.search(" 2102 test-page 00000001 "), f"/units/{SERIAL}/")

    def test_suggests_what_looks_alike_and_never_another_organizations_unit(self):
        make.make_unit(self.holder, serial="2102TESTPAGE0000000I")
        self.assertContains(self.search("2102TESTPAGE00000001"), "2102TESTPAGE0000000I")
        make.make_unit(make.make_organization("OTHER"), serial="2102FAR0")
        self.assertNotContains(self.search("2102FARO"), "2102FAR0<")

    def test_says_what_to_do_when_nothing_is_found(self):
        for typed in ("", "NOSUCH", "%00\x00", "<b>x</b>", "9" * 5000):
            with self.subTest(typed=typed[:10]):
                self.assertContains(self.search(typed), "Check the serial number")


class WhatIfPageTests(TestCase):
    def setUp(self):
        make.make_policy()

    def ask(self, **query):
        query.setdefault("huawei_shipped_on", "2026-01-10")
        return self.client.get(reverse("what-if"), query)

    def test_answers_the_boundaries_of_day_90(self):
        for signed_on, rule in [("2026-04-10", "W2"), ("2026-04-11", "W3")]:
            with self.subTest(signed_on=signed_on):
                page = self.ask(installation_purchased="on", report_signed_on=signed_on)
                self.assertContains(page, f"Rule {rule}, day 90 is 10 Apr 2026")

    def test_answers_the_boundaries_of_a_support_start(self):
        for start, words in [("2026-05-20", "allowed"), ("2026-05-21", "refused")]:
            with self.subTest(start=start):
                page = self.ask(distributor_shipped_on="2026-02-19", support_start=start)
                self.assertContains(page, f"The start is {words}")

    def test_answers_the_boundary_of_48_hours(self):
        for failed_at, words in [
            ("2026-03-03T23:30:00", "Yes, rule D2"),
            ("2026-03-03T23:30:01", "Warranty exchange"),
        ]:
            with self.subTest(failed_at=failed_at):
                page = self.ask(
                    powered_on_at="2026-03-01T23:30:00",
                    failed_at=failed_at,
                    time_zone="America/New_York",
                )
                self.assertContains(page, words)

    def test_names_all_problems_at_once_beside_their_fields(self):
        page = self.ask(distributor_shipped_on="2026-01-09", report_signed_on="2025-01-01")
        self.assertContains(page, "Error: What if", status_code=400)
        self.assertContains(page, "id_distributor_shipped_on_error", status_code=400)
        self.assertContains(page, "id_report_signed_on_error", status_code=400)

    def test_survives_what_nobody_should_type(self):
        for value in ("9999-12-31", "٢٠٢٦-٠١-٠١", "\x00", "1" * 5000, "2026-02-30"):
            for name in ("huawei_shipped_on", "powered_on_at", "warranty_months", "on"):
                with self.subTest(name=name, value=value[:12]):
                    self.assertEqual(self.ask(**{name: value}).status_code, 400)


class SignInTests(TestCase):
    def test_takes_the_address_in_any_letter_case(self):
        user = make.make_user(make.make_organization(), email="ada@example.test")
        answer = self.client.post(
            reverse("sign-in"), {"username": "Ada@Example.Test", "password": make.PASSWORD}
        )
        self.assertRedirects(answer, reverse("home"), fetch_redirect_response=False)
        self.assertEqual(int(self.client.session["_auth_user_id"]), user.pk)

    def test_gives_the_same_answer_to_every_wrong_pair(self):
        make.make_user(make.make_organization(), email="ada@example.test")
        for email in ("ada@example.test", "nobody@example.test"):
            with self.subTest(email=email):
                answer = self.client.post(
                    reverse("sign-in"), {"username": email, "password": "not-the-password"}
                )
                self.assertContains(
                    answer, "do not match. Check both and try again.", status_code=400
                )

    def test_does_not_follow_an_address_away_from_the_site(self):
        make.make_user(make.make_organization(), email="ada@example.test")
        answer = self.client.post(
            reverse("sign-in"),
            {
                "username": "ada@example.test",
                "password": make.PASSWORD,
                "next": "https://elsewhere.example/",
            },
        )
        self.assertRedirects(answer, reverse("home"), fetch_redirect_response=False)
