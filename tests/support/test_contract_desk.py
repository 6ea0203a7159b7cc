"""What staff do to contracts at the desk, and what partners never reach there."""

from datetime import date

import time_machine
from django.test import TestCase
from django.urls import reverse

from audit.models import Event
from support.models import SupportContract
from support.planning import StartChoice
from tests.builders import (
    SHIPPED_ON,
    at_noon,
    make_contract,
    make_level,
    make_organization,
    make_staff,
    make_unit,
    make_user,
)
from tests.entrance import sign_in

AT = at_noon(date(2026, 3, 1))
LATER = date(2026, 6, 1)


class ContractDeskTests(TestCase):
    def setUp(self):
        self.vap = make_organization("VAP1", "vap")
        self.unit = make_unit(self.vap)
        self.contract = make_contract(
            [self.unit], at=AT, start=StartChoice(on=date(2026, 2, 1)), number="HC-1"
        )
        self.line = self.contract.lines.get()

    def post(self, name, record, *, on=LATER, **values):
        with time_machine.travel(at_noon(on), tick=False):
            sign_in(self.client, make_staff())
            address = reverse(f"admin:support_{name}", args=[record.pk])
            return self.client.post(address, values, follow=True)

    def test_lists_records_and_trails_open(self):
        sign_in(self.client, make_staff())
        for model, record in (("supportcontract", self.contract), ("contractline", self.line)):
            for name, arguments in (
                ("changelist", []),
                ("change", [record.pk]),
                ("history", [record.pk]),
            ):
                with self.subTest(model, name=name):
                    address = reverse(f"admin:support_{model}_{name}", args=arguments)
                    self.assertContains(self.client.get(address), "HC-1")

    def test_a_passed_start_is_moved_with_a_reason_inside_the_window(self):
        page = self.post(
            "supportcontract_move-start",
            self.contract,
            starts_on="2026-04-10",
            reason="The site was late",
        )
        self.assertContains(page, "1 unit starts on 10 Apr 2026")
        self.line.refresh_from_db()
        self.assertEqual(self.line.starts_on, date(2026, 4, 10))
        page = self.post(
            "contractline_move-start", self.line, starts_on="2026-04-11", reason="Later still"
        )
        self.assertContains(page, "Choose a start date on or before 10 Apr 2026")
        page = self.post("contractline_move-start", self.line, starts_on="2026-01-10", reason="")
        self.assertContains(page, "This field is required")
        self.line.refresh_from_db()
        self.assertEqual(self.line.starts_on, date(2026, 4, 10))

    def test_a_lapsed_contract_is_reinstated_for_its_holder(self):
        page = self.post(
            "supportcontract_reinstate", self.contract, on=date(2028, 1, 1), number="HC-2",
            level=make_level().pk, term_months="12", starts_on="", reason="Paid",
        )  # fmt: skip
        self.assertContains(page, "Contract HC-2 continues HC-1")
        renewal = SupportContract.unscoped.get(number="HC-2")
        self.assertEqual(renewal.organization, self.vap)
        self.assertEqual(renewal.lines.get().starts_on, date(2027, 2, 1))

    def test_an_overlap_is_allowed_and_service_is_noted_once(self):
        self.post("supportcontract_allow-overlap", self.contract, reason="Handover")
        self.post("contractline_note-service", self.line, reason="RMA 1")
        self.line.refresh_from_db()
        self.assertTrue(self.line.overlap_allowed)
        self.assertIsNotNone(self.line.served_at)
        page = self.post("contractline_note-service", self.line, reason="RMA 2")
        self.assertContains(page, "noted before")

    def test_a_contract_is_cancelled_with_a_reason(self):
        page = self.post("supportcontract_cancel", self.contract, reason="Fraud")
        self.assertContains(page, "is cancelled")
        event = Event.objects.get(name="contract.cancelled")
        self.assertEqual(event.detail["reason"], "Fraud")

    def test_a_partner_does_not_get_there(self):
        sign_in(self.client, make_user(self.vap))
        address = reverse("admin:support_supportcontract_cancel", args=[self.contract.pk])
        self.assertEqual(self.client.post(address, {"reason": "Mine"}).status_code, 302)
        self.contract.refresh_from_db()
        self.assertIsNone(self.contract.cancelled_on)
        self.assertEqual(self.line.anchor_on, SHIPPED_ON)
