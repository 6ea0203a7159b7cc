"""Corrections at the desk, as staff make them, and what partners see of them."""

from datetime import date

from django.test import TestCase
from django.urls import reverse

from audit.models import Event
from audit.trail import SYSTEM
from notifications.models import Message
from tests import builders as make
from tests.builders import CAP_ON, at_noon
from tests.entrance import sign_in
from warranty import workflow
from warranty.models import Shipment, Unit, Warranty
from warranty.nights.run import run_night

SERIAL = "2102CORRECTED0000001"


class CorrectionCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        make.make_policy()
        cls.staff = make.make_staff("staff@example.test")
        cls.distributor = make.make_organization("DIST")
        cls.partner = make.make_organization("VAP1", "vap")
        cls.agent = make.make_user(cls.partner)
        cls.unit = make.make_unit(cls.distributor, serial=SERIAL)
        cls.onward = make.pass_on(cls.unit, cls.partner, shipped_on=date(2026, 2, 19))
        run_night(as_of=CAP_ON, today=CAP_ON, at=at_noon(CAP_ON), actor=SYSTEM)

    def setUp(self):
        sign_in(self.client, self.staff)

    def post(self, name, record, **values):
        return self.client.post(reverse(f"admin:{name}", args=[record.pk]), values)

    def unit_page(self, serial=SERIAL, **query):
        sign_in(self.client, self.agent)
        return self.client.get(reverse("unit", args=[serial]), query, follow=True)


class AnchorTests(CorrectionCase):
    def test_both_anchors_stand_on_the_unit_page_each_with_its_day_0(self):
        page = self.unit_page()
        self.assertContains(page, "Day 0 of the warranty. Day 90 is 10 Apr 2026.")
        self.assertContains(page, "Day 0 of support. It may start until 20 May 2026.")
        self.assertNotContains(page, "Provisional")

    def test_support_is_provisional_while_the_distributors_date_is_missing(self):
        make.make_unit(self.distributor, serial="2102STOCK")
        sign_in(self.client, make.make_user(self.distributor))
        page = self.client.get(reverse("unit", args=["2102STOCK"]))
        self.assertContains(page, "Provisional: the distributor&#x27;s shipment is not on file yet")

    def test_a_corrected_distributor_date_moves_support_and_no_warranty(self):
        values = {"shipped_on": "2026-02-24", "reason": "Carrier's paper"}
        preview = self.post("warranty_shipment_correct-date", self.onward, **values)
        self.assertContains(preview, "1 support window moves")
        self.assertContains(preview, "19 Feb 2026")
        self.assertContains(preview, "24 Feb 2026")
        self.assertContains(preview, "Told by mail: DIST Example, VAP1 Example.")
        self.onward.refresh_from_db()
        self.assertEqual(self.onward.shipped_on, date(2026, 2, 19))
        self.post("warranty_shipment_correct-date", self.onward, **values, confirm="1")
        page = self.unit_page()
        self.assertContains(page, "It may start until 25 May 2026.")
        self.assertContains(page, "Day 90 is 10 Apr 2026.")
        self.assertContains(page, "From 19 Feb 2026 to 24 Feb 2026.")
        self.assertEqual(Warranty.unscoped.get().starts_on, CAP_ON)

    def test_a_date_before_huaweis_is_refused_on_the_form(self):
        values = {"shipped_on": "2026-01-09", "reason": "Paper", "confirm": "1"}
        page = self.post("warranty_shipment_correct-date", self.onward, **values)
        self.assertContains(page, "before Huawei&#x27;s on 10 Jan 2026")
        self.assertContains(page, "2026-01-09")


