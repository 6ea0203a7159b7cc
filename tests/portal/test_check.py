"""The public check: four answers for anybody, and nothing about who holds what."""

from datetime import date, timedelta

import time_machine
from django.core import mail
from django.test import TestCase
from django.urls import reverse

from audit.trail import SYSTEM
from notifications import delivery
from notifications.models import Message
from partners.models import Organization
from tests import builders as make
from tests.builders import CAP_ON, at_noon
from warranty import workflow
from warranty.models import Unit
from warranty.nights import run_night

SERIAL = "2102TESTCHECK0000001"
ON = CAP_ON + timedelta(days=10)
DAY = timedelta(days=1)


class CheckCase(TestCase):
    def setUp(self):
        make.make_policy()
        self.distributor = make.make_organization("DIST", name="Meridian Example")
        self.partner = make.make_organization("VAP1", "vap", name="Copperline Example")

    def sold(self, serial=SERIAL, **fields):
        unit = make.make_unit(self.distributor, serial=serial, **fields)
        make.pass_on(unit, self.partner, shipped_on=date(2026, 2, 1), number=f"SECRET-{unit.pk}")
        return unit

    def check(self, serial=SERIAL, on=ON, **query):
        with time_machine.travel(at_noon(on), tick=False):
            return self.client.get(reverse("check"), {"sn": serial, **query})

    def night(self, day=CAP_ON):
        return run_night(as_of=day, today=day, at=at_noon(day), actor=SYSTEM)


class AnswerTests(CheckCase):
    def test_covered_names_the_dates_the_rule_and_who_applies(self):
        self.sold()
        self.night()
        page = self.check()
        self.assertContains(page, "Covered today by warranty")
        self.assertContains(page, "Warranty from 10 Apr 2026 until 9 Apr 2027, both days covered.")
        self.assertContains(page, "Warranty Start Date Policy, W1")
        self.assertContains(page, "your distributor applies for you")
        self.assertContains(page, f"/check/contact/?sn={SERIAL}&amp;about=claim")

    def test_not_started_up_to_the_day_before_day_90(self):
        self.sold()
        before, after = self.check(on=CAP_ON - DAY), self.check(on=CAP_ON)
        self.assertContains(before, "Warranty has not started")
        self.assertContains(before, "It starts on 10 Apr 2026 and ends on 9 Apr 2027.")
        self.assertContains(after, "Covered today by warranty")

    def test_not_started_with_installation_service_names_the_latest_dates(self):
        self.sold(installation_service=True)
        page = self.check(on=CAP_ON - DAY)
        self.assertContains(page, "and on 10 Apr 2026 (day 90) at the latest.")
        self.assertContains(page, "Ends at the latest")

    def test_not_covered_from_the_day_after_the_last(self):
        self.sold()
        self.night()
        self.assertContains(self.check(on=date(2027, 4, 9)), "Covered today")
        page = self.check(on=date(2027, 4, 10))
        self.assertContains(page, "Not covered by warranty today")
        self.assertContains(page, "Ask for a repair quote")
        self.assertContains(page, "about=quote")
        self.assertContains(page, "about=date")

    def test_a_void_warranty_is_not_covered_and_the_reason_is_not_told(self):
        unit = self.sold()
        self.night()
        reason = "Sold on as scrap by Harbor Lamp Hospital."
        workflow.void_warranty(unit, reason=reason, user=make.make_staff(), at=at_noon(CAP_ON))
        page = self.check()
        self.assertContains(page, "Not covered by warranty today")
        self.assertContains(page, "This warranty was voided by Huawei.")
        self.assertNotContains(page, "scrap")

    def test_unknown_says_what_to_do(self):
        page = self.check("2102NOSUCHUNIT00000")
        self.assertContains(page, "We do not know this serial number")
        self.assertContains(page, "0 and O, 1 and I look alike")
        self.assertContains(page, "You entered 19.")
        self.assertContains(page, "1-877-9HUAWEI")
        self.assertNotContains(self.check("2102NOSUCHUNIT000000"), "You entered")

    def test_a_text_that_is_no_serial_number_is_refused_in_words(self):
        for typed, words in [
            ("", "Enter the serial number."),
            ("   ", "Enter the serial number."),
            ("9" * 33, "You entered 33."),
            ("21/02", "Remove &quot;/&quot; (U+002F)."),
            ("\0", "Remove the character U+0000."),
        ]:
            with self.subTest(typed=typed):
                page = self.check(typed)
                self.assertContains(page, words, status_code=400)
                self.assertContains(page, "<title>Error: ", status_code=400)

    def test_forgives_how_it_is_written_and_suggests_nothing_that_exists(self):
        self.sold()
        self.assertContains(self.check(" 2102-testcheck 0000001 "), "Warranty")
        looks_alike = self.check(SERIAL.replace("0", "O"))
        self.assertContains(looks_alike, "We do not know this serial number")
        self.assertNotContains(looks_alike, SERIAL)

    def test_two_part_numbers_are_asked_for_and_never_listed(self):
        for number in ("00350001", "00350002"):
            part_number = make.make_part_number(number, model=f"Model {number}")
            self.sold(part_number=part_number, shipment=self.shipment(number))
        page = self.check()
        self.assertContains(page, "Which part number does it have?")
        self.assertNotContains(page, "0035000")
        self.assertContains(self.check(part_number=" 00350002 "), "Model 00350002")
        self.assertContains(self.check(part_number="00350003"), "We do not know")

    def shipment(self, number):
        return make.make_shipment(self.distributor, number=number)


