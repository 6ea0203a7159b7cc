"""What every reader says of a product's life cycle: page, public check, API, bulk check."""

import io
from datetime import date, timedelta

import time_machine
from django.test import TestCase
from django.urls import reverse

from catalog.enums import MilestoneKind
from catalog.workflow import set_milestones
from partners.enums import OrganizationKind
from portal import drawing
from portal.bulk_check import check_serials
from portal.lifecycle_facts import lifecycles_of
from portal.timeline import Mark
from tests.api import bearer
from tests.builders import (
    at_noon,
    make_organization,
    make_part_number,
    make_policy,
    make_staff,
    make_unit,
    make_user,
    pass_on,
)
from tests.catalog.test_set_milestones import row
from tests.entrance import sign_in
from tests.portal.test_timeline import day, timeline

GA, EOM, EOFS, EOS = MilestoneKind
TODAY = date(2026, 6, 15)
SERIAL = "2102TESTLIFE00000001"


class LifecycleCase(TestCase):
    """A unit of a distributor, shipped on 10 Jan 2026: covered from 10 Apr 2026 to 9 Apr 2027."""

    @classmethod
    def setUpTestData(cls):
        make_policy()
        cls.distributor = make_organization("D1")
        cls.staff = make_staff()
        cls.part = make_part_number("02351234", model="S5735-L24")
        cls.unit = make_unit(cls.distributor, serial=SERIAL, part_number=cls.part)

    def set(self, *, own=False, is_sample=False, **texts):
        rows = [row(self.part, MilestoneKind(kind), text, own=own) for kind, text in texts.items()]
        at = at_noon(date(2026, 3, 1))
        set_milestones(rows, user=self.staff, at=at, cause="Notice 7", is_sample=is_sample)

    def page(self, on=TODAY):
        sign_in(self.client, make_user(self.distributor))
        return self.client.get(reverse("unit", args=[SERIAL]), {"on": on.isoformat()})


class UnitPageTests(LifecycleCase):
    def test_what_is_not_announced_is_said_and_is_not_supported(self):
        page = self.page()
        self.assertContains(page, "No end is announced. This does not say how long it is supported")
        self.assertContains(page, "no date is announced")
        self.assertContains(page, "Not announced")

    def test_every_milestone_is_drawn_named_and_explained(self):
        self.set(eom="2026-06-15", eofs="2028-06", eos="to be announced")
        page = self.page()
        self.assertContains(page, "Past end of marketing")
        self.assertContains(page, "End of full support, Jun 2028")
        self.assertContains(page, "Orders are refused since 15 Jun 2026.")
        self.assertContains(page, "The end of service and support is to be announced.")
        self.assertContains(page, "Product Life Cycle Policy</a>. Notice 7")
        self.assertNotContains(self.page(TODAY - timedelta(days=1)), "Past end of marketing")

    def test_the_end_of_service_and_support_stands_beside_a_warranty_that_ends_later(self):
        self.set(eos="2027-04-08")
        page = self.page()
        self.assertContains(page, "service and support end earlier: 8 Apr 2027")
        self.assertContains(page, "promised until 9 Apr 2027 is longer than service and support")

    def test_it_stays_away_from_a_warranty_that_ends_with_it(self):
        self.set(eos="2027-04-09")
        page = self.page()
        self.assertNotContains(page, "end earlier")
        self.assertNotContains(page, "is longer than")

    def test_sample_dates_say_so(self):
        self.set(eos="2030-01", is_sample=True)
        self.assertContains(self.page(), "sample values, not the vendor&#x27;s")

    def test_a_unit_without_milestones_costs_no_query_for_them(self):
        address = f"/api/v1/units/{SERIAL}"
        with time_machine.travel(at_noon(TODAY), tick=False):
            headers = bearer(self.distributor)
            self.client.get(address, headers=headers)
            with self.assertNumQueries(3):
                self.client.get(address, headers=headers)
            self.set(eos="2030-01")
            with self.assertNumQueries(4):
                self.client.get(address, headers=headers)


