"""The list of shipments: filters, orders, pages by key, files, and what ticked ones lead to."""

import csv
import io
from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from time_machine import travel

from partners.enums import OrganizationKind, Role
from tests import builders as make
from tests.entrance import sign_in
from tests.warranty.test_shipment_pages import DAY, ShipmentCase, without_tokens
from warranty.enums import ReportStatus

CAP = make.SHIPPED_ON + timedelta(days=90)


class ListCase(ShipmentCase):
    def ask(self, name="shipments", on=CAP, **query):
        with travel(make.at_noon(on), tick=False):
            response = self.client.get(reverse(name), query)
            if response.streaming:
                response.table = b"".join(response.streaming_content)
            return response

    def shown(self, **query):
        """Return the numbers that the page shows, and check that its CSV has exactly them."""
        page = self.ask(**query)
        self.assertEqual(page.status_code, 200, page.context["problems"])
        numbers = [row.shipment.number for row in page.context["rows"]]
        self.assertEqual([row["number"] for row in self.table(**query)], numbers)
        return numbers

    def table(self, name="shipments-csv", **query):
        text = self.ask(name, **query).table.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))


class FilterTests(ListCase):
    def test_each_end_finds_its_shipments_and_nobody_else(self):
        seen = {"DIST": ["D-1", "H-1/7"], "VAP": ["D-1"], "OTHER": [], "HUAWEI": ["D-1", "H-1/7"]}
        for organization in (self.dist, self.vap, self.other, make.make_huawei()):
            is_huawei = organization.is_huawei
            self.as_person_of(organization, Role.STAFF if is_huawei else Role.VIEWER)
            with self.subTest(organization.code):
                self.assertEqual(self.shown(), seen[organization.code])

    def test_each_filter_narrows_the_list_and_comes_off_as_a_chip(self):
        self.as_person_of(self.dist)
        both = ["D-1", "H-1/7"]
        for query, expected in (
            ({"q": "h-1"}, ["H-1/7"]),
            ({"q": "2102-page0"}, both),
            ({"q": "2102PAGE3"}, ["H-1/7"]),
            ({"q": "PAGE"}, []),
            ({"leg": "distributor"}, ["D-1"]),
            ({"shipped_from": DAY}, ["D-1"]),
            ({"shipped_from": DAY + timedelta(days=1)}, []),
            ({"shipped_to": make.SHIPPED_ON}, ["H-1/7"]),
            ({"shipped_to": make.SHIPPED_ON - timedelta(days=1)}, []),
            ({"shipper": "huawei"}, ["H-1/7"]),
            ({"shipper": "dist ex"}, ["D-1"]),
            ({"consignee": "vap"}, ["D-1"]),
            ({"consignee": "Example"}, []),
            ({"sort": "shipped"}, both[::-1]),
            ({"sort": "number"}, both),
        ):
            with self.subTest(query=query):
                self.assertEqual(self.shown(**query), expected)
        page = self.ask(q="D", leg="distributor", sort="number")
        chips = {(chip.label, chip.value): chip.url for chip in page.context["chips"]}
        self.assertEqual(chips["Shipped", "By a distributor"], "?q=D&sort=number")

    def test_day_90_is_near_from_its_own_day_back_on_both_legs(self):
        self.as_person_of(self.dist)
        both, day = ["D-1", "H-1/7"], timedelta(days=1)
        for on, ninety, expected in (
            (CAP, 0, both),
            (CAP - 30 * day, 30, both),
            (CAP - 31 * day, 30, []),
            (CAP + day, 90, []),
        ):
            with self.subTest(on=on):
                self.assertEqual(self.shown(on=on, ninety=ninety), expected)
        self.assertContains(self.ask(on=CAP + day, ninety=9), "Nothing to do: no shipment of")

    def test_a_report_is_missing_until_one_waits_for_each_unit_with_service(self):
        self.as_person_of(self.dist)
        self.assertEqual(self.shown(report="missing"), ["D-1", "H-1/7"])
        make.make_report(self.units[:2], signed_on=DAY, status=ReportStatus.SUBMITTED)
        self.assertEqual(self.shown(report="missing"), ["H-1/7"])
        self.assertEqual(self.shown(report="complete"), ["D-1"])
        self.assertContains(self.ask(), "1 of 3 missing")
        make.make_report(self.units[2:3], signed_on=DAY, status=ReportStatus.SENT_BACK)
        self.assertEqual(self.shown(report="missing"), ["H-1/7"])

    def test_what_cannot_be_read_is_named_and_shows_nothing(self):
        self.as_person_of(self.dist)
        for query, said in (
            ({"page": "2"}, "no filter “page”"),
            ({"leg": "nonsense"}, "Choose one of the words in the list."),
            ({"ninety": "91"}, "Write a number of days from 0 to 90."),
            ({"shipped_from": "2026-05-02", "shipped_to": "2026-05-01"}, "on or after the first"),
            ({"sort": "units"}, "no such order"),
        ):
            with self.subTest(query=query):
                page = self.ask(**query)
                self.assertContains(page, said, status_code=400)
                self.assertNotContains(page, "H-1/7", status_code=400)
                self.assertEqual(self.ask("shipments-csv", **query).status_code, 400)

    def test_an_empty_list_says_what_fills_it(self):
        self.as_person_of(self.other)
        self.assertContains(self.ask(), "Upload your shipments")
        self.as_person_of(self.dist)
        self.assertContains(self.ask(q="nothing"), "No shipment matches.")
        self.as_person_of(make.make_organization(kind=OrganizationKind.VAR))
        page = self.ask(ninety=30)
        self.assertContains(page, "No shipment yet.")
        self.assertNotContains(page, reverse("shipment-upload"))

    def test_a_foreign_serial_number_finds_what_an_unknown_one_finds(self):
        self.as_person_of(self.other)
        pages = [
            without_tokens(self.ask(q=serial).content.decode()).replace(serial, "SERIAL")
            for serial in ("2102PAGE0", "2102PAGX0")
        ]
        self.assertEqual(*pages)


