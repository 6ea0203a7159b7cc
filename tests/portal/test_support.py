"""Contracts in the answer about a unit: page, API and file say the same."""

from datetime import date

import time_machine
from django.test import TestCase
from django.urls import reverse

from partners.enums import Role
from support import workflow
from support.planning import LATER, StartChoice
from tests import builders as make
from tests.api import bearer
from tests.builders import SHIPPED_ON, at_noon

AT = at_noon(date(2026, 3, 1))
PASSED_ON = date(2026, 2, 19)
SERIAL = "2102TESTCOVER0000001"


class SupportCase(TestCase):
    """A unit that Huawei shipped on 10 Jan and a distributor passed on on 19 Feb 2026."""

    def setUp(self):
        self.distributor = make.make_organization("D1", name="Meridian Example")
        self.vap = make.make_organization("V1", "vap", name="Copperline Example")
        self.unit = make.make_unit(self.distributor, serial=SERIAL)
        make.pass_on(self.unit, self.vap, shipped_on=PASSED_ON, number="MX-1")
        self.headers = bearer(self.vap)

    def contract(self, **fields):
        fields = {"at": AT, "organization": self.vap, "number": "HC-SECRET"} | fields
        return make.make_contract([self.unit], **fields)

    def page(self, today, organization=None, **query):
        with time_machine.travel(at_noon(today), tick=False):
            self.client.force_login(make.make_user(organization or self.vap, Role.VIEWER))
            return self.client.get(reverse("unit", args=[SERIAL]), query)

    def facts(self, on):
        address = reverse("api:unit", args=[SERIAL])
        return self.client.get(address, {"on": f"{on}"}, headers=self.headers).json()


class UnitPageTests(SupportCase):
    def test_says_what_covers_the_unit_today_and_until_when(self):
        self.contract(months=36)
        page = self.page(date(2026, 4, 20))
        self.assertContains(page, "Covered today by warranty and HiCare")
        self.assertContains(page, "HiCare 9x5xNBD until 18 Feb 2029.")
        self.assertContains(page, "Replacement arrives on the next business day.")
        self.assertContains(page, "ask for a warranty exchange. HiCare 9x5xNBD promises")

    def test_support_covers_before_the_warranty_starts_and_after_it_ended(self):
        self.contract(months=36)
        before, after = self.page(date(2026, 3, 1)), self.page(date(2027, 5, 1))
        self.assertContains(before, "Covered today by HiCare: the warranty has not started")
        self.assertContains(before, "ask for a warranty exchange")
        self.assertContains(after, "Covered today by HiCare: the warranty has ended")
        self.assertContains(after, "request a HiCare replacement")
        self.assertNotContains(after, "repair quote")

    def test_covers_on_its_last_day_and_not_on_the_next(self):
        self.contract(months=24)  # until 18 Feb 2028; the warranty ends on 9 Apr 2027
        self.assertContains(self.page(date(2028, 2, 18)), "Covered today by HiCare")
        over = self.page(date(2028, 2, 19))
        self.assertContains(over, "Not covered today: the warranty has ended")
        self.assertContains(over, "HiCare 9x5xNBD ended on 18 Feb 2028.")
        self.assertContains(over, "repair quote")

    def test_explains_from_which_shipment_support_counts(self):
        self.contract()
        page = self.page(date(2026, 4, 20))
        self.assertContains(page, "The start was chosen: 19 Feb 2026, day 0 after shipment")
        self.assertContains(page, "Support Start Date Policy, S2")
        self.assertContains(page, "Shipment MX-1")

    def test_says_until_when_an_open_start_may_be_chosen(self):
        self.contract(start=LATER)
        self.assertContains(self.page(date(2026, 5, 20)), "or a day chosen until 20 May 2026")
        self.assertNotContains(self.page(date(2026, 5, 21)), "or a day chosen until")

    def test_a_start_to_come_is_no_cover_yet(self):
        self.contract(start=StartChoice(on=date(2026, 5, 20)))
        page = self.page(date(2026, 4, 20))
        self.assertContains(page, "Covered today by warranty")
        self.assertNotContains(page, "warranty and HiCare")
        self.assertContains(page, "HiCare 9x5xNBD starts on 20 May 2026.")

    def test_tells_a_gap_between_contracts(self):
        first = self.contract(months=12)
        workflow.reinstate_contract(
            first,
            workflow.Order(number="HC-2", level=make.make_level(), term_months=12),
            reason="Agreed",
            starts_on=date(2027, 6, 1),
            user=make.make_staff(),
            at=at_noon(date(2027, 6, 1)),
        )
        page = self.page(date(2027, 6, 1))
        self.assertContains(page, "No HiCare contract covers 19 Feb 2027 to 31 May 2027.")

    def test_says_who_calls_under_cocare(self):
        self.contract(level=make.make_level("9x5xNBD-Ship", "cocare"))
        page = self.page(date(2026, 4, 20))
        self.assertContains(page, "Covered today by warranty and CoCare")
        self.assertContains(page, "serves the customer and calls the TAC")
        said = "The partner who holds it serves the customer and escalates to Huawei TAC."
        self.assertContains(page, said)

    def test_says_who_serves_under_hicare(self):
        self.contract()
        page = self.page(date(2026, 4, 20))
        self.assertContains(page, "Huawei serves the customer.")
        self.assertNotContains(page, "The partner who holds it")

    def test_whoever_sees_the_unit_reads_the_level_and_never_number_or_customer(self):
        self.contract(end_customer="Secret Hospital")
        for organization in (self.vap, self.distributor):
            page = self.page(date(2026, 4, 20), organization)
            self.assertContains(page, "HiCare 9x5xNBD")
            self.assertContains(page, "Support contract registered")
            self.assertNotContains(page, "HC-SECRET")
            self.assertNotContains(page, "Secret Hospital")

    def test_a_cancelled_contract_covers_nothing_from_that_day(self):
        contract = self.contract()
        at = at_noon(date(2026, 4, 21))
        workflow.cancel_contract(contract, reason="Sold", user=make.make_staff(), at=at)
        self.assertContains(self.page(date(2026, 4, 21)), "No support contract is registered.")
        page = self.page(date(2026, 4, 22), on="2026-04-20")
        self.assertContains(page, "Covered on this day by warranty and HiCare")

    def test_offers_a_contract_to_who_may_register_one_where_there_is_none(self):
        link = f"/contracts/register/?serial={SERIAL}"
        agent = make.make_user(self.vap)
        with time_machine.travel(AT, tick=False):
            self.client.force_login(agent)
            self.assertContains(self.client.get(reverse("unit", args=[SERIAL])), link)
        self.assertNotContains(self.page(date(2026, 3, 1)), link)  # a viewer
        self.contract()
        with time_machine.travel(AT, tick=False):
            self.client.force_login(agent)
            self.assertNotContains(self.client.get(reverse("unit", args=[SERIAL])), link)


