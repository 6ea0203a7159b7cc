"""Several reports at once: what their withdrawal changes, told in order, and a repeat."""

from datetime import timedelta

from partners.enums import Role
from tests import builders as make
from tests.entrance import sign_in
from tests.warranty.test_report_pages import ReportCase
from warranty import workflow
from warranty.enums import ReportStatus
from warranty.models import InstallationReport, Warranty

ADDRESS = "/reports/withdraw/"


class WithdrawTests(ReportCase):
    def accepted(self, units, day):
        report = make.make_report(units, signed_on=self.day(day), organization=self.partner)
        workflow.accept_report(report, user=self.staff, at=make.at_noon(self.today))
        return report

    def ticked(self, *reports, **more):
        return {"ticked": [report.reference for report in reports]} | more

    def statuses(self):
        found = InstallationReport.unscoped.order_by("pk")
        return list(found.values_list("status", flat=True))

    def start(self, unit):
        return Warranty.unscoped.get(unit=unit).starts_on

    def test_each_tells_what_changes_after_those_before_it_are_gone(self):
        unit = self.unit()
        late, early = self.accepted([unit], 40), self.accepted([unit], 20)
        page = self.client.get(ADDRESS, self.ticked(late, early))
        self.assertEqual(page.status_code, 200)
        said = {row.label: row.said for row in page.context["can"]}
        self.assertEqual(list(said), [late.number, early.number])
        self.assertIn("warranty stays as it is", said[late.number][0])
        self.assertIn("(day 20) to", said[early.number][0])
        self.assertIn("(day 90)", said[early.number][0])
        done = self.client.post(ADDRESS, self.ticked(late, early, reason="Signed by a guest."))
        self.assertContains(done, "2 reports withdrawn")
        rows = {row.label: row.said[0] for row in done.context["outcome"].done}
        self.assertEqual(
            rows, {late.number: "No date has changed.", early.number: "1 date has changed."}
        )
        self.assertEqual(self.start(unit), self.day(90))

    def test_one_that_waits_is_withdrawn_without_a_date_and_one_reason_is_kept_with_all(self):
        units = [self.unit(), self.unit()]
        waits = make.make_report(units[:1], signed_on=self.day(30), organization=self.partner)
        counts = self.accepted(units[1:], 30)
        page = self.client.get(ADDRESS, self.ticked(waits, counts))
        self.assertContains(page, "No date changes: Huawei has not accepted it.")
        self.client.post(ADDRESS, self.ticked(waits, counts, reason="Signed by a guest."))
        self.assertEqual(self.statuses(), [ReportStatus.WITHDRAWN] * 2)
        reasons = InstallationReport.unscoped.values_list("reason", flat=True)
        self.assertEqual(set(reasons), {"Signed by a guest."})

    def test_a_repeat_changes_nothing_and_says_what_was_done(self):
        report = self.accepted([self.unit()], 30)
        self.client.post(ADDRESS, self.ticked(report, reason="Signed by a guest."))
        again = self.client.post(ADDRESS, self.ticked(report, reason="Another."))
        self.assertContains(again, "Done before: 1 report withdrawn")
        report.refresh_from_db()
        self.assertEqual(report.reason, "Signed by a guest.")

    def test_what_can_not_be_withdrawn_is_named_and_stops_nothing(self):
        back = make.make_report(
            [self.unit()],
            signed_on=self.day(30),
            organization=self.partner,
            status=ReportStatus.SENT_BACK,
        )
        waits = make.make_report([self.unit()], signed_on=self.day(30), organization=self.partner)
        page = self.client.post(ADDRESS, self.ticked(back, waits, reason="Signed by a guest."))
        self.assertContains(page, "1 report withdrawn")
        self.assertContains(page, "Sent back now.")
        self.assertEqual(self.statuses(), [ReportStatus.SENT_BACK, ReportStatus.WITHDRAWN])

    def test_without_a_reason_nothing_is_withdrawn(self):
        report = self.accepted([self.unit()], 30)
        page = self.client.post(ADDRESS, self.ticked(report, reason=" "))
        self.assertContains(page, "Write why you withdraw the report.", status_code=400)
        self.assertEqual(self.statuses(), [ReportStatus.ACCEPTED])

    def test_nothing_ticked_nothing_of_others_and_not_for_a_viewer_or_staff(self):
        report = make.make_report([self.unit()], signed_on=self.day(30), organization=self.partner)
        self.assertContains(self.client.get(ADDRESS), "No report is ticked", status_code=400)
        sent = self.ticked(report, reason="Signed by a guest.")
        sign_in(self.client, make.make_user(make.make_organization("D9")))
        self.assertEqual(self.client.get(ADDRESS, self.ticked(report)).status_code, 400)
        self.assertEqual(self.client.post(ADDRESS, sent).status_code, 400)
        for user in (make.make_user(self.partner, Role.VIEWER), self.staff):
            sign_in(self.client, user)
            self.assertEqual(self.client.get(ADDRESS, self.ticked(report)).status_code, 403)
            self.assertEqual(self.client.post(ADDRESS, sent).status_code, 403)
            self.assertNotContains(self.client.get("/reports/"), 'name="ticked"')
        self.assertEqual(self.statuses(), [ReportStatus.SUBMITTED])

    def test_the_list_has_a_box_where_a_report_stands(self):
        unit = self.unit()
        day = self.today - timedelta(days=70)
        for status in ReportStatus:
            make.make_report([unit], signed_on=day, organization=self.partner, status=status)
        page = self.client.get("/reports/")
        self.assertContains(page, 'name="ticked"', count=2)
        self.assertContains(page, f'formaction="{ADDRESS}"')