class PageTests(ListCase):
    def test_fifty_a_page_and_every_page_costs_the_same_queries(self):
        counts = []
        self.as_person_of(self.other)
        for n in range(51):
            shipment = make.make_shipment(
                self.other, number=f"N-{n:02}", shipped_on=date(2026, 1, 1 + n % 28)
            )
            if n < 3 or n == 50:
                make.make_unit(shipment=shipment, installation_service=True)
                with CaptureQueriesContext(connection) as queries:
                    page = self.ask()
                counts.append(len(queries))
        self.assertEqual(len(set(counts)), 1, "a count beyond the page costs nothing")
        with CaptureQueriesContext(connection) as frame:
            self.ask("policies")
        self.assertLessEqual(counts[3] - len(frame), 8)
        with travel(make.at_noon(CAP), tick=False):
            rest = self.client.get(reverse("shipments") + page.context["later"])
        self.assertEqual([row.shipment.number for row in rest.context["rows"]], ["N-00"])

    def test_files_keep_zeros_run_no_formula_and_agree(self):
        self.as_person_of(self.other)
        make.make_shipment(self.other, number="=1+1")
        make.make_unit(shipment=make.make_shipment(self.other, number="0012"))
        rows = {row["number"]: row for row in self.table()}
        self.assertEqual(set(rows), {"'=1+1", "0012"})
        self.assertEqual((rows["0012"]["units"], rows["0012"]["first_day_90"]), ("1", str(CAP)))
        book = load_workbook(io.BytesIO(self.ask("shipments-xlsx", sort="-number").table))
        self.assertEqual([line[0].value for line in book.active.iter_rows(min_row=2)][1], "0012")


class TickedTests(ListCase):
    def ticked(self, name="shipments-selected", *shipments):
        return self.ask(name, shipment=[s.reference for s in shipments])

    def test_leads_to_a_report_of_what_needs_one_and_to_a_contract(self):
        self.as_person_of(self.dist)
        page = self.ticked("shipments-selected", self.first, self.onward)
        self.assertContains(page, "4 units of yours are in them.")
        self.assertEqual(page.context["missing"].split(), [u.serial for u in self.units[:3]])
        self.assertEqual(page.context["serials"].split(), [u.serial for u in self.units])
        form = self.client.post(
            reverse("report-new"), {"begin": "yes", "serials": page.context["missing"]}
        )
        self.assertContains(form, self.units[2].serial)
        self.assertNotContains(form, "Enter the date")
        self.as_person_of(self.dist, Role.VIEWER)
        viewer = self.ticked("shipments-selected", self.first)
        self.assertNotContains(viewer, reverse("report-new"))
        self.assertNotContains(viewer, reverse("contract-new"))

    def test_saves_each_unit_once_with_its_report_and_warranty(self):
        self.as_person_of(self.dist)
        rows = self.table(
            "shipments-selected-csv", shipment=[self.first.reference, self.onward.reference]
        )
        self.assertEqual([row["serial"] for row in rows], [u.serial for u in self.units])
        self.assertEqual([row["shipment"] for row in rows], ["D-1", "D-1", "H-1/7", "H-1/7"])
        self.assertEqual((rows[0]["report"], rows[3]["report"]), ("None yet", "Not needed"))
        self.assertEqual(rows[0]["warranty_starts_on"], str(CAP))

    def test_nothing_ticked_or_nothing_of_yours_says_what_to_do(self):
        sign_in(self.client, make.make_user(self.other, Role.VIEWER))
        for ticked in ([], [self.first]):
            page = self.ticked("shipments-selected", *ticked)
            self.assertContains(page, "Tick at least one shipment", status_code=400)
            table = self.ticked("shipments-selected-csv", *ticked)
            self.assertContains(table, "Tick at least one shipment", status_code=400)
