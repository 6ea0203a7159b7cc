"""The list of disputes: filters, orders, files, and what it costs."""

import csv
import io
from datetime import timedelta

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from partners.enums import OrganizationKind
from tests import builders as make
from tests.builders import CAP_ON, at_noon
from tests.entrance import sign_in
from warranty.enums import DisputeStatus
from warranty.models import Dispute, FormerSerial

LATER = CAP_ON + timedelta(days=3)


class ListTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make.make_policy()
        cls.holder = make.make_organization("VAR1", OrganizationKind.VAR)
        cls.other = make.make_organization("VAR2", OrganizationKind.VAR)
        cls.agent = make.make_user(cls.holder)
        cls.unit = make.make_unit(cls.holder, serial="2102LIST1")
        second = make.make_unit(cls.holder, serial="2102LIST2")
        FormerSerial.unscoped.create(unit=second, serial="2102WAS2", until=at_noon(CAP_ON))
        cls.ended = cls.report(cls.unit)
        Dispute.unscoped.update(status=DisputeStatus.ANSWERED, decided_at=at_noon(LATER))
        cls.serial = cls.report(second, at=LATER, subject="serial", claimed="2102LIST9")
        cls.foreign = cls.report(make.make_unit(cls.other), cls.other)

    @classmethod
    def report(cls, unit, organization=None, *, at=CAP_ON, **how):
        organization = organization or cls.holder
        user = cls.agent if organization == cls.holder else None
        return make.make_dispute(unit, organization, user=user, at=at_noon(at), **how)

    def setUp(self):
        sign_in(self.client, self.agent)

    def ask(self, name="disputes", **query):
        response = self.client.get(reverse(name), query)
        if response.streaming:
            response.table = b"".join(response.streaming_content)
        return response

    def shown(self, **query):
        """Return what the page shows, and check that its CSV has exactly that."""
        page = self.ask(**query)
        self.assertEqual(page.status_code, 200, page.context["problems"])
        found = [row["dispute"] for row in page.context["rows"]]
        text = self.ask("disputes-csv", **query).table.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual([row["dispute"] for row in rows], [each.reference for each in found])
        return found

    def test_each_filter_narrows_the_list_and_comes_off_as_a_chip(self):
        ended, serial = self.ended, self.serial
        for query, expected in (
            ({}, [serial, ended]),
            ({"q": ended.reference.lower()}, [ended]),
            ({"q": self.foreign.reference}, []),
            ({"status": "answered"}, [ended]),
            ({"subject": "serial"}, [serial]),
            ({"serial": "2102-list1"}, [ended]),
            ({"serial": "2102was2"}, [serial]),
            ({"serial": "2102LIST"}, []),
            ({"reported_from": LATER}, [serial]),
            ({"reported_to": LATER - timedelta(days=1)}, [ended]),
            ({"sort": "reported"}, [ended, serial]),
            ({"sort": "number"}, sorted((ended, serial), key=lambda each: each.reference)),
        ):
            with self.subTest(query=query):
                self.assertEqual(self.shown(**query), expected)
        chips = {chip.label: chip.url for chip in self.ask(q="x", status="open").context["chips"]}
        self.assertEqual(
            chips, {"Dispute number begins with": "?status=open", "Status": "?q=x"}
        )  # fmt: skip

    def test_huawei_sees_all_and_narrows_by_organization_which_nobody_else_may(self):
        self.assertContains(self.ask(organization="var1"), "no filter", status_code=400)
        sign_in(self.client, make.make_staff())
        self.assertEqual(len(self.shown()), 3)
        self.assertEqual(self.shown(organization="var2"), [self.foreign])

    def test_what_cannot_be_read_is_named_and_shows_nothing(self):
        for query, said in (
            ({"status": "gone"}, "Choose one of the words in the list."),
            ({"reported_from": LATER, "reported_to": CAP_ON}, "on or after the first"),
            ({"page": "2"}, "no filter"),
        ):
            with self.subTest(query=query):
                page = self.ask(**query)
                self.assertContains(page, said, status_code=400)
                self.assertNotContains(page, self.ended.reference, status_code=400)
                self.assertEqual(self.ask("disputes-xlsx", **query).status_code, 400)

    def test_each_emptiness_says_what_it_means(self):
        self.assertContains(self.ask(q="none"), "No dispute matches.")
        Dispute.unscoped.filter(pk=self.serial.pk).delete()
        self.assertContains(self.ask(status="open"), "Nothing to do: no dispute waits")
        sign_in(self.client, make.make_user(make.make_organization()))
        self.assertContains(self.ask(), "Nothing is disputed.")

    def test_the_workbook_has_what_is_filtered_and_a_full_page_costs_what_one_row_does(self):
        book = load_workbook(io.BytesIO(self.ask("disputes-xlsx", status="answered").table))
        cells = [cell.value for cell in book.active["A"]]
        self.assertEqual(cells, ["dispute", self.ended.reference])
        counts = []
        for number in (2, 3, 51):
            while (have := Dispute.unscoped.filter(organization=self.holder).count()) < number:
                copy = Dispute.unscoped.get(pk=self.ended.pk)
                copy.pk, copy.reference = None, f"DSP-{have}"
                copy.save(force_insert=True)
            with CaptureQueriesContext(connection) as queries:
                page = self.ask()
            counts.append(len(queries))
        self.assertEqual((len(page.context["rows"]), page.context["count"]), (50, 51))
        self.assertEqual(len(set(counts)), 1, "a count beyond the page costs nothing")
        self.assertLessEqual(counts[0], 6)
