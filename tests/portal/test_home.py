"""The first page after sign-in: what needs you first, and every part for itself."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.trail import SYSTEM
from jobs.models import Job
from partners.enums import Role
from portal import coverage_counts
from tests import builders as make
from tests.builders import CAP_ON, SHIPPED_ON, at_noon
from tests.entrance import sign_in
from warranty import workflow
from warranty.models import InstallationReport
from warranty.nights import run_night

DAY = timedelta(days=1)
LOST = "This part could not be loaded."


class HomeCase(TestCase):
    def setUp(self):
        make.make_policy()
        self.holder = make.make_organization("VAP1", "vap", name="Copperline Example")
        sign_in(self.client, make.make_user(self.holder))

    def home(self, day=CAP_ON):
        with time_machine.travel(at_noon(day), tick=False):
            return self.client.get(reverse("home"))

    def shipped(self, number="SOON-1", shipped_on=SHIPPED_ON, units=1, **fields):
        fields = {"installation_service": True} | fields
        shipment = make.make_shipment(self.holder, number=number, shipped_on=shipped_on)
        return [make.make_unit(shipment=shipment, **fields) for _ in range(units)]


class NeedTests(HomeCase):
    def test_announces_missing_reports_fourteen_days_ahead_and_not_fifteen(self):
        self.shipped(units=2)
        self.assertContains(self.home(CAP_ON - 15 * DAY), "Nothing needs you")
        page = self.home(CAP_ON - 14 * DAY)
        self.assertContains(page, "1 thing needs you")
        self.assertContains(page, "Hand in signed installation reports for 2 units")
        self.assertContains(page, "1 shipment reaches day 90 on Fri 10 Apr.")
        self.assertContains(self.home(CAP_ON), "Hand in signed installation reports for 2 units")
        self.assertContains(self.home(CAP_ON + DAY), "Nothing needs you")

    def test_several_shipments_are_one_thing_to_do(self):
        self.shipped(units=2)
        self.shipped("SOON-2", SHIPPED_ON + 3 * DAY)
        page = self.home(CAP_ON - DAY)
        self.assertContains(page, "Hand in signed installation reports for 3 units")
        self.assertContains(page, "2 shipments reach day 90 from Fri 10 Apr to Mon 13 Apr.")

    def test_a_report_that_is_handed_in_no_longer_needs_you(self):
        (unit,) = self.shipped()
        make.make_report([unit], signed_on=SHIPPED_ON)
        self.assertContains(self.home(), "Nothing needs you")

    def test_units_without_installation_service_need_no_report(self):
        self.shipped(installation_service=False)
        self.assertContains(self.home(), "Nothing needs you")

    def test_a_report_sent_back_needs_its_organization_until_another_replaces_it(self):
        (unit,) = self.shipped()
        report = make.make_report([unit], signed_on=SHIPPED_ON, number="IR-9")
        workflow.send_back_report(
            report, user=make.make_staff(), at=at_noon(CAP_ON - 20 * DAY), reason="Page 2 is torn."
        )
        page = self.home(CAP_ON - 20 * DAY)
        self.assertContains(page, "Correct installation report IR-9")
        self.assertContains(page, "Huawei sent it back. Page 2 is torn.")
        self.assertContains(page, f"/reports/new/?from={report.reference}")
        make.make_report([unit], signed_on=SHIPPED_ON + DAY)
        self.assertNotContains(self.home(CAP_ON - 20 * DAY), "IR-9")

    def test_an_upload_needs_who_may_save_it_while_it_waits_or_has_come_to_nothing(self):
        distributor = make.make_organization("DIST")
        upload = make.make_upload(distributor)
        sign_in(self.client, make.make_user(distributor))
        for status, words in [
            ("queued", "Nothing needs you"),
            ("previewed", "Save or discard shipments.csv"),
            ("refused", "Upload shipments.csv again"),
            ("failed", "Upload shipments.csv again"),
            ("done", "Nothing needs you"),
            ("discarded", "Nothing needs you"),
        ]:
            with self.subTest(status):
                Job.unscoped.filter(pk=upload.pk).update(status=status)
                page = self.home(SHIPPED_ON + 7 * DAY)
                self.assertContains(page, words)
                if "needs" not in words:
                    self.assertContains(page, f"/shipments/upload/{upload.reference}/")
        Job.unscoped.filter(pk=upload.pk).update(status="refused")
        self.assertContains(self.home(SHIPPED_ON + 8 * DAY), "Nothing needs you")
        make.make_upload(distributor)
        self.assertContains(self.home(SHIPPED_ON + 7 * DAY), "Nothing needs you")

    def test_an_answer_to_a_wrong_date_is_held_out_for_a_week(self):
        (unit,) = self.shipped(installation_service=False)
        dispute = make.make_dispute(unit, at=at_noon(SHIPPED_ON + 30 * DAY))
        self.assertContains(self.home(SHIPPED_ON + 31 * DAY), "Nothing needs you")
        workflow.answer_dispute(
            dispute,
            reason="The papers say the tenth.",
            user=make.make_staff(),
            at=at_noon(SHIPPED_ON + 31 * DAY),
        )
        page = self.home(SHIPPED_ON + 38 * DAY)
        self.assertContains(page, f"Read the answer about {unit.serial}")
        self.assertContains(page, "The papers say the tenth.")
        self.assertContains(self.home(SHIPPED_ON + 39 * DAY), "Nothing needs you")

    def test_leads_to_the_form_of_the_one_shipment_that_waits(self):
        (unit,) = self.shipped()
        self.assertContains(self.home(), f"/reports/new/?shipment={unit.huawei_shipment.reference}")
        self.shipped("SOON-2")
        self.assertContains(self.home(), 'href="/reports/new/"')

    def test_what_somebody_may_not_do_does_not_need_them(self):
        (unit,) = self.shipped()
        report = make.make_report([unit], signed_on=SHIPPED_ON)
        InstallationReport.unscoped.filter(pk=report.pk).update(status="sent_back")
        self.assertContains(self.home(), "2 things need you")
        sign_in(self.client, make.make_user(self.holder, Role.VIEWER))
        self.assertContains(self.home(), "Nothing needs you")

    def test_staff_see_what_waits_at_the_desk_and_partners_do_not(self):
        make.make_report(self.shipped(), signed_on=SHIPPED_ON)
        self.assertNotContains(self.home(), "Reports to accept")
        sign_in(self.client, make.make_staff())
        page = self.home()
        self.assertContains(page, "Reports to accept: 1")
        self.assertContains(page, "/admin/warranty/installationreport/?status__exact=submitted")

    def test_comes_first_in_the_page(self):
        self.shipped()
        words = self.home().content.decode()
        self.assertLess(words.index('class="needs"'), words.index("Approaching day 90"))

    def test_nothing_to_do_names_the_next_known_date(self):
        self.assertContains(self.home(), "No unit waits for its start.")
        self.shipped(installation_service=False)
        page = self.home(CAP_ON - 30 * DAY)
        self.assertContains(page, "The next known date is Friday, 10 April 2026")


class PartTests(HomeCase):
    def test_shows_how_far_reports_cover_a_shipment_on_its_way(self):
        units = self.shipped(units=4)
        make.make_report(units[:1], signed_on=SHIPPED_ON, status="accepted")
        make.make_report(units[1:2], signed_on=SHIPPED_ON)
        page = self.home(CAP_ON - 2 * DAY)
        self.assertContains(page, "88 of 90")
        self.assertContains(page, "1 of 4 covered")
        self.assertContains(page, "2 without a report, 1 waiting for Huawei")
        self.assertContains(page, "in 2 days")

    def test_lists_what_starts_within_fourteen_days_reported_or_not(self):
        self.shipped(installation_service=False, units=3)
        self.assertNotContains(self.home(CAP_ON - 15 * DAY), "3 units of 1 shipment")
        for day in (CAP_ON - 14 * DAY, CAP_ON):
            self.assertContains(self.home(day), "3 units of 1 shipment")

    def test_counts_each_unit_of_the_chain_in_one_state_and_nobody_elses(self):
        covered, void, _pending = (
            self.shipped("A", SHIPPED_ON)[0],
            self.shipped("B", SHIPPED_ON)[0],
            self.shipped("C", CAP_ON)[0],
        )
        make.make_unit(make.make_organization("OTHER"))
        run_night(as_of=CAP_ON, today=CAP_ON, at=at_noon(CAP_ON), actor=SYSTEM)
        workflow.void_warranty(void, reason="Scrap", user=make.make_staff(), at=at_noon(CAP_ON))
        last = covered.warranty.ends_on
        for day, expected in [(last, [1, 1, 0, 1]), (last + DAY, [0, 1, 1, 1])]:
            sign_in(self.client, make.make_user(self.holder))
            with time_machine.travel(at_noon(day), tick=False):
                sign_in(self.client, make.make_user(self.holder))
                coverage = self.client.get(reverse("home")).context["coverage"].value
            self.assertEqual([state["count"] for state in coverage["states"]], expected)
            self.assertEqual(coverage["total"], 3)

    def test_counts_many_units_once_for_everybody_and_anew_after_ten_minutes(self):
        self.enterContext(pytest.MonkeyPatch.context()).setattr(coverage_counts, "MANY", 1)
        self.addCleanup(cache.clear)
        self.shipped("A", SHIPPED_ON, units=2)

        def told(at, unit_count):
            reader = make.make_user(self.holder)
            with time_machine.travel(at, tick=False):
                sign_in(self.client, reader)
                page = self.client.get(reverse("home"))
            self.assertEqual(page.context["coverage"].value["total"], unit_count)
            return page.content.decode()

        first = at_noon(CAP_ON)
        self.assertNotIn("Counted at", told(first, 2))
        self.shipped("B", SHIPPED_ON, units=1)
        self.assertIn("Counted at", told(first + timedelta(minutes=9, seconds=59), 2))
        self.assertNotIn("Counted at", told(first + timedelta(minutes=10, seconds=1), 3))

    def test_opens_for_every_role(self):
        for role in (Role.VIEWER, Role.AGENT, Role.MANAGER):
            with self.subTest(role=role):
                sign_in(self.client, make.make_user(self.holder, role))
                self.assertEqual(self.home().status_code, 200)
        sign_in(self.client, make.make_staff())
        self.assertContains(self.home(), "Desk")

    def test_costs_the_same_queries_however_many_units(self):
        counts = []
        for number in (1, 2):
            units = self.shipped(f"S{number}", SHIPPED_ON + number * DAY, units=number * 3)
            report = make.make_report(units[:1], signed_on=SHIPPED_ON + 5 * DAY)
            InstallationReport.unscoped.filter(pk=report.pk).update(status="sent_back")
            with CaptureQueriesContext(connection) as queries:
                self.home(CAP_ON - DAY)
            counts.append(len(queries))
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[0], 60)


class LostPartTests(HomeCase):
    def test_a_table_that_is_gone_takes_its_own_parts_with_it_and_no_other(self):
        self.shipped(units=2)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE warranty_reportline RENAME TO gone")
            with self.assertLogs("portal.home", "ERROR"):
                page = self.home()
            cursor.execute("ALTER TABLE gone RENAME TO warranty_reportline")
        self.assertContains(page, LOST, count=1)
        self.assertContains(page, "Some of what needs you could not be loaded.")
        self.assertContains(page, "Your 2 units")
        self.assertContains(page, "2 units of 1 shipment")
        self.assertNotContains(page, "Nothing needs you")

    def test_an_unlost_page_says_nothing_of_lost_parts(self):
        self.shipped()
        self.assertNotContains(self.home(), "could not be loaded")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_part_that_takes_too_long_is_given_up_alone(client, caplog):
    make.make_policy()
    holder = make.make_organization("VAP1", "vap")
    unit = make.make_unit(holder, installation_service=True)
    make.make_report([unit], signed_on=SHIPPED_ON)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE warranty_reportline RENAME TO kept")
        cursor.execute(
            "CREATE VIEW warranty_reportline AS SELECT * FROM kept WHERE pg_sleep(5)::text = ''"
        )
        cursor.execute("SET statement_timeout = '300ms'")
        try:
            with time_machine.travel(at_noon(CAP_ON - DAY), tick=False):
                sign_in(client, make.make_user(holder))
                page = client.get(reverse("home"))
        finally:
            cursor.execute("RESET statement_timeout")
            cursor.execute("DROP VIEW warranty_reportline")
            cursor.execute("ALTER TABLE kept RENAME TO warranty_reportline")
    words = page.content.decode()
    assert page.status_code == 200
    assert "statement timeout" in caplog.text
    assert LOST in words
    assert "Your 1 unit" in words
