"""The list of units: filters, orders, pages by key, files, and what cannot be asked."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from time_machine import travel

from audit.trail import SYSTEM
from catalog.enums import MilestoneKind, Precision
from catalog.models import Milestone
from jobs.lists import pages
from partners.enums import Role
from tests.builders import (
    SHIPPED_ON,
    at_noon,
    make_contract,
    make_organization,
    make_part_number,
    make_unit,
    make_user,
)
from tests.support.test_registering import ContractCase
from tests.warranty.night import night
from warranty.enums import ReplacementKind
from warranty.models import Unit, Warranty
from warranty.workflow import replace_unit

DAY = timedelta(days=1)
AT = at_noon(SHIPPED_ON)
CAP = SHIPPED_ON + timedelta(days=90)
TODAY = CAP + timedelta(days=10)


class UnitsCase(ContractCase):
    def setUp(self):
        super().setUp()
        self.reader = make_user(self.vap, Role.VIEWER)

    def unit(self, serial="", customer="", started=True, **fields):
        unit = make_unit(self.vap, serial=serial, **fields)
        Unit.unscoped.filter(pk=unit.pk).update(end_customer=customer)
        if started:
            night(CAP)
        return unit

    def get(self, name="units", on=TODAY, asked=None, **query):
        query |= asked or {}
        with travel(at_noon(on), tick=False):
            self.client.force_login(self.reader)
            response = self.client.get(reverse(name), query)
            if response.streaming:
                response.table = b"".join(response.streaming_content)
            return response

    def shown(self, on=TODAY, **query):
        """Return the serial numbers of a look, and check that its CSV has exactly them."""
        page = self.get(on=on, **query)
        self.assertEqual(page.status_code, 200, page.context["problems"])
        serials = [row.unit.serial for row in page.context["rows"]]
        text = self.get("units-csv", on=on, **query).table.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual([row["serial"] for row in rows], serials)
        return serials


class FilterTests(UnitsCase):
    def test_serial_customer_and_product_narrow_the_list_and_show_as_chips(self):
        part = make_part_number("02350AAA", model="AR2220E")
        self.unit("SN1", customer="Hospital", part_number=part)
        self.unit("SN2", customer="School")
        self.unit("ZZ3", customer="Hospital")
        for query, expected in (
            ({}, ["SN1", "SN2", "ZZ3"]),
            ({"q": "s n-1"}, ["SN1"]),
            ({"customer": "hospital"}, ["SN1", "ZZ3"]),
            ({"product": "ar22"}, ["SN1"]),
            ({"product": "02350aa"}, ["SN1"]),
            ({"customer": "Hospital", "q": "Z"}, ["ZZ3"]),
            ({"customer": "Nobody"}, []),
        ):
            with self.subTest(query=query):
                self.assertEqual(self.shown(**query), expected)
        page = self.get(customer="Hospital", q="Z", sort="-serial")
        chips = {chip.label: chip.url for chip in page.context["chips"]}
        self.assertEqual(chips["Customer"], "?q=Z&sort=-serial")
        self.assertContains(page, 'aria-sort="descending"')

    def test_warranty_and_support_states_split_the_units_without_rest(self):
        self.unit("ACTIVE")
        supported = self.unit("SUPPORTED")
        self.unit("WAITING", shipped_on=TODAY, started=False)
        void = self.unit("VOID")
        Warranty.unscoped.filter(unit=void).update(voided_at=AT, void_reason="Opened")
        make_contract([supported], at=AT)
        states = {s: self.shown(warranty=s) for s in ("active", "pending", "expired", "void")}
        self.assertEqual(
            states,
            {"active": ["ACTIVE", "SUPPORTED"], "pending": ["WAITING"], "expired": [],
             "void": ["VOID"]},
        )  # fmt: skip
        support = {s: self.shown(support=s) for s in ("active", "future", "ended", "none")}
        self.assertEqual(support["active"], ["SUPPORTED"])
        self.assertEqual(support["none"], ["ACTIVE", "VOID", "WAITING"])
        self.assertEqual(support["future"] + support["ended"], [])
        self.assertEqual(self.shown(cover="none"), ["VOID", "WAITING"])
        self.assertEqual(self.shown(cover="any"), ["ACTIVE", "SUPPORTED"])
        last = Warranty.unscoped.get(unit__serial="ACTIVE").ends_on
        self.assertEqual(self.shown(warranty="expired", on=last), [])
        self.assertIn("ACTIVE", self.shown(warranty="expired", on=last + DAY))

    def test_cover_ends_within_days_and_between_days_both_included(self):
        self.unit("SN1")
        last = Warranty.unscoped.get(unit__serial="SN1").ends_on
        self.assertEqual(self.shown(on=last - 60 * DAY, ending="60"), ["SN1"])
        self.assertEqual(self.shown(on=last - 61 * DAY, ending="60"), [])
        self.assertEqual(self.shown(on=last + DAY, ending="60"), [])
        self.assertEqual(self.shown(ends_from=last, ends_to=last), ["SN1"])
        self.assertEqual(self.shown(ends_from=last + DAY), [])
        self.assertEqual(self.shown(ends_to=last - DAY), [])

    def test_without_the_night_a_unit_is_filtered_by_what_its_row_says(self):
        self.unit("LATE", started=False)
        short = make_part_number("02350MON", months=1)
        self.unit("SHORT", started=False, part_number=short)
        last = date(2026, 5, 9)
        for day, late, short in (
            (CAP - DAY, "pending", "pending"),
            (CAP, "active", "active"),
            (CAP + DAY, "active", "active"),
            (last, "active", "active"),
            (last + DAY, "active", "expired"),
        ):
            with self.subTest(day=day):
                rows = self.get(on=day).context["rows"]
                self.assertEqual([row.cover.status for row in rows], [late, short])
                for state in ("pending", "active", "expired", "void"):
                    expected = [s for s, now in (("LATE", late), ("SHORT", short)) if now == state]
                    self.assertEqual(self.shown(on=day, warranty=state), expected)
                covered = [s for s, now in (("LATE", late), ("SHORT", short)) if now == "active"]
                self.assertEqual(self.shown(on=day, cover="any"), covered)
        self.assertEqual(self.shown(on=CAP - DAY, ending="60"), [])
        self.assertEqual(self.shown(on=CAP, ending="29"), ["SHORT"])
        self.assertEqual(self.shown(on=CAP, ending="28"), [])
        self.assertEqual(self.shown(on=last + DAY, ends_from=last, ends_to=last), ["SHORT"])
        self.assertEqual(self.shown(on=last + DAY, ends_from=last + DAY), ["LATE"])
        self.assertFalse(Warranty.unscoped.exists())

    def test_a_start_that_lies_ahead_after_an_exchange_is_not_started_yet(self):
        old, new = self.unit("OLD"), self.unit("NEW")
        replace_unit(
            old=old,
            new=new,
            kind=ReplacementKind.WARRANTY_EXCHANGE,
            replaced_on=CAP,
            cause="Exchange",
            actor=SYSTEM,
            at=at_noon(CAP),
        )
        Warranty.unscoped.filter(unit=new).update(starts_on=TODAY + DAY)
        self.assertEqual(self.shown(warranty="pending"), ["NEW"])
        self.assertEqual(self.shown(warranty="pending", on=TODAY + DAY), [])

    def test_past_a_milestone_counts_on_its_own_day(self):
        part = make_part_number("02350AAA", model="AR2220E")
        self.unit("SN1", part_number=part)
        eos = date(2030, 5, 1)
        Milestone.objects.create(
            product=part.product, kind=MilestoneKind.EOS, precision=Precision.DAY, day=eos,
            cause="PN-1", set_at=AT, set_by="a@example.com",
        )  # fmt: skip
        self.assertEqual(self.shown(past="eos"), [])
        self.assertEqual(self.shown(past="eos", asked={"on": eos}), [])
        self.assertEqual(self.shown(past="eos", asked={"on": eos + DAY}), ["SN1"])
        self.assertEqual(self.shown(past="eos", on=eos + DAY), ["SN1"])
        self.assertContains(self.get(asked={"on": eos}), "Choose under Past", status_code=400)


class LongFilterTests(FilterTests):
    """The same where more match than are gathered: the list is walked in its order."""

    def setUp(self):
        super().setUp()
        self.enterContext(pytest.MonkeyPatch.context()).setattr(pages, "FEW", 0)


class RefusalTests(UnitsCase):
    def test_what_cannot_be_read_is_named_and_shows_nothing(self):
        self.unit("SN1")
        for query, said in (
            ({"custmer": "Hospital"}, "no filter “custmer”"),
            ({"warranty": "actve"}, "Choose one of the words in the list."),
            ({"ending": "soon"}, "Write a number of days from 0 to 3660."),
            ({"ends_from": "1 May"}, "Write the day as 2026-11-20."),
            ({"ends_from": "2026-05-02", "ends_to": "2026-05-01"}, "on or after the first"),
            ({"sort": "customer"}, "no such order"),
            ({"at": "made-up"}, "Begin at its first page."),
            ({"q": ["SN1", "SN2"]}, "twice"),
        ):
            with self.subTest(query=query):
                page = self.get(**query)
                self.assertContains(page, said, status_code=400)
                self.assertNotContains(page, "SN1</a>", status_code=400)
                if "at" not in query:
                    self.assertEqual(self.get("units-csv", **query).status_code, 400)

    def test_units_of_others_are_in_nobodys_list_or_file(self):
        make_unit(make_organization("OTHER"), serial="FOREIGN")
        self.assertEqual(self.shown(), [])
        self.assertContains(self.get(), "No units yet.")
        ticked = self.get("units-selected", serial="FOREIGN")
        self.assertContains(ticked, "No unit is ticked.", status_code=400)


class PageTests(UnitsCase):
    def by_twos(self):
        usual, pages.PER_PAGE = pages.PER_PAGE, 2
        self.addCleanup(setattr, pages, "PER_PAGE", usual)

    def follow(self, address):
        with travel(at_noon(TODAY), tick=False):
            return self.client.get(reverse("units") + address)

    def walk(self, **query):
        """Go to the last page and back, and check that both ways show the same pages."""
        there, back = [], []
        page = self.get(**query)
        while True:
            there.append([row.unit.serial for row in page.context["rows"]])
            if not page.context["later"]:
                break
            page = self.follow(page.context["later"])
        while page.context["earlier"]:
            page = self.follow(page.context["earlier"])
            back.append([row.unit.serial for row in page.context["rows"]])
        self.assertEqual(back[::-1], there[:-1])
        return [serial for rows in there for serial in rows]

    def test_every_order_shows_each_unit_once_both_ways(self):
        for number in range(5):
            self.unit(f"SN{number}", shipped_on=SHIPPED_ON - number * DAY)
        self.unit("SN5", shipped_on=TODAY, started=False)
        self.unit("SN6", shipped_on=TODAY, started=False)
        expected = {
            "serial": "0123456", "-serial": "6543210", "ends": "4321056", "-ends": "0123465",
        }  # fmt: skip
        self.by_twos()
        for sort, order in expected.items():
            for narrowed in ({}, {"q": "SN"}):
                with self.subTest(sort=sort, **narrowed):
                    listed = self.walk(sort=sort, **narrowed)
                    self.assertEqual(listed, [f"SN{number}" for number in order])

    def test_a_page_goes_on_where_the_row_before_it_is_gone(self):
        for number in range(4):
            self.unit(f"SN{number}", customer="Bank")
        self.by_twos()
        page = self.get(customer="bank")
        Unit.unscoped.filter(serial="SN1").update(end_customer="Another")
        page = self.follow(page.context["later"])
        self.assertEqual([row.unit.serial for row in page.context["rows"]], ["SN2", "SN3"])
        self.assertEqual(page.context["count"], 3)
        page = self.follow(page.context["earlier"])
        self.assertEqual([row.unit.serial for row in page.context["rows"]], ["SN0"])

    def test_three_units_cost_as_many_queries_as_one(self):
        counts = []
        for serials in (["SN1"], ["SN2", "SN3"]):
            for serial in serials:
                unit = self.unit(serial, part_number=make_part_number(f"0235{serial}"))
                make_contract([unit], at=AT)
            self.get()
            clock = travel(at_noon(TODAY), tick=False)
            with clock, CaptureQueriesContext(connection) as queries:
                self.client.get(reverse("units"))
            counts.append(len(queries))
        self.assertEqual(counts, [8, 8])


class FileTests(UnitsCase):
    def test_files_keep_zeros_and_run_no_formula(self):
        self.unit("0012", customer="=1+1", part_number=make_part_number("000350"))
        text = self.get("units-csv").table.decode("utf-8-sig")
        row = next(iter(csv.DictReader(io.StringIO(text))))
        self.assertEqual(
            (row["serial"], row["part_number"], row["customer"]), ("0012", "000350", "'=1+1")
        )
        book = load_workbook(io.BytesIO(self.get("units-xlsx").table))
        cells = [[cell.value for cell in line] for line in book.active.iter_rows()]
        self.assertEqual(dict(zip(*cells, strict=True))["serial"], "0012")

    def test_ticked_units_become_a_contract_form_or_a_check(self):
        self.unit("SN1")
        page = self.get("units-selected", serial=["SN1", "FOREIGN"])
        self.assertContains(page, "1 unit ticked")
        agent = self.get("units-selected", serial="SN1")
        self.assertNotContains(agent, "Register a contract")
        self.reader = make_user(self.vap)
        self.assertContains(self.get("units-selected", serial="SN1"), "Register a contract")
        form = {"serials": "SN1", "term_months": "12", "change": "yes"}
        with travel(at_noon(TODAY), tick=False):
            self.assertContains(self.client.post(reverse("contract-new"), form), "SN1")
