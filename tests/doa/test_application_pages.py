"""The questions of an application as they are answered, right and wrong."""

from datetime import timedelta
from io import BytesIO

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse
from PIL import Image

from doa.enums import CaseStatus
from doa.models import Case, CaseFile, CaseLine
from tests import builders as make
from tests.builders_cases import ARRIVED_AT, make_case
from tests.entrance import sign_in

WHEN = {
    "failure_kind": "later",
    "powered_day": "2026-02-02", "powered_time": "09:00",
    "failed_day": "2026-02-04", "failed_time": "09:00", "time_zone": "America/Chicago",
}  # fmt: skip
DELIVERY = {
    "ship_to": "1 Main Street\nDallas TX 75201", "ship_to_country": "us",
    "site": "Dallas DC 2", "contact_name": "Ana Ruiz", "contact_email": "ana@example.test",
    "contact_phone": "+1 214 555 0100",
}  # fmt: skip


def a_photo(name="label.png"):
    body = BytesIO()
    Image.new("RGB", (8, 8), "white").save(body, "PNG")
    return SimpleUploadedFile(name, body.getvalue())


class ApplicationCase(TestCase):
    def setUp(self):
        make.make_policy()
        make.load_service_levels()
        self.holder = make.make_organization("VAP1", "vap", name="Copperline Example")
        self.agent = make.make_user(self.holder, email="ada@example.test")
        self.unit = make.make_unit(self.holder)
        sign_in(self.client, self.agent)
        self.enterContext(time_machine.travel(ARRIVED_AT + timedelta(days=5), tick=False))

    def begin(self, *units):
        serials = "\n".join(unit.serial for unit in units or [self.unit])
        self.client.post(reverse("case-new"), {"serials": serials})
        return Case.unscoped.latest("pk")

    def answer(self, name, case, query="", **values):
        return self.client.post(reverse(name, args=[case.reference]) + query, values)

    def filled(self, case=None, **when):
        """Answer everything about one unit and return the case."""
        case = case or self.begin()
        self.answer("case-symptom", case, symptom="no_boot", description="It stops.")
        self.answer("case-times", case, **{**WHEN, **when})
        self.answer("case-equipment", case, is_new="yes")
        self.answer("case-project", case, delivery_project="no")
        for line in CaseLine.unscoped.filter(case=case):
            self.answer("case-evidence", case, f"?line={line.pk}", label_photo=a_photo())
        self.answer("case-delivery", case, **DELIVERY)
        return case


class UnitTests(ApplicationCase):
    def test_a_unit_page_fills_the_first_question(self):
        page = self.client.get(reverse("case-new"), {"sn": self.unit.serial})
        self.assertContains(page, self.unit.serial)
        self.assertEqual(Case.unscoped.count(), 0)

    def test_an_unknown_and_an_empty_serial_say_what_to_do(self):
        foreign = make.make_unit()
        for typed, words in (
            ("", "Enter the serial number of the unit that failed."),
            (foreign.serial, "is not in your list of units"),
            ("2102NOSUCHUNIT000001", "is not in your list of units"),
        ):
            page = self.client.post(reverse("case-new"), {"serials": typed})
            self.assertContains(page, words, status_code=400)
            self.assertContains(page, "<title>Error:", status_code=400)
        self.assertEqual(Case.unscoped.count(), 0)

    def test_a_unit_with_an_open_case_leads_to_it(self):
        case = make_case(units=[self.unit], user=self.agent)
        page = self.client.post(reverse("case-new"), {"serials": self.unit.serial})
        self.assertContains(page, case.reference, status_code=400)

    def test_a_serial_number_of_two_parts_asks_which_one_is_meant(self):
        twin = make.make_unit(self.holder, serial=self.unit.serial)
        page = self.client.post(reverse("case-new"), {"serials": self.unit.serial})
        self.assertContains(page, twin.part_number.number, status_code=400)
        number = twin.part_number.number
        self.client.post(
            reverse("case-new"), {"serials": twin.serial, f"part-{twin.serial}": number}
        )
        self.assertEqual(CaseLine.unscoped.get().unit, twin)