class DisclosureTests(CheckCase):
    def plain(self, page):
        headers = {k: v for k, v in page.headers.items() if k != "Date"}
        return page.status_code, headers, page.content, page.cookies.output()

    def test_a_unit_in_stock_answers_like_one_that_never_was_to_the_byte(self):
        unknown = self.check()
        unit = make.make_unit(self.distributor, serial=SERIAL)
        self.assertEqual(self.plain(self.check()), self.plain(unknown))
        other = make.make_organization("DIST2")
        make.pass_on(unit, other, shipped_on=date(2026, 2, 1))
        self.assertEqual(self.plain(self.check()), self.plain(unknown))
        self.night()
        self.assertEqual(self.plain(self.check()), self.plain(unknown))
        make.pass_on(unit, self.partner, shipped_on=date(2026, 2, 2))
        self.assertContains(self.check(), "Covered today")

    def test_a_stock_twin_stays_as_unknown_as_its_part_number(self):
        sold = make.make_part_number("00350001", model="Sold model")
        stock = make.make_part_number("00350002", model="Stock model")
        self.sold(part_number=sold)
        alone, unknown = self.check(), self.check(part_number="00350002")
        make.make_unit(self.distributor, serial=SERIAL, part_number=stock)
        self.assertEqual(self.plain(self.check()), self.plain(alone))
        self.assertEqual(self.plain(self.check(part_number="00350002")), self.plain(unknown))

    def test_stock_and_unknown_cost_the_same_queries(self):
        self.check()
        make.make_unit(self.distributor, serial=SERIAL)
        for serial in (SERIAL, "2102NOSUCHUNIT000001"):
            with self.subTest(serial), self.assertNumQueries(3):
                self.check(serial)

    def test_says_nothing_of_partners_customers_orders_and_papers(self):
        unit = self.sold(
            end_customer="SECRET-CUSTOMER", site_country="US", purchase_order="SECRET-ORDER"
        )
        make.make_report([unit], signed_on=date(2026, 2, 2), number="SECRET-REPORT")
        for on in (CAP_ON - DAY, CAP_ON):
            page = self.check(on=on)
            self.assertContains(page, unit.product.model)
            for secret in ("SECRET", "Meridian", "Copperline", "DIST", "VAP1", "Feb 2026"):
                self.assertNotContains(page, secret)

    def test_sets_no_cookie_and_is_kept_by_nobody(self):
        self.sold()
        for page in (self.check(), self.check("NOSUCH"), self.client.get(reverse("check-contact"))):
            self.assertEqual(page.cookies, {})
            self.assertIn("no-store", page.headers["Cache-Control"])
        self.assertEqual(self.check().headers["X-Robots-Tag"], "noindex")