class SerialTests(CorrectionCase):
    def correct(self, serial="2102RIGHT0000000001", **more):
        values = {"serial": serial, "reason": "Label read again"}
        return self.post("warranty_unit_correct-serial", self.unit, **values, **more)

    def test_the_old_serial_number_leads_those_who_see_the_unit_to_it(self):
        self.assertContains(self.correct(), "still leads to the unit")
        self.assertEqual(Unit.unscoped.get().serial, SERIAL)
        self.correct(confirm="1")
        page = self.unit_page()
        self.assertEqual(page.redirect_chain[-1][0].split("?")[0], "/units/2102RIGHT0000000001/")
        self.assertContains(page, f"{SERIAL} was the serial number of this unit until")
        self.assertContains(page, f"From {SERIAL} to 2102RIGHT0000000001.")
        found = self.client.get(reverse("search"), {"q": SERIAL.lower()})
        self.assertIn("/units/2102RIGHT0000000001/", found.url)

    def test_strangers_are_led_nowhere(self):
        self.correct(confirm="1")
        self.client = self.client_class()
        sign_in(self.client, make.make_user(make.make_organization()))
        for serial in (SERIAL, "2102RIGHT0000000001"):
            self.assertEqual(self.client.get(reverse("unit", args=[serial])).status_code, 404)
        found = self.client.get(reverse("search"), {"q": SERIAL})
        self.assertNotContains(found, "2102RIGHT")

    def test_the_desk_keeps_the_old_one_in_sight(self):
        self.correct(confirm="1")
        page = self.client.get(reverse("admin:warranty_unit_change", args=[self.unit.pk]))
        self.assertContains(page, f"{SERIAL} until")
        told = Message.unscoped.get(template="warranty/record_corrected")
        self.assertEqual((told.context["before"], told.organization), (SERIAL, self.partner))

    def test_one_that_another_unit_has_is_refused(self):
        make.make_unit(self.partner, serial="2102TAKEN", part_number=self.unit.part_number)
        page = self.correct("2102TAKEN", confirm="1")
        self.assertContains(page, "Another unit has serial number 2102TAKEN")


class VoidTests(CorrectionCase):
    def test_the_unit_page_says_why_it_is_void_and_the_holder_gets_mail(self):
        values = {"reason": "Seal broken"}
        preview = self.post("warranty_unit_void", self.unit, **values)
        self.assertContains(preview, "1 warranty becomes void.")
        self.assertContains(preview, "Told by mail: VAP1 Example.")
        self.assertIsNone(Warranty.unscoped.get().voided_at)
        self.post("warranty_unit_void", self.unit, **values, confirm="1")
        self.assertContains(self.unit_page(), "Reason: Seal broken")
        self.assertTrue(Message.unscoped.filter(template="warranty/voided").exists())


class TwoStaffTests(CorrectionCase):
    def test_the_second_correction_of_a_date_overwrites_nothing(self):
        shipment = self.unit.huawei_shipment
        address = reverse("admin:warranty_shipment_correct-date", args=[shipment.pk])
        shown = self.client.get(address).context["shown"]
        workflow.correct_shipment_date(
            shipment,
            shipped_on=date(2026, 1, 12),
            reason="First",
            user=make.make_staff("first@example.test"),
            at=at_noon(CAP_ON),
        )
        values = {"shipped_on": "2026-01-14", "reason": "Second", "shown": shown}
        late = self.client.post(address, values | {"confirm": "1"})
        self.assertContains(late, "First changed this on 10 Apr 2026", status_code=409)
        self.assertContains(late, "from 2026-01-10 to 2026-01-12", status_code=409)
        self.assertContains(late, 'value="2026-01-14"', status_code=409)
        self.assertEqual(Shipment.unscoped.get(pk=shipment.pk).shipped_on, date(2026, 1, 12))
        self.assertEqual(Event.objects.filter(name="shipment.date_corrected").count(), 1)

    def test_the_second_edit_of_an_organization_is_asked_again(self):
        page = reverse("admin:partners_organization_change", args=[self.partner.pk])
        form = self.client.get(page).context["adminform"].form
        values = {
            "name": "Mine",
            "kind": "vap",
            "email": "new@example.test",
            "time_zone": "America/Chicago",
            "shown": form["shown"].value(),
            "membership_set-TOTAL_FORMS": "0",
            "membership_set-INITIAL_FORMS": "0",
        }
        self.assertEqual(self.client.post(page, values | {"name": "Theirs"}).status_code, 302)
        late = self.client.post(page, values)
        self.assertContains(late, "name from VAP1 Example to Theirs")
        self.assertContains(late, 'value="Mine"')
        self.partner.refresh_from_db()
        self.assertEqual(self.partner.name, "Theirs")
        fresh = late.context["adminform"].form["shown"].value()
        self.client.post(page, values | {"shown": fresh})
        self.partner.refresh_from_db()
        self.assertEqual(self.partner.name, "Mine")
