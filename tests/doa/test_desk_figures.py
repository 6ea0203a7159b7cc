"""The figures: rates over what was shipped, findings, times; drawn, in a table, and as CSV."""

from datetime import date, datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doa.desk import charts, figures
from doa.enums import CaseStatus, Remedy
from doa.models import Case
from tests import builders as make
from tests import builders_cases as cases
from tests.builders import SHIPPED_ON
from tests.doa.desk import CaseDesk

PERIOD = figures.Period(SHIPPED_ON, SHIPPED_ON)
AFTER = figures.Period(SHIPPED_ON + timedelta(days=1), SHIPPED_ON + timedelta(days=30))


class FigureTests(CaseDesk):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        how = {"staff": cls.staff, "organization": cls.distributor}
        cls.closed = cases.make_case(CaseStatus.CLOSED, **how)
        cls.model = cases.lines_of(cls.closed)[0].unit.product.model
        part = cases.lines_of(cls.closed)[0].unit.part_number
        for _ in range(3):
            make.make_unit(cls.distributor, part_number=part)
        cases.make_case(CaseStatus.FULFILLING, remedy=Remedy.WARRANTY_EXCHANGE, **how)

    def test_the_rate_is_what_was_decided_dead_of_what_was_shipped(self):
        rows = {row[0]: row[1:] for row in figures.by_product(PERIOD).rows}
        self.assertEqual(rows[self.model], (4, 1, 25))
        self.assertEqual(sum(dead for _, dead, _ in rows.values()), 1)
        (partner,) = [r for r in figures.by_partner(PERIOD).rows if r[0] == self.distributor.name]
        self.assertEqual(partner[1:], (5, 1, 20))

    def test_outside_the_period_nothing_counts(self):
        before = figures.Period(SHIPPED_ON - timedelta(days=9), SHIPPED_ON - timedelta(days=1))
        self.assertEqual(figures.by_product(before).rows, [])
        self.assertEqual(sum(row[2] for row in figures.by_product(AFTER).rows), 0)

    def test_findings_count_on_the_day_of_inspection_in_the_zone_of_the_staff(self):
        line = cases.lines_of(self.closed)[0]
        day = figures.Period(date(2026, 2, 5), date(2026, 2, 5))
        zone = day.instants[0].tzinfo
        for hour, counted in ((datetime(2026, 2, 5, 23, 59, 59, tzinfo=zone), 1),
                              (datetime(2026, 2, 6, tzinfo=zone), 0)):  # fmt: skip
            type(line).unscoped.filter(pk=line.pk).update(inspected_at=hour)
            rows = figures.by_finding(day).rows
            self.assertEqual(sum(row[1] for row in rows), counted)

    def test_the_time_to_decision_runs_from_the_registered_call(self):
        decided = Case.unscoped.filter(pk=self.closed.pk)
        case = decided.get()
        period = figures.Period(case.decided_at.date(), case.decided_at.date())
        Case.unscoped.exclude(pk=case.pk).update(decided_at=None)
        for length, label in (
            (timedelta(hours=4), "Within 4 hours"),
            (timedelta(hours=4, seconds=1), "Within 1 day"),
            (timedelta(days=5), "Within 5 days"),
            (timedelta(days=5, seconds=1), "Longer"),
        ):
            decided.update(registered_at=case.decided_at - length)
            table = figures.by_time(period)
            self.assertEqual([row[0] for row in table.rows if row[1]], [label])

    def test_the_page_draws_and_lists_and_its_csv_has_the_same_numbers(self):
        address = reverse("admin:doa_case_figures")
        query = {"first": SHIPPED_ON.isoformat(), "last": SHIPPED_ON.isoformat()}
        page = self.client.get(address, query)
        self.assertContains(page, "<rect")
        self.assertContains(page, f'<th scope="row">{self.model}</th><td>4</td><td>1</td>')
        file = self.client.get(address, query | {"table": "doa-by-product"})
        self.assertIn("attachment", file["Content-Disposition"])
        self.assertIn(f"{self.model},4,1,25", file.content.decode())
        self.assertEqual(self.client.get(address, query | {"table": "none"}).status_code, 404)

    def test_a_period_that_ends_before_it_begins_is_refused(self):
        address = reverse("admin:doa_case_figures")
        page = self.client.get(address, {"first": "2026-02-02", "last": "2026-02-01"})
        self.assertContains(page, "Choose a day on or after the first")
        self.assertNotContains(page, "<rect")

    def test_the_figures_cost_the_same_for_more_cases(self):
        def queries():
            with CaptureQueriesContext(connection) as counted:
                figures.tables(PERIOD)
            return len(counted)

        few = queries()
        cases.make_case(CaseStatus.CLOSED, staff=self.staff, organization=self.distributor)
        self.assertEqual(queries(), few)

    def test_the_longest_bar_is_named_and_bars_are_in_proportion(self):
        drawn = charts.chart("Rate", [("A", 10), ("B", 5), ("C", 0)], "%")
        self.assertEqual([bar.length for bar in drawn.bars], [350, 175])
        self.assertIn("the longest A with 10 %", drawn.summary)
        self.assertIsNone(charts.chart("Rate", [("A", 0)], "%"))
