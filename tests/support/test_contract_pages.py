"""Contracts as their holder reads them: the list, one contract, its ends, its mail."""

import csv
import io
from datetime import date, timedelta

import time_machine
from django.core import mail
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from notifications.models import Message
from notifications.tasks import deliver_due_messages
from partners.enums import Role
from support import workflow
from support.planning import LATER, StartChoice
from tests.builders import (
    at_noon,
    make_contract,
    make_organization,
    make_staff,
    make_unit,
    make_user,
    pass_on,
)
from tests.entrance import sign_in

AT = at_noon(date(2026, 3, 1))
PASSED_ON = date(2026, 2, 19)
DAY = timedelta(days=1)


class PageCase(TestCase):
    def setUp(self):
        self.vap = make_organization("VAP1", "vap", name="Copperline Example")
        self.unit = self.make_unit()

    def make_unit(self):
        unit = make_unit(make_organization())
        pass_on(unit, self.vap, shipped_on=PASSED_ON, number=f"MX-{unit.pk}")
        return unit

    def get(self, address, *, on=date(2026, 3, 1), user=None):
        with time_machine.travel(at_noon(on), tick=False):
            sign_in(self.client, user or make_user(self.vap, Role.VIEWER))
            return self.client.get(address)


class ListTests(PageCase):
    def numbers(self, view, on):
        return set(self.asked(f"view={view}", on=on))

    def asked(self, query, **how):
        """Return the numbers that the page shows, and check that its CSV has exactly them."""
        page = self.get(f"/contracts/?{query}", **how)
        numbers = [row.contract.number for row in page.context["rows"]]
        sent = b"".join(self.get(f"/contracts/contracts.csv?{query}", **how).streaming_content)
        rows = list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))
        self.assertEqual([row["number"] for row in rows], numbers)
        return numbers

    def test_shows_what_is_active_on_its_first_and_last_day_and_not_beside_them(self):
        make_contract([self.unit], at=AT, number="HC-1")
        days = {
            PASSED_ON - DAY: set(),
            PASSED_ON: {"HC-1"},
            date(2027, 2, 18): {"HC-1"},
            date(2027, 2, 19): set(),
        }
        for on, numbers in days.items():
            with self.subTest(on):
                self.assertEqual(self.numbers("active", on), numbers)

    def test_shows_what_ends_within_sixty_days(self):
        make_contract([self.unit], at=AT, number="HC-1")  # until 18 Feb 2027
        days = {
            date(2026, 12, 19): set(),
            date(2026, 12, 20): {"HC-1"},
            date(2027, 2, 18): {"HC-1"},
            date(2027, 2, 19): set(),
        }
        for on, numbers in days.items():
            with self.subTest(on):
                self.assertEqual(self.numbers("ending", on), numbers)

    def test_shows_starts_that_may_still_be_chosen(self):
        make_contract([self.unit], at=AT, number="HC-1", start=LATER)
        make_contract([self.make_unit()], at=AT, number="HC-2")
        self.assertEqual(self.numbers("start-open", date(2026, 5, 20)), {"HC-1"})
        self.assertEqual(self.numbers("start-open", date(2026, 5, 21)), set())

    def test_shows_what_has_lapsed_until_it_is_renewed(self):
        contract = make_contract([self.unit], at=AT, number="HC-1")
        self.assertEqual(self.numbers("lapsed", date(2027, 2, 18)), set())
        self.assertEqual(self.numbers("lapsed", date(2027, 2, 19)), {"HC-1"})
        order = workflow.Order(number="HC-2", level=contract.level, term_months=12)
        at = at_noon(date(2027, 2, 20))
        workflow.renew_contract(contract, order, user=make_user(self.vap), at=at)
        self.assertEqual(self.numbers("lapsed", date(2027, 2, 20)), set())

    def test_shows_what_has_not_begun_has_ended_or_is_cancelled(self):
        contract = make_contract([self.unit], at=AT, number="HC-1")  # until 18 Feb 2027
        for view, on, numbers in (
            ("future", PASSED_ON - DAY, {"HC-1"}),
            ("future", PASSED_ON, set()),
            ("expired", date(2027, 2, 18), set()),
            ("expired", date(2027, 2, 19), {"HC-1"}),
            ("cancelled", AT.date(), set()),
        ):
            with self.subTest(view=view, on=on):
                self.assertEqual(self.numbers(view, on), numbers)
        workflow.cancel_contract(contract, reason="Sold", user=make_user(self.vap), at=AT)
        self.assertEqual(self.numbers("cancelled", AT.date()), {"HC-1"})
        self.assertEqual(self.numbers("expired", date(2027, 2, 19)), set())

    def test_each_filter_narrows_the_list(self):
        make_contract([self.unit], at=AT, number="HC-17", end_customer="Harbor Hospital")
        make_contract([self.make_unit()], at=AT + DAY, number="HC-9", start=LATER, months=24)
        for query, found in (
            ("", ["HC-9", "HC-17"]),
            ("sort=number", ["HC-17", "HC-9"]),
            ("q=hc-1", ["HC-17"]),
            ("q=17", []),
            ("q=hospital", ["HC-17"]),
            (f"serial={self.unit.serial.lower()}", ["HC-17"]),
            (f"serial={self.unit.serial[:-1]}", []),
            ("family=cocare", []),
            ("family=hicare&view=start-open", ["HC-9"]),
            ("ends_to=2027-02-18", ["HC-17"]),
            ("ends_from=2027-02-19", ["HC-9"]),
            ("ends_from=2027-02-18&ends_to=2027-02-18", ["HC-17"]),
        ):
            with self.subTest(query):
                self.assertEqual(self.asked(query), found)

    def test_each_emptiness_says_what_it_means(self):
        self.assertContains(self.get("/contracts/"), "No contract is registered yet.")
        make_contract([self.unit], at=AT, number="HC-1")
        self.assertContains(self.get("/contracts/?view=lapsed"), "Nothing to do")
        self.assertContains(self.get("/contracts/?q=none"), "No contract matches.")
        for query in ("view=over", "ends_from=2027-02-18&ends_to=2027-02-17", "page=2", "q=%00"):
            with self.subTest(query):
                page = self.get(f"/contracts/?{query}")
                self.assertContains(page, "No contract is shown", status_code=400)
                book = self.get(f"/contracts/contracts.xlsx?{query}")
                self.assertEqual(book.status_code, 400)

    def test_shows_nothing_of_others_and_everything_to_huawei(self):
        make_contract([self.unit], at=AT, number="HC-SECRET")
        stranger = make_user(make_organization("D9"))
        self.assertNotContains(self.get("/contracts/", user=stranger), "HC-SECRET")
        self.assertContains(self.get("/contracts/", user=make_staff()), "HC-SECRET")
        here, there = (
            self.get(f"/contracts/?organization={code}", user=make_staff())
            for code in ("VAP1", "D9")
        )
        self.assertEqual((len(here.context["rows"]), len(there.context["rows"])), (1, 0))
        self.assertEqual(self.get("/contracts/?organization=D9").status_code, 400)

    def test_costs_the_same_queries_for_one_contract_and_for_many(self):
        counts = []
        for numbers in (range(1), range(1, 3)):
            for n in numbers:
                make_contract([self.make_unit()], at=AT, number=f"HC-{n}")
            with time_machine.travel(AT, tick=False):
                sign_in(self.client, make_user(self.vap))
                self.client.get("/contracts/")
                with CaptureQueriesContext(connection) as queries:
                    self.client.get("/contracts/")
            counts.append(len(queries))
        self.assertEqual(counts, [counts[0]] * 2)
        self.assertLessEqual(counts[0], 8)