class DrawingTests(TestCase):
    MARKS = (
        Mark(day=day(-1), label="General availability, 9 Jan 2026"),
        Mark(day=day(0), label="End of marketing, 10 Jan 2026"),
        Mark(day=day(400), label="End of full support, Feb 2027"),
        Mark(day=day(1000), label="End of service and support, Oct 2028"),
        Mark(day=day(20000), label="Another product, some day"),
    )

    def test_what_lies_on_the_drawing_has_a_diamond_and_a_name(self):
        for draw, diamonds in ((drawing.wide, 4), (drawing.narrow, 3)):
            with self.subTest(draw.__name__):
                svg = draw(timeline(milestones=self.MARKS))
                self.assertEqual(svg.count("b-life"), diamonds)
                self.assertIn("End of service and support, Oct 2028", svg)
                self.assertNotIn("9 Jan 2026", svg)
                self.assertNotIn("Another product", svg)


class PublicCheckTests(LifecycleCase):
    def check(self):
        customer = make_organization("C1", OrganizationKind.END_CUSTOMER)
        pass_on(self.unit, customer, shipped_on=date(2026, 1, 20))
        with time_machine.travel(at_noon(TODAY), tick=False):
            return self.client.get("/check/", {"sn": SERIAL})

    def test_a_stranger_reads_where_the_product_stands(self):
        self.set(eom="2026-06-15", eos="2026-12")
        page = self.check()
        self.assertContains(page, "Past end of marketing")
        self.assertContains(page, "service and support end earlier: Dec 2026")
        self.assertContains(page, "Service and support until the end of Dec 2026.")

    def test_a_stranger_is_not_told_that_the_unannounced_is_supported(self):
        self.assertContains(self.check(), "Not announced")


class ApiTests(LifecycleCase):
    def answer(self, on=TODAY):
        headers = bearer(self.distributor)
        return self.client.get(
            f"/api/v1/units/{SERIAL}", {"on": on.isoformat()}, headers=headers
        ).json()["lifecycle"]

    def test_each_milestone_comes_with_date_precision_and_status(self):
        self.set(ga="2020-01-01", eom="2026-06", eofs="to be announced", is_sample=True)
        answer = self.answer()
        self.assertEqual(answer["status"], "end_announced")
        said = [(m["date"], m["precision"], m["counts_as"], m["status"], m["sample"])
                for m in answer["milestones"]]  # fmt: skip
        self.assertEqual(
            said,
            [
                ("2020-01-01", "day", "2020-01-01", "reached", True),
                ("2026-06", "month", "2026-06-30", "ahead", True),
                (None, "to_be_announced", None, "to_be_announced", True),
                (None, "not_announced", None, "not_announced", False),
            ],
        )
        self.assertEqual(self.answer(date(2026, 6, 30))["status"], "end_of_marketing")

    def test_a_part_numbers_own_milestone_comes_before_its_products(self):
        self.set(eos="2030-01-31", eom="2026-01-31")
        self.set(eos="2026-06-14", own=True)
        answer = self.answer()
        self.assertEqual(answer["status"], "end_of_service_and_support")
        self.assertEqual([m["date"] for m in answer["milestones"]],
                         [None, "2026-01-31", None, "2026-06-14"])  # fmt: skip
        self.assertEqual(
            lifecycles_of([self.unit], on=TODAY)[self.part.pk].status, answer["status"]
        )


class BulkCheckTests(LifecycleCase):
    def status(self, on=TODAY):
        output = io.StringIO(newline="")
        check_serials([SERIAL], output, organization=self.distributor, on=on)
        header, line = output.getvalue().splitlines()
        return line.split(",")[header.split(",").index("lifecycle_status")]

    def test_a_line_says_where_its_product_stands_on_the_day(self):
        self.assertEqual(self.status(), "not_announced")
        self.set(eos="2026-06-14")
        self.assertEqual(self.status(), "end_of_service_and_support")
        self.assertEqual(self.status(date(2026, 6, 14)), "end_announced")