class TimesTests(ApplicationCase):
    def refused(self, words, **when):
        case = self.begin()
        self.assertContains(
            self.answer("case-times", case, **{**WHEN, **when}), words, status_code=400
        )
        self.assertEqual(CaseLine.unscoped.get(case=case).failure_kind, "")

    def test_what_is_wrong_is_said_and_nothing_is_saved(self):
        self.refused("Choose when it failed.", failure_kind="")
        self.refused("Enter the date on which it failed.", failed_day="")
        self.refused("Enter both times", failed_time="")
        self.refused("It cannot fail before it got power.", failed_day="2026-02-01")
        self.refused("This is still to come.", failed_day="2026-02-08")
        self.refused("left Huawei on 10 Jan 2026", powered_day="2026-01-09")
        self.refused("Write a time from 00:00 to 23:59.", failed_time="24:00")

    def test_the_verdict_stands_on_both_sides_of_48_hours(self):
        for time, words in (("09:00", "Looks dead on arrival"), ("09:01", "warranty exchange")):
            case = self.filled(failed_time=time)
            page = self.client.get(reverse("case-check", args=[case.reference]))
            self.assertContains(page, words)
            CaseLine.unscoped.filter(case=case).delete()

    def test_days_alone_are_kept_as_days_and_marked(self):
        case = self.filled(powered_time="", failed_time="")
        line = CaseLine.unscoped.get(case=case)
        self.assertEqual((line.failed_at, f"{line.failed_on}"), (None, "2026-02-04"))
        page = self.client.get(reverse("case-check", args=[case.reference]))
        self.assertContains(page, "Only dates are known: TAC must confirm the times.")

    def test_before_power_on_is_a_cargo_claim_and_no_error(self):
        case = self.begin()
        page = self.client.post(
            reverse("case-times", args=[case.reference]), {**WHEN, "failure_kind": "never_on"},
            follow=True,
        )  # fmt: skip
        self.assertContains(page, "This is a cargo claim")
        self.assertContains(page, f"{reverse('claim-new')}?sn={self.unit.serial}")
        self.assertNotContains(page, "Send and get the number to call")

    def test_an_hour_that_clocks_skip_is_named(self):
        with time_machine.travel("2026-03-20T12:00:00Z", tick=False):
            self.refused(
                "Clocks skipped 02:30 on this day.", failed_day="2026-03-08", failed_time="02:30"
            )


class PacTests(ApplicationCase):
    def test_an_issued_pac_has_a_date_and_its_own_day_is_inside(self):
        case = self.filled(failed_time="10:00")
        page = self.answer("case-project", case, delivery_project="issued")
        self.assertContains(page, "Enter the date on the certificate.", status_code=400)
        for day, words in (
            ("2026-02-04", "Looks dead on arrival"),
            ("2026-02-03", "Looks like a warranty exchange"),
        ):
            self.answer("case-project", case, delivery_project="issued", pac_issued_on=day)
            page = self.client.get(reverse("case-check", args=[case.reference]))
            self.assertContains(page, words)


class EvidenceTests(ApplicationCase):
    def test_a_good_file_stays_while_another_is_wrong(self):
        case = self.begin()
        log = SimpleUploadedFile("boot.docx", b"PK\x03\x04")
        page = self.answer("case-evidence", case, label_photo=a_photo(), log=log)
        self.assertContains(page, "must be a TXT or PDF file", status_code=400)
        self.assertContains(page, "label.png", status_code=400)
        self.assertEqual(CaseFile.unscoped.get().document.name, "label.png")

    def test_without_the_label_it_does_not_go_on(self):
        page = self.answer("case-evidence", self.begin())
        self.assertContains(page, "Choose a photo of the serial number label.", status_code=400)

    def test_a_file_is_taken_off_again(self):
        case = self.begin()
        self.answer("case-evidence", case, label_photo=a_photo())
        self.answer("case-evidence", case, remove=CaseFile.unscoped.get().pk)
        self.assertFalse(CaseFile.unscoped.exists())


