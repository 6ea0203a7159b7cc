"""Parcels at the desk: sent alone and several at once, confirmed, received by a scan, inspected."""

from datetime import timedelta

from django.urls import reverse

from doa import workflow
from doa.enums import CaseStatus, Finding, ReplacementTrack, ReturnTrack
from doa.models import Case
from partners import clock
from tests import builders_cases as cases
from tests.doa.desk import CaseDesk


class LineTests(CaseDesk):
    def setUp(self):
        super().setUp()
        case = self.make(CaseStatus.IN_REVIEW)
        cases.decide_all(case, self.staff, clock.now() - timedelta(hours=5))
        self.case = cases.fresh(case)

    def act(self, name, **values):
        return self.post(f"doa_caseline_{name}", self.line(self.case), **values)

    def test_a_line_goes_from_order_to_inspection_by_its_forms(self):
        line = self.line(self.case)
        page = f"{reverse('admin:doa_case_change', args=[self.case.pk])}#line-{line.pk}"
        self.assertLessEqual({"order", "waive"}, self.offered(self.case))
        part = line.unit.part_number.number
        self.assertRedirects(self.act("order", part_number=part), page)
        unit = cases.make_replacement(line)
        expected = (clock.business_today() + timedelta(days=2)).isoformat()
        sent = {"serial": unit.serial, "carrier": "UPS", "tracking": "1Z1", "expected_on": expected}
        self.assertRedirects(self.act("ship", **sent), page)
        self.assertContains(self.page(self.case), unit.serial)
        today = clock.business_today().isoformat()
        self.act("deliver", delivered_on=today, signer="Ana Ruiz")
        self.assertEqual(self.line(self.case).return_track, ReturnTrack.AWAITED)
        self.act("receive", serial=line.unit.serial.lower(), condition="Scratched")
        self.act("inspect", finding=Finding.FAULT_CONFIRMED, condition="")
        case = cases.fresh(self.case)
        self.assertEqual((case.status, case.closing_code), (CaseStatus.CLOSED, "replaced"))

    def test_each_refusal_stands_on_its_form_and_keeps_what_was_typed(self):
        line = self.line(self.case)
        page = self.act("order", part_number="NOSUCH")
        self.assertContains(page, "not in the catalogue")
        self.assertContains(page, 'value="NOSUCH"')
        workflow.order(line, user=self.staff, at=clock.now())
        page = self.act("ship", serial=line.unit.serial, carrier="UPS", tracking="1Z1")
        self.assertContains(page, "is the faulty unit")
        self.assertContains(page, 'value="1Z1"')
        self.assertContains(self.act("inspect", finding="", condition="Dented"), "Dented")
        self.assertContains(self.act("waive", reason=""), "This field is required")
        self.assertEqual(self.line(self.case).replacement_track, ReplacementTrack.ORDERED)

    def test_another_serial_number_is_an_exception_that_is_resolved(self):
        line = self.line(self.case)
        shown = self.act("receive", serial="2102OTHER00000000001")
        self.assertEqual(shown.status_code, 302)
        self.assertTrue(self.line(self.case).is_mismatch)
        self.assertIn("resolve-mismatch", self.offered(self.case))
        self.assertNotIn("inspect", self.offered(self.case))
        self.assertContains(self.act("resolve-mismatch", reason="Seen."), "Choose what came back")
        self.act("resolve-mismatch", is_ours="no", reason="Not ours.")
        self.assertEqual(self.line(self.case).return_track, ReturnTrack.NOT_DUE)
        self.act("receive", serial=line.unit.serial)
        self.assertIn("inspect", self.offered(self.case))

    def test_a_return_is_waived_or_billed_with_a_reason(self):
        line = self.line(self.case)
        workflow.order(line, user=self.staff, at=clock.now())
        cases.send(self.line(self.case), staff=self.staff, at=clock.now())
        by = {"user": self.staff, "at": clock.now()}
        workflow.deliver(self.line(self.case), delivered_on=clock.business_today(), **by)
        self.act("bill", reason="It did not come back.")
        self.assertEqual(self.line(self.case).billing, "It did not come back.")
        self.assertNotIn("bill", self.offered(self.case))
        self.act("waive", reason="Scrapped on site.")
        self.assertEqual(self.line(self.case).return_track, ReturnTrack.WAIVED)

    def test_the_page_of_a_line_is_that_of_its_case(self):
        line = self.line(self.case)
        page = self.client.get(reverse("admin:doa_caseline_change", args=[line.pk]))
        self.assertEqual(
            page.url, f"{reverse('admin:doa_case_change', args=[self.case.pk])}#line-{line.pk}"
        )
        gone = self.client.get(reverse("admin:doa_caseline_change", args=[999_999]))
        self.assertEqual(gone.status_code, 404)