class ApiTests(SupportCase):
    def test_gives_each_contract_with_its_dates_anchor_and_reasons(self):
        self.contract(months=12)
        (line,) = self.facts(date(2026, 4, 20))["support"]
        reasons = line.pop("reasons")
        self.assertEqual(
            line,
            {
                "family": "hicare",
                "level": "9x5xNBD",
                "starts_on": "2026-02-19",
                "ends_on": "2027-02-18",
                "status": "active",
                "anchor_on": "2026-02-19",
                "anchor_from": "distributor",
                "provisional": False,
                "served_by": "huawei",
                "escalates_to": "Huawei TAC",
            },
        )
        self.assertEqual([reason["rule"] for reason in reasons], ["S2", ""])

    def test_derives_the_status_from_the_day_asked_about(self):
        self.contract(months=12)
        days = {
            date(2026, 2, 18): "future",
            date(2026, 2, 19): "active",
            date(2027, 2, 18): "active",
            date(2027, 2, 19): "expired",
        }
        for on, status in days.items():
            with self.subTest(on):
                self.assertEqual(self.facts(on)["support"][0]["status"], status)

    def test_a_unit_without_contracts_costs_no_further_query(self):
        self.facts(date(2026, 4, 20))
        with self.assertNumQueries(4):
            self.facts(date(2026, 4, 20))
        self.contract()
        with self.assertNumQueries(5):
            self.facts(date(2026, 4, 20))

    def test_marks_an_anchor_that_may_still_move(self):
        held = make.make_unit(self.distributor)
        make.make_contract([held], at=AT)
        address = reverse("api:unit", args=[held.serial])
        facts = self.client.get(address, headers=bearer(self.distributor)).json()
        (line,) = facts["support"]
        self.assertEqual((line["anchor_on"], line["provisional"]), (str(SHIPPED_ON), True))

    def test_the_page_costs_one_query_more_with_contracts(self):
        address = reverse("unit", args=[SERIAL])
        with time_machine.travel(at_noon(date(2026, 4, 20)), tick=False):
            self.client.force_login(make.make_user(self.vap))
            with self.assertNumQueries(10):
                self.client.get(address)
            self.contract()
            with self.assertNumQueries(11):
                self.client.get(address)