class ContractPageTests(PageCase):
    def page(self, contract, **how):
        return self.get(f"/contracts/{contract.reference}/", **how)

    def test_shows_what_it_covers_from_when_to_when_and_from_which_shipment(self):
        contract = make_contract([self.unit], at=AT, number="HC-1", end_customer="Hospital")
        page = self.page(contract)
        for said in ("Active until 18 Feb 2027", "Hospital", self.unit.serial, "day 0, chosen"):
            self.assertContains(page, said)
        self.assertContains(page, f"MX-{self.unit.pk}")

    def test_says_until_when_a_start_may_be_chosen(self):
        contract = make_contract([self.unit], at=AT, start=LATER)
        self.assertContains(self.page(contract), "by Wed, 20 May 2026")
        over = self.page(contract, on=date(2026, 5, 21))
        self.assertNotContains(over, "is not chosen")

    def test_says_since_when_it_is_cancelled_and_why(self):
        contract = make_contract([self.unit], at=AT)
        user = make_user(self.vap)
        workflow.cancel_contract(contract, reason="Sold the site", user=user, at=AT)
        page = self.page(contract)
        self.assertContains(page, "Cancelled on 1 Mar 2026")
        self.assertContains(page, "Sold the site")

    def test_whoever_only_sees_the_unit_does_not_see_the_contract(self):
        contract = make_contract([self.unit], at=AT)
        distributor = self.unit.huawei_shipment.consignee
        self.assertEqual(self.page(contract, user=make_user(distributor)).status_code, 404)

    def test_names_nobody_of_huawei(self):
        contract = make_contract([self.unit], at=AT)
        staff = make_staff("secret.name@example.test")
        workflow.allow_overlap(contract, reason="Handover", user=staff, at=AT)
        page = self.page(contract)
        self.assertContains(page, "Reason: Handover.")
        self.assertNotContains(page, "secret.name", html=False)

    def test_its_ends_go_into_a_calendar_as_whole_days(self):
        units = [self.unit, self.make_unit()]
        start = StartChoice(days={units[1].pk: date(2026, 5, 20)})
        contract = make_contract(units, at=AT, start=start)
        file = self.get(f"/contracts/{contract.reference}/ends.ics")
        events = Calendar.from_ical(file.content).walk("VEVENT")
        days = {event.decoded("dtstart") for event in events}
        self.assertEqual(days, {date(2027, 2, 18), date(2027, 5, 19)})
        self.assertEqual(len({str(event["uid"]) for event in events}), 2)