class ShipSeveralTests(CaseDesk):
    def setUp(self):
        super().setUp()
        self.lines = [self.line(self.make(CaseStatus.FULFILLING)) for _ in range(3)]
        self.address = reverse("admin:doa_caseline_ship-many")

    def row(self, line, serial, tracking="1Z1"):
        said = {"serial": serial, "carrier": "UPS", "tracking": tracking, "expected_on": ""}
        return {f"line{line.pk}-{name}": value for name, value in said.items()}

    def test_filled_rows_are_sent_the_others_left_and_a_wrong_one_keeps_its_text(self):
        good, wrong, empty = self.lines
        unit = cases.make_replacement(good)
        page = self.client.post(
            self.address, self.row(good, unit.serial) | self.row(wrong, "2102NOSUCH", "1Z2")
        )
        self.assertContains(page, "2102NOSUCH is not known")
        self.assertContains(page, 'value="1Z2"')
        self.assertContains(page, "1 of 2 are shipped")
        tracks = [cases.fresh(line).replacement_track for line in self.lines]
        self.assertEqual(tracks, ["shipped", "ordered", "ordered"])
        self.assertContains(page, f"line{empty.pk}-serial")
        self.assertNotContains(page, f"line{good.pk}-serial")

    def test_a_row_without_a_carrier_and_a_page_without_a_row_send_nothing(self):
        line = self.lines[0]
        values = self.row(line, cases.make_replacement(line).serial)
        values[f"line{line.pk}-carrier"] = ""
        self.assertContains(self.client.post(self.address, values), "This field is required")
        self.assertContains(self.client.post(self.address, {}), "Fill in at least one row")
        self.assertEqual(cases.fresh(line).replacement_track, ReplacementTrack.ORDERED)

    def test_what_is_not_ordered_is_ordered_with_it(self):
        case = self.make(CaseStatus.IN_REVIEW)
        cases.decide_all(case, self.staff, clock.now())
        line = self.line(case)
        unit = cases.make_replacement(line)
        self.assertRedirects(
            self.client.post(self.address, self.row(line, unit.serial)), self.address
        )
        line = cases.fresh(line)
        self.assertEqual((line.replacement, line.replacement_track), (unit, "shipped"))


class ScanTests(CaseDesk):
    def setUp(self):
        super().setUp()
        self.found = cases.make_fulfilling(staff=self.staff, organization=self.distributor)
        self.address = reverse("admin:doa_caseline_receive-any")

    def scan(self, code, **query):
        return self.client.get(self.address, {"code": code, **query})

    def test_a_serial_a_reference_and_the_code_on_the_slip_find_the_unit(self):
        serial, reference = self.found.unit.serial, self.found.case.reference
        slip = f"https://service.example/cases/{reference}/?line={self.found.pk}"
        for code in (serial, f" {serial.lower()} ", reference.lower(), slip):
            with self.subTest(code):
                self.assertEqual(self.scan(code).context["line"], self.found)
        for code in (serial[:-1], "DOA-1999-00001", "9"):
            with self.subTest(code):
                self.assertContains(self.scan(code), "No unit on its way back fits")

    def test_of_several_units_one_is_chosen(self):
        units = [cases.make.make_unit(self.distributor) for _ in range(2)]
        case = self.make(CaseStatus.FULFILLING, units=units)
        page = self.scan(case.reference)
        self.assertContains(page, "Which unit is it?")
        second = cases.lines_of(case)[1]
        self.assertEqual(self.scan(case.reference, line=second.pk).context["line"], second)

    def test_the_unit_is_received_and_another_one_is_kept_as_an_exception(self):
        serial = self.found.unit.serial
        page = self.client.post(f"{self.address}?code={serial}", {"serial": ""})
        self.assertContains(page, "This field is required")
        told = self.client.post(
            f"{self.address}?code={serial}", {"serial": "2102OTHER1", "condition": ""}, follow=True
        )
        self.assertContains(told, "Resolve it on")
        self.assertTrue(cases.fresh(self.found).is_mismatch)
        self.assertContains(self.scan(serial), "No unit on its way back fits")
        self.assertEqual(Case.unscoped.get().status, CaseStatus.FULFILLING)
