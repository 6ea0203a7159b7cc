"""Contracts and the product's end of service and support."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.urls import reverse

from audit.models import Event
from catalog.enums import MilestoneKind, Precision
from catalog.models import Milestone
from support import workflow
from support.planning import LATER, StartChoice
from tests.builders import at_noon, make_contract, make_staff, make_unit, make_user
from tests.support.test_registering import AT, DAY_90, PASSED_ON, ContractCase

DAY = timedelta(days=1)
TERM_ENDS = date(2027, 2, 18)
STOPS = date(2026, 12, 31)


class ServiceEndCase(ContractCase):
    def setUp(self):
        super().setUp()
        self.unit_ = self.unit()
        self.user = make_user(self.vap)

    def stop(self, on, *, unit=None, precision=Precision.DAY):
        unit = unit or self.unit_
        return Milestone.objects.create(
            product=unit.part_number.product,
            kind=MilestoneKind.EOS,
            precision=precision,
            day=on,
            cause="Announcement LC-1",
            set_at=AT,
            set_by="staff",
        )

    def line(self, contract):
        return contract.lines.select_related("contract__level", "anchor_shipment").get()


class EndTests(ServiceEndCase):
    def test_a_new_contract_ends_with_the_products_service(self):
        self.stop(STOPS)
        line = self.line(make_contract([self.unit_], at=AT))
        self.assertEqual((line.ends_on, line.is_cut), (STOPS, True))
        self.assertIn("would last until 18 Feb 2027", line.reasons()[-1].sentence)

    def test_service_that_lasts_as_long_as_the_term_cuts_nothing(self):
        for last_on in (TERM_ENDS, TERM_ENDS + DAY, TERM_ENDS - DAY):
            unit = self.unit()
            self.stop(last_on, unit=unit)
            with self.subTest(last_on):
                line = self.line(make_contract([unit], at=AT))
                self.assertEqual(line.ends_on, min(last_on, TERM_ENDS))
                self.assertEqual(line.is_cut, last_on < TERM_ENDS)

    def test_the_last_day_of_service_may_be_the_first_of_support_and_the_day_after_not(self):
        self.stop(DAY_90 - DAY)
        with self.assertRaisesMessage(workflow.ContractRefused, "nothing is covered after it"):
            make_contract([self.unit_], at=AT, start=StartChoice(on=DAY_90))
        contract = make_contract([self.unit_], at=AT, start=StartChoice(on=DAY_90 - DAY))
        line = self.line(contract)
        self.assertEqual((line.starts_on, line.ends_on), (DAY_90 - DAY, DAY_90 - DAY))

    def test_what_was_sold_before_is_not_cut_and_is_warned_of(self):
        contract = make_contract([self.unit_], at=AT)
        self.stop(STOPS)
        self.assertEqual(self.line(contract).ends_on, TERM_ENDS)
        self.client.force_login(self.user)
        page = self.client.get(reverse("contract", args=[contract.reference]))
        self.assertContains(page, "stop after 31 Dec 2026, before this contract ends")
        self.assertContains(page, "past end of service and support, 31 Dec 2026")

    def test_a_start_moved_after_the_announcement_keeps_the_end_that_was_sold(self):
        contract = make_contract([self.unit_], at=AT, start=LATER)
        self.stop(STOPS)
        workflow.choose_start(contract, starts_on=DAY_90, user=self.user, at=AT)
        self.assertEqual(self.line(contract).ends_on, TERM_ENDS)
        workflow.choose_start(contract, starts_on=PASSED_ON, user=self.user, at=AT)
        self.assertEqual(self.line(contract).ends_on, TERM_ENDS)

    def test_a_renewal_ends_with_the_products_service_and_none_begins_after_it(self):
        contract = make_contract([self.unit_], at=AT)
        milestone = self.stop(TERM_ENDS)
        at = at_noon(TERM_ENDS)
        with self.assertRaisesMessage(workflow.ContractRefused, "18 Feb 2027"):
            workflow.renew_contract(contract, self.order("HC-2"), user=self.user, at=at)
        milestone.day = date(2027, 5, 31)
        milestone.save()
        renewal = workflow.renew_contract(contract, self.order("HC-2"), user=self.user, at=at)
        self.assertEqual(self.line(renewal).ends_on, date(2027, 5, 31))

    def test_a_shipment_date_that_moves_does_not_cut_what_was_sold(self):
        contract = make_contract([self.unit_], at=AT)
        self.stop(date(2026, 2, 1))
        shipment = self.unit_.latest_shipment
        shipment.shipped_on = PASSED_ON + DAY
        shipment.save()
        workflow.follow_shipments(at=AT)
        line = self.line(contract)
        self.assertEqual((line.starts_on, line.ends_on), (PASSED_ON + DAY, TERM_ENDS + DAY))

    def test_staff_keep_the_whole_term_with_a_reason_and_a_partner_does_not(self):
        self.stop(STOPS)
        contract = make_contract([self.unit_], at=AT)
        with self.assertRaises(PermissionDenied):
            workflow.keep_term(contract, reason="Sold", user=self.user, at=AT)
        with self.assertRaises(workflow.ReasonMissing):
            workflow.keep_term(contract, reason=" ", user=make_staff(), at=AT)
        self.assertEqual(self.line(contract).ends_on, STOPS)
        workflow.keep_term(contract, reason="Sold before", user=make_staff(), at=AT)
        self.assertEqual(self.line(contract).ends_on, TERM_ENDS)
        detail = Event.objects.get(name="support.term_kept").detail
        self.assertEqual(detail["before"]["ends_on"], "2026-12-31")
        with self.assertRaisesMessage(workflow.ContractRefused, "whole term already"):
            workflow.keep_term(contract, reason="Again", user=make_staff(), at=AT)


class PageTests(ServiceEndCase):
    def test_the_page_warns_before_anything_is_stored(self):
        self.stop(date(2026, 6, 1), precision=Precision.MONTH)
        unit = make_unit(self.vap)
        self.client.force_login(self.user)
        answers = {
            "number": "HC-9", "level": self.level.pk, "term_months": 12, "start": "shipment",
            "units": "serials", "serials": f"{self.unit_}\n{unit}",
        }  # fmt: skip
        page = self.client.post(reverse("contract-new"), answers)
        self.assertContains(page, "1 unit would be covered for less than the term")
        self.assertContains(page, "the term would last until 18 Feb 2027")