class LimitTests(CheckCase):
    def test_twenty_an_hour_then_a_page_that_says_when(self):
        for _ in range(20):
            self.assertEqual(self.check("NOSUCH").status_code, 200)
        refused = self.check("NOSUCH")
        self.assertContains(refused, "Try again from 14:00 CDT", status_code=429)
        self.assertContains(refused, "1-877-9HUAWEI", status_code=429)
        self.assertEqual(refused.headers["Retry-After"], "3600")
        self.assertIn("no-store", refused.headers["Cache-Control"])

    def test_a_new_hour_begins_anew_and_not_a_second_before(self):
        for _ in range(20):
            self.check("NOSUCH")
        for later, status in [(timedelta(minutes=59, seconds=59), 429), (timedelta(hours=1), 200)]:
            with time_machine.travel(at_noon(ON) + later, tick=False):
                page = self.client.get(reverse("check"), {"sn": "NOSUCH"})
                self.assertEqual(page.status_code, status)

    def test_a_forged_header_lifts_no_limit_and_another_address_has_its_own(self):
        for _ in range(20):
            self.check("NOSUCH")
        with time_machine.travel(at_noon(ON), tick=False):
            forged = self.client.get("/check/?sn=X", headers={"X-Forwarded-For": "192.0.2.7"})
            elsewhere = self.client.get("/check/?sn=X", REMOTE_ADDR="192.0.2.7")
        self.assertEqual((forged.status_code, elsewhere.status_code), (429, 200))

    def test_looking_at_the_form_and_mistyping_count_nothing(self):
        for _ in range(25):
            self.client.get(reverse("check"))
            self.check("21/02")
        self.assertEqual(self.check("NOSUCH").status_code, 200)


