"""The list of cases: filters, files, empty states, and what it costs."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from doa import workflow
from doa.enums import CaseStatus
from doa.filters import CaseFilter, named
from doa.models import Case, CaseLine
from tests import builders as make
from tests import builders_cases as cases
from tests.builders_cases import SUBMITTED_AT
from tests.doa.test_case_pages import CaseCase
from tests.entrance import sign_in

DAY = timedelta(days=1)


class ListTests(CaseCase):
    def make(self, status=CaseStatus.SUBMITTED, **more):
        return cases.make_case(status, **{"organization": self.holder, "user": self.agent, **more})

    def ask(self, name="cases", **query):
        response = self.client.get(reverse(name), query)
        if response.streaming:
            response.table = b"".join(response.streaming_content)
        return response

    def shown(self, **query):
        """Return the cases that the page shows, and check that its CSV has exactly them."""
        page = self.ask(**query)
        self.assertEqual(page.status_code, 200, page.context["problems"])
        found = [row["case"].reference for row in page.context["rows"]]
        text = self.ask("cases-csv", **query).table.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual([row["case"] for row in rows], found)
        return found

    def test_each_filter_narrows_the_list_and_comes_off_as_a_chip(self):
        called = self.make().reference
        closed = self.make(CaseStatus.CLOSED)
        reviewed = self.make(CaseStatus.IN_REVIEW)
        Case.unscoped.filter(pk=reviewed.pk).update(
            created_at=SUBMITTED_AT + 2 * DAY, title="Rack 4", site="Harbor"
        )
        serial = CaseLine.unscoped.get(case=closed).unit.serial
        sign_in(self.client, make.make_user(make.make_organization("D2"), "manager"))
        self.assertEqual(self.shown(), [])
        sign_in(self.client, self.agent)
        closed, reviewed = closed.reference, reviewed.reference
        begun = (SUBMITTED_AT + DAY).date()
        for query, expected in (
            ({}, [reviewed, closed, called]),
            ({"sort": "created"}, [called, closed, reviewed]),
            ({"sort": "-case"}, sorted([called, closed, reviewed], reverse=True)),
            ({"view": "needs-you"}, [called]),
            ({"view": "open"}, [reviewed, called]),
            ({"view": "closed"}, [closed]),
            ({"q": called.lower()}, [called]),
            ({"q": "rack"}, [reviewed]),
            ({"q": "harb"}, [reviewed]),
            ({"q": closed[-7:]}, [closed]),
            ({"q": serial, "view": "open"}, []),
            ({"q": serial.lower()}, [closed]),
            ({"q": serial[:3]}, []),
            ({"remedy": "doa_replacement"}, [closed]),
            ({"remedy": "none"}, []),
            ({"created_from": begun}, [reviewed]),
            ({"created_to": begun}, [closed, called]),
            ({"view": "open", "created_from": begun}, [reviewed]),
        ):
            with self.subTest(query=query):
                self.assertEqual(self.shown(**query), expected)
        chips = {chip.label: chip.url for chip in self.ask(view="open", q="x").context["chips"]}
        self.assertEqual(sorted(chips.values()), ["?q=x", "?view=open"])

    def test_a_day_is_that_of_the_zone_in_which_the_list_is_read(self):
        """Midnight of November 3 in Chicago is six o'clock in UTC; the files follow the page."""
        before, at = self.make(), self.make()
        midnight = datetime(2026, 11, 3, 6, tzinfo=UTC)
        for case, instant in ((before, midnight - timedelta(microseconds=1)), (at, midnight)):
            Case.unscoped.filter(pk=case.pk).update(created_at=instant)
        before, at = before.reference, at.reference
        for query, expected in (
            ({"created_from": "2026-11-03"}, [at]),
            ({"created_to": "2026-11-02"}, [before]),
            ({"created_from": "2026-11-02", "created_to": "2026-11-03"}, [at, before]),
            ({"created_from": "2026-11-04"}, []),
            ({"created_to": "2026-11-01"}, []),
            ({"created_from": "0001-01-01", "created_to": "9999-12-31"}, [at, before]),
            ({"created_to": "0001-01-01"}, []),
            ({"created_from": "9999-12-31"}, []),
        ):
            with self.subTest(query=query):
                self.assertEqual(self.shown(**query), expected)

    def test_a_case_whose_unit_is_awaited_needs_its_applicant(self):
        case = self.make(CaseStatus.FULFILLING)
        self.assertEqual(self.shown(view="needs-you"), [])
        line = CaseLine.unscoped.get(case=case)
        cases.send(line, staff=make.make_staff(), at=SUBMITTED_AT + DAY)
        line, delivered_on = CaseLine.unscoped.get(pk=line.pk), (SUBMITTED_AT + DAY).date()
        workflow.deliver(line, delivered_on=delivered_on, user=self.agent, at=SUBMITTED_AT + DAY)
        self.assertEqual(self.shown(view="needs-you"), [case.reference])

    def test_huawei_narrows_by_organization_which_nobody_else_may(self):
        mine, other = self.make(), make.make_organization("D9", name="Other Example")
        theirs = cases.make_case(organization=other)
        self.assertContains(self.ask(organization="D9"), "no filter", status_code=400)
        sign_in(self.client, make.make_staff())
        self.assertCountEqual(self.shown(), [mine.reference, theirs.reference])
        self.assertEqual(self.shown(organization="other"), [theirs.reference])
        self.assertContains(self.ask(), "Other Example")

    def test_what_cannot_be_read_is_named_and_shows_nothing(self):
        case = self.make()
        for query, said in (
            ({"view": "mine"}, "Choose one of the words in the list."),
            ({"created_from": "2026-11-02", "created_to": "2026-11-01"}, "on or after the first"),
            ({"page": "2"}, "no filter"),
        ):
            with self.subTest(query=query):
                page = self.ask(**query)
                self.assertContains(page, said, status_code=400)
                self.assertNotContains(page, case.reference, status_code=400)
                self.assertEqual(self.ask("cases-xlsx", **query).status_code, 400)

    def test_each_emptiness_says_what_it_means(self):
        self.assertContains(self.ask(), "No cases. Good news.")
        self.make(CaseStatus.IN_REVIEW)
        self.assertContains(self.ask(view="needs-you"), "Nothing waits for you.")
        self.assertContains(self.ask(q="DOA-1999"), "No case matches.")
        self.assertContains(self.ask(view="needs-you", q="DOA-1999"), "No case matches.")

    @pytest.mark.postgresql
    def test_words_and_days_are_read_from_an_index(self):
        """On so few rows the planner would rather read every one of them."""
        every = Case.unscoped.all()
        asked, huawei = QueryDict("created_from=2026-11-03"), make.make_huawei()
        days = CaseFilter(asked, every, organization=huawei, today=None)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            self.assertIn("doa_case_words", every.filter(named("rack")).explain())
            self.assertIn("Index Cond: (created_at >= ", days.qs.explain())

    def test_the_workbook_has_the_same_rows(self):
        case = self.make()
        book = load_workbook(io.BytesIO(self.ask("cases-xlsx", view="open").table))
        self.assertEqual([cell.value for cell in book.active["A"]], ["case", case.reference])

    def test_a_full_page_and_the_count_beyond_it_cost_what_one_case_does(self):
        counts = []
        for number in (1, 3, 51):
            while (made := Case.unscoped.count()) < number:
                if made < 3:
                    self.make()
                else:
                    self.copy(Case.unscoped.first(), made)
            with CaptureQueriesContext(connection) as queries:
                page = self.ask()
            counts.append(len(queries))
        self.assertEqual((len(page.context["rows"]), page.context["count"]), (50, 51))
        self.assertEqual(counts, [8, 8, 8])

    def copy(self, case, number):
        line = case.lines.get()
        case.pk, case.reference = None, f"DOA-2020-{number:05}"
        case.save()
        line.pk, line.case = None, case
        line.unit = make.make_unit(self.holder)
        line.save()