class MailTests(PageCase):
    def sent(self):
        deliver_due_messages()
        return mail.outbox

    def test_a_registered_contract_is_confirmed_with_its_ends_as_a_calendar(self):
        contract = make_contract([self.unit], at=AT, number="HC-1", end_customer="Hospital")
        (sent, *_) = self.sent()
        self.assertEqual(sent.subject, "HiCare HC-1 is registered")
        self.assertIn("1 unit: 19 Feb 2026 until 18 Feb 2027", sent.body)
        self.assertIn(f"/contracts/{contract.reference}/", sent.body)
        name, body, kind = sent.attachments[0]
        self.assertEqual((name, kind), (f"{contract.reference}-ends.ics", "text/calendar"))
        self.assertIn("20270218", body)

    def test_a_chosen_start_is_confirmed(self):
        contract = make_contract([self.unit], at=AT, number="HC-1", start=LATER)
        Message.unscoped.all().delete()
        user = make_user(self.vap)
        workflow.choose_start(contract, starts_on=date(2026, 5, 20), user=user, at=AT)
        subjects = {message.subject for message in self.sent()}
        self.assertEqual(subjects, {"HiCare HC-1 starts on 20 May 2026"})

    def test_a_moved_anchor_and_a_cancellation_are_told(self):
        unit = make_unit(make_organization("D1"))
        contract = make_contract([unit], at=AT, number="HC-1", start=LATER)
        Message.unscoped.all().delete()
        pass_on(unit, self.vap, shipped_on=PASSED_ON)
        workflow.follow_shipments(at=AT)
        self.assertIn("counts from another shipment date", self.sent()[0].subject)
        mail.outbox.clear()
        workflow.cancel_contract(contract, reason="Sold", user=make_staff(), at=AT)
        self.assertEqual(self.sent()[0].subject, "HiCare HC-1 is cancelled")
        self.assertIn("Reason: Sold", mail.outbox[0].body)

    def test_nothing_is_confirmed_that_was_cancelled_meanwhile(self):
        contract = make_contract([self.unit], at=AT)
        user = make_user(self.vap)
        workflow.cancel_contract(contract, reason="Sold", user=user, at=AT)
        self.assertEqual({"is cancelled" in m.subject for m in self.sent()}, {True})
