"""The list of reports: filters, orders, files, and what it costs."""

import csv
import io
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from partners.enums import Role
from tests import builders as make
from tests.entrance import sign_in
from tests.warranty.test_shipment_pages import ShipmentCase
from warranty.enums import ReportStatus
from warranty.models import InstallationReport

SIGNED = make.SHIPPED_ON + timedelta(days=20)
LATER = SIGNED + timedelta(days=5)


class ListTests(ShipmentCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        first, second, third, fourth = cls.units
        make.make_report([first, second], signed_on=SIGNED, number="OUR-1")
        make.make_report(
            [third], signed_on=LATER, number="OUR-2", status=ReportStatus.ACCEPTED,
            organization=cls.dist,
        )  # fmt: skip
        make.make_report([first], signed_on=LATER, number="OUR-3", status=ReportStatus.SENT_BACK)
        make.make_report([fourth], signed_on=LATER, number="0012", organization=cls.dist)
        InstallationReport.unscoped.filter(number="OUR-1").update(submitted_by="pat@vap.example")

    def ask(self, name="reports", **query):
        response = self.client.get(reverse(name), query)
        if response.streaming:
            response.table = b"".join(response.streaming_content)
        return response

    def shown(self, **query):
        """Return the numbers that the page shows, and check that its CSV has exactly them."""
        page = self.ask(**query)
        self.assertEqual(page.status_code, 200, page.context["problems"])
        numbers = [row.report.number for row in page.context["rows"]]
        text = self.ask("reports-csv", **query).table.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual([row["number"] for row in rows], numbers)
        return numbers

    def test_each_filter_narrows_the_list_and_comes_off_as_a_chip(self):
        sign_in(self.client, make.make_staff())
        self.as_person_of(self.vap, Role.VIEWER)
        for query, expected in (
            ({}, ["OUR-3", "OUR-1"]),
            ({"q": "our-3"}, ["OUR-3"]),
            ({"status": "submitted"}, ["OUR-1"]),
            ({"status": "accepted"}, []),
            ({"signed_from": LATER}, ["OUR-3"]),
            ({"signed_to": LATER - timedelta(days=1)}, ["OUR-1"]),
            ({"serial": "2102-page1"}, ["OUR-1"]),
            ({"serial": "2102PAGE"}, []),
            ({"shipment": "d-1"}, ["OUR-3", "OUR-1"]),
            ({"shipment": "H-1/7"}, []),
            ({"submitter": "PAT@"}, ["OUR-1"]),
            ({"sort": "signed"}, ["OUR-1", "OUR-3"]),
            ({"sort": "-number"}, ["OUR-3", "OUR-1"]),
        ):
            with self.subTest(query=query):
                self.assertEqual(self.shown(**query), expected)
        chips = {
            chip.label: chip.url for chip in self.ask(q="x", status="sent_back").context["chips"]
        }
        self.assertEqual(
            chips, {"Report number begins with": "?status=sent_back", "Status": "?q=x"}
        )

    def test_huawei_sees_all_and_narrows_by_organization_which_nobody_else_may(self):
        sign_in(self.client, make.make_staff())
        self.assertEqual(len(self.shown()), 4)
        self.assertEqual(self.shown(organization="dist"), ["OUR-2", "0012"][::-1])
        self.as_person_of(self.dist)
        self.assertContains(self.ask(organization="dist"), "no filter", status_code=400)

    def test_what_cannot_be_read_is_named_and_shows_nothing(self):
        self.as_person_of(self.vap)
        for query, said in (
            ({"status": "gone"}, "Choose one of the words in the list."),
            ({"signed_from": LATER, "signed_to": SIGNED}, "on or after the first"),
            ({"sort": "units"}, "no such order"),
        ):
            with self.subTest(query=query):
                page = self.ask(**query)
                self.assertContains(page, said, status_code=400)
                self.assertNotContains(page, "OUR-1", status_code=400)
                self.assertEqual(self.ask("reports-xlsx", **query).status_code, 400)

    def test_each_emptiness_says_what_it_means(self):
        self.as_person_of(self.other)
        self.assertContains(self.ask(), "Hand in your first report")
        self.as_person_of(self.dist)
        self.assertContains(self.ask(status="sent_back"), "Nothing to do: no report here")
        self.assertContains(self.ask(q="none"), "No report matches.")

    def test_the_workbook_keeps_zeros_and_a_full_page_costs_what_one_row_does(self):
        self.as_person_of(self.dist)
        book = load_workbook(io.BytesIO(self.ask("reports-xlsx", q="00").table))
        self.assertEqual([cell.value for cell in book.active["A"]], ["number", "0012"])
        counts = []
        for number in (2, 3, 51):
            while InstallationReport.unscoped.filter(organization=self.dist).count() < number:
                make.make_report([self.units[3]], signed_on=LATER, organization=self.dist)
            with CaptureQueriesContext(connection) as queries:
                page = self.ask()
            counts.append(len(queries))
        self.assertEqual((len(page.context["rows"]), page.context["count"]), (50, 51))
        self.assertEqual(len(set(counts)), 1, "a count beyond the page costs nothing")
        self.assertLessEqual(counts[0], 7)
