"""The coverage plan: what covers each unit of a customer, what is missing, what ends."""

import csv
import io
from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from catalog.enums import MilestoneKind, Precision
from catalog.models import Milestone
from support import workflow
from support.planning import StartChoice
from tests.builders import (
    SHIPPED_ON,
    at_noon,
    make_contract,
    make_organization,
    make_staff,
    make_unit,
    make_user,
    pass_on,
)
from tests.support.test_registering import ContractCase
from warranty.models import Unit

DAY = timedelta(days=1)
AT = at_noon(SHIPPED_ON)
TODAY = date(2026, 6, 1)


class PlanCase(ContractCase):
    def setUp(self):
        super().setUp()
        self.reader = make_user(self.vap)

    def unit(self, customer="Hospital", **fields):
        unit = make_unit(self.vap, **fields)
        Unit.unscoped.filter(pk=unit.pk).update(end_customer=customer)
        return unit

    def get(self, name="coverage-plan", on=TODAY, **query):
        with travel(at_noon(on), tick=False):
            self.client.force_login(self.reader)
            response = self.client.get(reverse(name), query)
            if response.streaming:
                response.table = b"".join(response.streaming_content).decode("utf-8-sig")
            return response

    def shown(self, show, on=TODAY, **query):
        """Return the serial numbers that a tab shows, and check that the table has the same."""
        page = self.get(on=on, show=show, **query)
        serials = [row["row"].unit.serial for row in page.context["rows"]]
        table = self.get("coverage-table", on=on, show=show, **query).table
        rows = list(csv.DictReader(io.StringIO(table)))
        self.assertEqual(list(dict.fromkeys(row["serial"] for row in rows)), serials)
        return serials


class CustomersTests(PlanCase):
    def test_each_customer_says_how_many_units_are_covered_missing_and_ending(self):
        covered, ending = self.unit(), self.unit()
        self.unit("School")
        make_contract([covered], at=AT)
        make_contract([ending], at=AT, months=6)
        page = self.get("coverage")
        told = [
            (row["name"], row["units"], row["supported"], row["open"], row["ending"])
            for row in page.context["rows"]
        ]
        self.assertEqual(told, [("Hospital", 2, 2, 0, 1), ("School", 1, 0, 1, 0)])

    def test_units_of_others_are_in_nobodys_plan(self):
        make_unit(make_organization("OTHER"))
        self.assertEqual(self.get("coverage").context["rows"], [])
        self.assertEqual(self.shown(""), [])

    def test_units_without_a_customer_have_a_plan_too(self):
        unit = self.unit("")
        self.unit("Hospital")
        self.assertEqual(self.shown("", customer=""), [unit.serial])
        self.assertContains(self.get("coverage"), "Customer not recorded")


class TabsTests(PlanCase):
    def test_without_a_contract_on_the_day_before_it_starts_and_after_it_ends(self):
        unit = self.unit()
        start = SHIPPED_ON + 20 * DAY
        contract = make_contract([unit], at=AT, start=StartChoice(on=start), months=1)
        end = contract.lines.get().ends_on
        for on, is_open in ((start - DAY, 1), (start, 0), (end, 0), (end + DAY, 1)):
            with self.subTest(on):
                self.assertEqual(len(self.shown("open", on=on)), is_open)

    def test_ending_from_90_days_before_to_the_last_covered_day(self):
        make_contract([self.unit()], at=AT)
        end = date(2027, 1, 9)
        for on, shown in ((end - 91 * DAY, 0), (end - 90 * DAY, 1), (end, 1), (end + DAY, 0)):
            with self.subTest(on):
                self.assertEqual(len(self.shown("ending", on=on)), shown)

    def test_a_gap_is_a_day_that_neither_of_two_contracts_covers(self):
        seamless, gapped = self.unit(), self.unit()
        for unit, starts_on in ((seamless, date(2026, 2, 10)), (gapped, date(2026, 2, 11))):
            make_contract([unit], at=AT, months=1)  # until 9 Feb 2026
            make_contract([unit], at=AT, start=StartChoice(on=starts_on), months=1)
        self.assertEqual(self.shown("gaps"), [gapped.serial])
        self.assertContains(self.get(show="gaps"), "No HiCare contract covers 10 Feb 2026.")

    def test_an_overlap_is_a_day_that_both_cover(self):
        beside, over = self.unit(), self.unit()
        for unit, starts_on in ((beside, date(2026, 2, 10)), (over, date(2026, 2, 9))):
            first = make_contract([unit], at=AT, months=1)
            workflow.allow_overlap(first, reason="Sold", user=make_staff(), at=AT)
            make_contract([unit], at=AT, start=StartChoice(on=starts_on), months=1)
        self.assertEqual(self.shown("overlaps"), [over.serial])
        self.assertContains(self.get(show="overlaps"), "More than one HiCare contract covers 9 Feb")

    def test_past_the_end_of_service_by_a_day(self):
        units = [self.unit(), self.unit()]
        make_contract(units, at=AT)
        for unit, day in zip(units, (date(2027, 1, 9), date(2027, 1, 8)), strict=True):
            Milestone.objects.create(
                product=unit.part_number.product, kind=MilestoneKind.EOS, set_by="staff",
                precision=Precision.DAY, day=day, cause="LC-1", set_at=AT,
            )  # fmt: skip
        self.assertEqual(self.shown("past-service"), [units[1].serial])
        self.assertContains(self.get(show="past-service"), "past the product&#x27;s end of service")

    def test_a_cancelled_contract_covers_nothing_in_any_tab(self):
        unit = self.unit()
        contract = make_contract([unit], at=AT)
        workflow.cancel_contract(contract, reason="Sold", user=make_user(self.vap), at=AT)
        self.assertEqual(self.shown("open"), [unit.serial])
        self.assertEqual(self.shown("ending", on=date(2027, 1, 1)), [])


class RowsTests(PlanCase):
    def test_a_row_has_the_dates_of_warranty_and_contracts_and_a_drawing(self):
        unit = self.unit()
        make_contract([unit], at=AT)
        page = self.get(customer="Hospital")
        self.assertContains(page, unit.serial)
        for said in ("10 Jan 2026", "9 Jan 2027", "10 Apr 2026", 'class="tl cover"'):
            self.assertContains(page, said)

    def test_a_contract_of_another_holder_is_told_without_its_number(self):
        distributor = make_organization("D9")
        unit = make_unit(distributor)
        pass_on(unit, self.vap, shipped_on=SHIPPED_ON)
        make_contract([unit], at=AT, number="SECRET-1")
        self.assertIn("SECRET-1", self.get("coverage-table").table)
        self.reader = make_user(distributor)
        table = self.get("coverage-table").table
        self.assertIn("HiCare 9x5xNBD", table)
        self.assertNotIn("SECRET-1", table)

    def test_a_page_costs_the_same_for_two_units_and_for_forty(self):
        counts = []
        for more in (2, 38):
            make_contract([self.unit() for _ in range(more)], at=AT)
            for name in ("coverage-plan", "coverage"):
                self.get(name)
                with CaptureQueriesContext(connection) as queries:
                    self.get(name)
                counts.append(len(queries))
        self.assertEqual(counts[:2], counts[2:])

    def test_an_address_that_is_mistyped_shows_everything_or_nothing_and_never_fails(self):
        unit = self.unit()
        self.assertEqual(self.shown("colour"), [unit.serial])
        self.assertEqual(self.shown("", customer="No\x07body"), [])