class WayTests(ApplicationCase):
    def test_to_the_sheet_with_the_number_to_call(self):
        case = self.filled()
        page = self.client.post(reverse("case-check", args=[case.reference]), follow=True)
        self.assertEqual(page.redirect_chain[-1][0], reverse("case-call", args=[case.reference]))
        for words in ("1-877-9HUAWEI", case.reference, self.unit.serial, "Waiting for your call"):
            self.assertContains(page, words)
        self.assertContains(page, 'href="tel:+18779482934"')
        case.refresh_from_db()
        self.assertEqual(case.status, CaseStatus.SUBMITTED)
        again = self.client.get(reverse("case-symptom", args=[case.reference]))
        self.assertRedirects(again, reverse("case", args=[case.reference]))

    def test_all_that_is_missing_is_named_at_once_with_its_page(self):
        case = self.begin()
        page = self.client.post(reverse("case-check", args=[case.reference]))
        for words in ("Choose what you see.", "Say when it failed.", "Write the address"):
            self.assertContains(page, words, status_code=400)
        self.assertContains(page, reverse("case-delivery", args=[case.reference]), status_code=400)
        case.refresh_from_db()
        self.assertEqual(case.status, CaseStatus.DRAFT)

    def test_finish_later_keeps_the_answer_and_the_way_back(self):
        case = self.begin()
        values = {"symptom": "no_power", "description": "Dark.", "later": "yes"}
        page = self.client.post(reverse("case-symptom", args=[case.reference]), values, follow=True)
        self.assertContains(page, f"{case.reference} is saved as a draft.")
        self.assertEqual(CaseLine.unscoped.get().description, "Dark.")
        self.assertContains(self.client.get(reverse("case", args=[case.reference])), "Go on")

    def test_a_correction_leads_back_to_the_summary(self):
        case = self.filled()
        page = self.answer("case-equipment", case, "?then=check", is_new="no")
        self.assertRedirects(page, reverse("case-check", args=[case.reference]))

    def test_one_answer_for_all_units_or_for_one_alone(self):
        case = self.begin(self.unit, make.make_unit(self.holder))
        first, second = CaseLine.unscoped.filter(case=case).order_by("pk")
        page = self.answer("case-equipment", case, is_new="yes", for_line=str(first.pk))
        self.assertRedirects(
            page, reverse("case-equipment", args=[case.reference]) + f"?line={second.pk}"
        )
        self.answer("case-equipment", case, is_new="no", for_line=str(second.pk))
        said = CaseLine.unscoped.filter(case=case).order_by("pk")
        self.assertEqual([line.is_new for line in said], [True, False])
        self.answer("case-symptom", case, symptom="no_boot", description="Both.")
        self.assertEqual({line.description for line in said.all()}, {"Both."})

    def test_what_was_said_before_is_not_asked_again(self):
        case = self.filled()
        self.client.post(reverse("case-check", args=[case.reference]))
        other = self.begin(make.make_unit(self.holder))
        page = self.client.get(reverse("case-delivery", args=[other.reference]))
        self.assertContains(page, "1 Main Street")
        self.assertContains(page, "+1 214 555 0100")

    def test_a_draft_is_thrown_away_with_its_files(self):
        case = self.filled()
        self.client.post(reverse("case-discard", args=[case.reference]))
        self.assertFalse(Case.unscoped.exists() or CaseFile.unscoped.exists())

    def test_no_cover_is_an_answer_with_ways_on(self):
        old = make.make_unit(self.holder, shipped_on=make.SHIPPED_ON - timedelta(days=900))
        case = self.filled(self.begin(old), failed_time="09:01")
        page = self.client.get(reverse("case-check", args=[case.reference]))
        for words in ("No warranty or contract covers this unit", "Report a wrong date", "quote"):
            self.assertContains(page, words)