class ContactTests(CheckCase):
    def send(self, serial=SERIAL, after=timedelta(0), client_address="127.0.0.1", **fields):
        typed = {
            "sn": serial,
            "about": "claim",
            "name": "Casey Customer",
            "email": "casey@customer.example",
            "company": "Harbor Lamp",
            "message": "It is <dead>.\nSince Monday & still.",
        }
        with time_machine.travel(at_noon(ON) + after, tick=False):
            return self.client.post(
                reverse("check-contact"), typed | fields, REMOTE_ADDR=client_address
            )

    def delivered(self):
        while delivery.deliver_next(at=at_noon(ON) + timedelta(days=1)):
            pass
        return mail.outbox

    def test_reaches_the_distributor_and_is_answered_to_the_asker(self):
        unit = self.sold()
        self.night()
        Message.unscoped.all().delete()
        self.assertRedirects(
            self.send(), reverse("check-contact-sent"), status_code=303, target_status_code=200
        )
        (sent,) = self.delivered()
        self.assertEqual(sent.to, ["dist@example.test"])
        self.assertEqual(sent.reply_to, ["casey@customer.example"])
        self.assertEqual(sent.subject, f"Warranty question for {SERIAL}")
        for words in (
            "Casey Customer of Harbor Lamp",
            "The unit has failed",
            unit.product.model,
            "Covered today by warranty. Warranty from 10 Apr 2026 until 9 Apr 2027",
            "It is <dead>.\nSince Monday & still.",
        ):
            self.assertIn(words, sent.body)
        html = sent.alternatives[0].content
        self.assertIn("It is &lt;dead&gt;.<br>Since Monday &amp; still.", html)
        self.assertNotIn("Copperline", sent.body)

    def test_a_unit_in_stock_reaches_the_distributor_that_has_it(self):
        make.make_unit(self.distributor, serial=SERIAL)
        self.send()
        self.assertEqual(Message.unscoped.get().recipient, "dist@example.test")

    def test_without_a_distributor_the_partner_of_the_unit_gets_it(self):
        make.make_unit(self.partner, serial=SERIAL)
        self.send()
        self.assertEqual(Message.unscoped.get().recipient, "vap1@example.test")

    def test_the_answer_is_the_same_whatever_becomes_of_it(self):
        Organization.objects.filter(pk=make.make_huawei().pk).update(email="")
        answers = [self.send("2102NOSUCHUNIT000001")]
        self.assertFalse(Message.unscoped.exists())
        self.sold()
        answers.append(self.send())
        self.assertEqual(Message.unscoped.count(), 1)
        first, second = (
            (a.status_code, a.content, dict(a.headers), a.cookies.output()) for a in answers
        )
        self.assertEqual(first, second)

    def test_what_cannot_be_routed_goes_to_huaweis_own_address(self):
        huawei = make.make_huawei()
        for number in ("00350001", "00350002"):
            self.sold(
                part_number=make.make_part_number(number),
                shipment=make.make_shipment(self.distributor, number=number),
            )
        self.send("2102NOSUCHUNIT000001")
        self.send()
        told = list(Message.unscoped.values_list("recipient", flat=True))
        self.assertEqual(told, [huawei.email, huawei.email])
        self.assertIn("does not know which unit this is", self.delivered()[0].body)

    def test_the_same_form_sent_twice_is_one_mail(self):
        self.sold()
        self.send()
        self.send()
        self.send(message="Another question.")
        self.assertEqual(Message.unscoped.count(), 2)

    def test_nothing_that_is_typed_becomes_a_header(self):
        self.sold()
        for name, value in [
            ("email", "casey@customer.example\r\nBcc: all@example.test"),
            ("email", "casey@customer.example, all@example.test"),
            ("name", "Casey\r\nBcc: all@example.test"),
            ("company", "Harbor\nBcc: all@example.test"),
            ("message", "It is dead.\0"),
            ("about", "something"),
            ("message", "x" * 2001),
            ("message", ""),
            ("name", "x" * 81),
            ("sn", "21/02"),
        ]:
            with self.subTest(name, value=value[:20]):
                page = self.send(**{name: value})
                self.assertContains(page, "<title>Error: ", status_code=400)
        self.assertFalse(Message.unscoped.exists())
        self.send(message="x" * 2000)
        self.assertEqual(Message.unscoped.get().context["message"], "x" * 2000)

    def test_five_an_hour_from_one_address_and_what_was_typed_stays(self):
        for number in range(5):
            self.assertEqual(self.send(f"2102NOSUCHUNIT00000{number}").status_code, 303)
        refused = self.send("2102NOSUCHUNIT000009", message="Keep me.")
        self.assertContains(refused, "Try again from 14:00 CDT", status_code=429)
        self.assertContains(refused, "Keep me.", status_code=429)
        self.assertEqual(refused.headers["Retry-After"], "3600")
        again = self.send("2102NOSUCHUNIT000009", after=timedelta(hours=1))
        self.assertEqual(again.status_code, 303)

    def test_three_an_hour_about_one_unit_from_wherever_known_or_not(self):
        self.sold()
        for serial in (SERIAL, "2102NOSUCHUNIT000001"):
            for number in range(4):
                expected = 303 if number < 3 else 429
                address, message = f"192.0.2.{number}", f"Question {number}"
                with self.subTest(serial, number=number):
                    answer = self.send(serial, client_address=address, message=message)
                    self.assertEqual(answer.status_code, expected)
        self.assertEqual(Message.unscoped.filter(organization=self.distributor).count(), 3)
        self.assertTrue(Unit.unscoped.filter(serial=SERIAL).exists())

    def test_takes_over_what_was_checked(self):
        page = self.client.get(reverse("check-contact"), {"sn": SERIAL, "about": "quote"})
        self.assertContains(page, f'value="{SERIAL}"')
        self.assertContains(page, '<option value="quote" selected>')
