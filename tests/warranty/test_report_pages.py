"""Installation reports as people hand them in, follow them and take them back."""

import io
from datetime import timedelta
from html import unescape

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse
from PIL import Image

from audit.models import Event
from audit.trail import SYSTEM
from documents import workflow as documents
from documents.models import Document
from notifications.models import Message
from partners import clock
from partners.enums import OrganizationKind, Role
from tests import builders as make
from tests.entrance import sign_in
from warranty import workflow
from warranty.enums import ReportStatus
from warranty.models import InstallationReport, Warranty
from warranty.nights.run import run_night

NEW = "/reports/new/"


class ReportCase(TestCase):
    """A VAP with units shipped so many days ago, and its agent signed in."""

    def setUp(self):
        make.make_policy()
        self.today = clock.business_today()
        self.partner = make.make_organization("VAP1", OrganizationKind.VAP)
        self.agent = make.make_user(self.partner)
        self.staff = make.make_staff()
        sign_in(self.client, self.agent)

    def unit(self, *, age=100, consignee=None, **fields):
        fields.setdefault("installation_service", True)
        shipped_on = self.today - timedelta(days=age)
        return make.make_unit(consignee or self.partner, shipped_on=shipped_on, **fields)

    def day(self, number, *, age=100):
        """Return day N after the shipment of a unit of that age."""
        return self.today - timedelta(days=age) + timedelta(days=number)

    def night(self):
        at = clock.now()
        run_night(as_of=self.today, today=self.today, at=at, actor=SYSTEM)

    def answers(self, named, signed_on, **more):
        serials = "\n".join(getattr(unit, "serial", unit) for unit in named)
        return {"signed_on": signed_on, "signed_by": "Pat Doe", "serials": serials} | more

    def ask(self, named, signed_on, **more):
        """Send the form; a file comes with it unless the test says otherwise."""
        more.setdefault("file", make.a_pdf())
        return self.client.post(NEW, self.answers(named, signed_on, **more))

    def confirm(self, shown, named, signed_on, **more):
        """Press the button of the page that shows what changes."""
        reference = shown.context["document"].reference
        more |= {"document": reference, "confirm": "yes"}
        return self.client.post(NEW, self.answers(named, signed_on, **more))

    def hand_in(self, named, signed_on, **more):
        shown = self.ask(named, signed_on, **more)
        self.assertEqual(shown.status_code, 200, shown.context["form"].errors)
        answer = self.confirm(shown, named, signed_on, **more)
        self.assertEqual(answer.status_code, 302)
        return InstallationReport.unscoped.get(reference=answer.url.split("/")[2])

    def accept(self, report):
        sign_in(self.client, self.staff)
        address = reverse("admin:warranty_installationreport_accept", args=[report.pk])
        self.client.post(address)
        self.client.post(address, {"confirm": "Accept"})
        report.refresh_from_db()
        self.assertEqual(report.status, ReportStatus.ACCEPTED)
        sign_in(self.client, self.agent)

    def start_of(self, unit):
        warranty = Warranty.unscoped.filter(pk=unit.pk).first()
        return warranty and (warranty.starts_on, warranty.rule)

    def assert_refused(self, answer, words, *, status=400):
        self.assertEqual(answer.status_code, status)
        self.assertIn(words, unescape(answer.content.decode()))
        self.assertEqual(InstallationReport.unscoped.count(), self.stored)
        self.assertFalse(Event.objects.filter(name="report.submitted").count() > self.stored)

    stored = 0


class MustHoldTests(ReportCase):
    """The checks of the policy, from the partner's form to staff's click."""

    def test_1_without_installation_service_a_report_changes_nothing(self):
        unit = self.unit(installation_service=False)
        shown = self.ask([unit], self.day(10))
        self.assertContains(shown, "no effect, warranty started on")
        self.assertContains(shown, "Installation service was not purchased")
        self.assertContains(shown, "This report changes no date.")
        self.accept(self.hand_in([unit], self.day(10)))
        self.night()
        self.assertEqual(self.start_of(unit), (self.day(90), "W1"))

    def test_2_a_signature_counts_up_to_day_90(self):
        for signed, starts, rule in ((0, 0, "W2"), (89, 89, "W2"), (90, 90, "W2"), (91, 90, "W3")):
            with self.subTest(signed=signed):
                unit = self.unit()
                self.accept(self.hand_in([unit], self.day(signed)))
                self.night()
                self.assertEqual(self.start_of(unit), (self.day(starts), rule))

    def test_10_signed_on_day_60_and_accepted_on_day_100_moves_the_start_and_tells_everybody(self):
        unit = self.unit()
        make.pass_on(unit, make.make_organization("VAR1", "var"), shipped_on=self.day(5))
        self.night()
        self.assertEqual(self.start_of(unit), (self.day(90), "W3"))
        shown = self.ask([unit], self.day(60))
        self.assertContains(shown, "moves back to")
        self.assertContains(shown, "which shortens cover")
        report = self.hand_in([unit], self.day(60))
        Message.unscoped.all().delete()
        self.accept(report)
        self.assertEqual(self.start_of(unit), (self.day(60), "W2"))
        moved = Event.objects.get(name="warranty.moved")
        self.assertEqual(moved.detail["before"]["starts_on"], self.day(90).isoformat())
        told = dict(Message.unscoped.values_list("template", "organization__code"))
        self.assertEqual(told, {"warranty/report_accepted": "VAP1", "warranty/corrected": "VAR1"})

    def test_11_of_two_accepted_reports_the_earlier_signature_counts(self):
        unit = self.unit()
        self.accept(self.hand_in([unit], self.day(30)))
        self.accept(self.hand_in([unit], self.day(20)))
        self.assertEqual(self.start_of(unit), (self.day(20), "W2"))
        shown = self.ask([unit], self.day(40))
        self.assertContains(shown, "Already covered by an earlier signature")

    def test_13_a_partial_report_leaves_the_other_units_to_day_90(self):
        units = [self.unit() for _ in range(5)]
        self.accept(self.hand_in(units[:3], self.day(15)))
        self.night()
        starts = [self.start_of(unit) for unit in units]
        self.assertEqual(starts, [(self.day(15), "W2")] * 3 + [(self.day(90), "W3")] * 2)


class FormTests(ReportCase):
    def test_shows_groups_of_units_before_anything_is_stored(self):
        units = [self.unit(age=50), self.unit(age=50), self.unit(age=120)]
        shown = self.ask(units, self.today - timedelta(days=5))
        self.assertContains(shown, "2 units: warranty starts on")
        self.assertContains(shown, "(day 45)")
        self.assertContains(shown, "1 unit: warranty stays at")
        self.assertEqual(InstallationReport.unscoped.count(), 0)

    def test_keeps_number_file_and_person_with_the_report(self):
        report = self.hand_in([self.unit()], self.day(30), number="OUR-7")
        self.assertEqual((report.number, report.submitted_by), ("OUR-7", str(self.agent)))
        self.assertEqual(report.document.name, "signed-report.pdf")
        self.assertIsNotNone(report.document.attached_at)
        page = self.client.get(f"/reports/{report.reference}/")
        for words in ("OUR-7", "Pat Doe", "signed-report.pdf", "Waiting for Huawei"):
            self.assertContains(page, words)

    def test_numbers_are_given_by_organization_and_year(self):
        first, second = (self.hand_in([self.unit()], self.day(30)) for _ in range(2))
        year = f"{self.today:%y}"
        self.assertEqual(first.number, f"IR-{year}-000001")
        self.assertEqual(second.number, f"IR-{year}-000002")

    def test_takes_serials_as_people_type_them(self):
        unit, other = self.unit(serial="2102ABCDEF0000000001"), self.unit()
        typed = f" 2102-abcdef 0000000001,{other.serial};\n\n2102ABCDEF0000000001"
        shown = self.ask([typed], self.day(30))
        self.assertEqual({u.pk for u in shown.context["form"].found.units}, {unit.pk, other.pk})

    def test_names_every_line_with_a_problem_and_says_what_to_do(self):
        good = self.unit(serial="2102ABCDEF0000000001")
        answer = self.ask([good, "2102ABCDEFO000000001", "NOSUCH", "a!b"], self.day(30))
        self.assert_refused(answer, "Line 2: 2102ABCDEFO000000001 is not in your list of units. ")
        for words in (
            "Did you mean 2102ABCDEF0000000001? Correct the line.",
            "Line 3: NOSUCH is not in your list of units. Check it against the label",
            'Line 4, a!b: A serial number has only the letters A to Z and digits. Remove "!"',
        ):
            self.assertIn(words, unescape(answer.content.decode()))

    def test_a_foreign_unit_reads_like_one_that_never_was(self):
        foreign = self.unit(consignee=make.make_organization("D9"))
        answers = [self.ask([serial], self.day(30)) for serial in (foreign.serial, "NOSUCH")]
        pages = [
            answer.context["form"].errors["serials"][0].replace(serial, "S")
            for answer, serial in zip(answers, (foreign.serial, "NOSUCH"), strict=True)
        ]
        self.assertEqual(pages[0], pages[1])

    def test_asks_which_unit_when_two_part_numbers_share_a_serial(self):
        one, two = (
            self.unit(serial="TWIN1", part_number=make.make_part_number(n)) for n in ("P1", "P2")
        )
        answer = self.ask(["TWIN1"], self.day(30))
        self.assert_refused(answer, "2 units carry TWIN1. Choose the part number")
        report = self.hand_in(["TWIN1"], self.day(30), **{"part-TWIN1": "P2"})
        self.assertEqual(list(report.units.all()), [two])
        self.assertNotEqual(one, two)

    def test_a_whole_shipment_needs_no_typing(self):
        shipment = make.make_shipment(self.partner, shipped_on=self.day(0))
        units = [
            make.make_unit(shipment=shipment, installation_service=True, serial=f"W{n}")
            for n in range(3)
        ]
        asked = self.client.get(NEW, {"shipment": shipment.reference})
        self.assertContains(asked, f"The whole shipment {shipment.number}, 3 units")
        fields = {"shipment": str(shipment.reference), "units": "shipment"}
        report = self.hand_in([], self.day(10), **fields)
        self.assertEqual(set(report.units.all()), set(units))

    def test_a_foreign_shipment_is_not_found(self):
        shipment = make.make_shipment(make.make_organization("D9"))
        self.assertEqual(self.client.get(NEW, {"shipment": shipment.reference}).status_code, 404)
        self.assertEqual(self.client.get(NEW, {"shipment": "x"}).status_code, 404)

    def test_a_file_is_chosen_once_whatever_else_was_wrong(self):
        unit = self.unit()
        answer = self.client.post(NEW, self.answers([unit], "", file=make.a_pdf()))
        self.assert_refused(answer, "Enter the date written on the report.")
        kept = answer.context["document"].reference
        self.assertContains(answer, f'name="document" value="{kept}"', status_code=400)
        again = self.client.post(NEW, self.answers([unit], self.day(30), document=kept))
        self.assertEqual(again.status_code, 200)
        changed = self.client.post(
            NEW, self.answers([unit], self.day(30), document=kept, change="yes")
        )
        self.assertContains(changed, f'name="document" value="{kept}"')
        self.assertContains(changed, unit.serial)
        self.assertEqual(Document.unscoped.count(), 1)

    def test_hostile_words_are_shown_as_words(self):
        signer = "<script>alert(1)</script> & Co"
        report = self.hand_in([self.unit()], self.day(30), signed_by=signer, number="<b>1</b>")
        for address in ("/reports/", f"/reports/{report.reference}/"):
            page = self.client.get(address)
            self.assertNotContains(page, "<script>alert")
            self.assertContains(page, "&lt;b&gt;1&lt;/b&gt;")
        answer = self.ask([self.unit()], self.day(31), signed_by="a\u202eb")
        self.assertEqual(answer.status_code, 400)


class RefusalTests(ReportCase):
    def test_signed_after_today(self):
        unit = self.unit()
        self.assertEqual(self.ask([unit], self.today).status_code, 200)
        answer = self.ask([unit], self.today + timedelta(days=1))
        self.assert_refused(answer, "after today")

    def test_signed_before_the_shipment_names_the_units(self):
        early, late = self.unit(age=100), self.unit(age=50)
        self.assertEqual(self.ask([early, late], self.day(50)).status_code, 200)
        answer = self.ask([early, late], self.day(49))
        self.assert_refused(answer, f"before Huawei shipped {late.serial} (shipped")
        self.assertNotIn(f"shipped {early.serial}", answer.content.decode())

    def test_no_units_and_no_file(self):
        self.assert_refused(self.ask([], self.day(30)), "Enter the serial numbers on the report.")
        answer = self.client.post(NEW, self.answers([self.unit()], self.day(30)))
        self.assert_refused(answer, "Choose the signed report as a PDF, JPG or PNG file.")

    def test_files_of_other_kinds_are_refused_by_content(self):
        unit = self.unit()
        for name, body in (
            ("report.pdf", b"MZ\x90\x00"),
            ("report.docx", b"PK\x03\x04rest"),
            ("report.pdf", b""),
            ("report.jpg", b"\xff\xd8\xffbroken"),
        ):
            with self.subTest(name=name, body=body):
                answer = self.ask([unit], self.day(30), file=SimpleUploadedFile(name, body))
                self.assertEqual(answer.status_code, 400)
        self.assertEqual(Document.unscoped.count(), 0)

    def test_photos_are_taken(self):
        for kind in ("JPEG", "PNG"):
            body = io.BytesIO()
            Image.new("RGB", (20, 20)).save(body, kind)
            photo = SimpleUploadedFile(f"report.{kind.lower()}", body.getvalue())
            self.assertEqual(self.ask([self.unit()], self.day(30), file=photo).status_code, 200)

    def test_a_number_once_used(self):
        self.hand_in([self.unit()], self.day(30), number="OUR-7")
        self.stored = 1
        answer = self.ask([self.unit()], self.day(31), number="OUR-7")
        self.assert_refused(answer, "You have handed in a report OUR-7.", status=409)
        other = make.make_organization("VAP2", OrganizationKind.VAP)
        sign_in(self.client, make.make_user(other))
        self.hand_in([self.unit(consignee=other)], self.day(30), number="OUR-7")

    def test_the_same_units_with_the_same_date_lead_to_the_report_on_file(self):
        units = [self.unit(), self.unit()]
        report = self.hand_in(units, self.day(30))
        self.stored = 1
        answer = self.ask(units, self.day(30))
        self.assert_refused(answer, f"/reports/{report.reference}/", status=409)
        self.assertEqual(self.ask(units, self.day(31)).status_code, 200)
        self.assertEqual(self.ask(units[:1], self.day(30)).status_code, 200)

    def test_pressing_the_button_twice_makes_one_report(self):
        unit = self.unit()
        shown = self.ask([unit], self.day(30))
        first, second = (self.confirm(shown, [unit], self.day(30)) for _ in range(2))
        self.assertEqual((first.status_code, second.status_code), (302, 302))
        self.assertEqual(first.url, second.url)
        self.assertEqual(InstallationReport.unscoped.count(), 1)

    def test_what_was_never_handed_in_is_swept_away(self):
        shown = self.ask([self.unit()], self.day(30))
        kept = shown.context["document"].reference
        documents.sweep(at=clock.now() + timedelta(days=2))
        self.assertFalse(Document.unscoped.exists())
        answer = self.client.post(
            NEW, self.answers([self.unit()], self.day(30), document=kept, confirm="yes")
        )
        self.assert_refused(answer, "Choose the signed report")

    def test_a_foreign_file_can_not_be_handed_in(self):
        foreign = make.make_document(make.make_organization("D9"))
        answer = self.client.post(
            NEW,
            self.answers([self.unit()], self.day(30), document=foreign.reference, confirm="yes"),
        )
        self.assert_refused(answer, "Choose the signed report")


class RightsTests(ReportCase):
    def test_only_agents_and_managers_of_distributors_and_vaps_hand_in(self):
        for kind, role, status in (
            (OrganizationKind.DISTRIBUTOR, Role.AGENT, 200),
            (OrganizationKind.VAP, Role.MANAGER, 200),
            (OrganizationKind.VAP, Role.VIEWER, 403),
            (OrganizationKind.VAR, Role.MANAGER, 403),
            (OrganizationKind.HUAWEI, Role.STAFF, 403),
        ):
            with self.subTest(kind=kind, role=role):
                organization = (
                    make.make_huawei()
                    if kind == OrganizationKind.HUAWEI
                    else make.make_organization(kind=kind)
                )
                sign_in(self.client, make.make_user(organization, role))
                self.assertEqual(self.client.get(NEW).status_code, status)
                if status == 403:
                    self.assertEqual(self.ask([], self.day(1)).status_code, 403)

    def test_a_viewer_reads_and_can_not_withdraw(self):
        report = self.hand_in([self.unit()], self.day(30))
        sign_in(self.client, make.make_user(self.partner, Role.VIEWER))
        page = self.client.get(f"/reports/{report.reference}/")
        self.assertNotContains(page, "Withdraw")
        refused = self.client.post(f"/reports/{report.reference}/withdraw/", {"reason": "x"})
        self.assertEqual(refused.status_code, 403)

    def test_staff_see_the_reports_of_everybody_and_go_on_to_the_desk(self):
        report = self.hand_in([self.unit()], self.day(30))
        sign_in(self.client, self.staff)
        self.assertContains(self.client.get("/reports/"), self.partner.name)
        desk = reverse("admin:warranty_installationreport_change", args=[report.pk])
        self.assertContains(self.client.get(f"/reports/{report.reference}/"), desk)
        record = self.client.get(desk)
        self.assertContains(record, reverse("document", args=[report.document.reference]))
        self.assertContains(record, str(self.agent))


class AfterwardsTests(ReportCase):
    def test_what_is_sent_back_can_be_corrected_with_its_file(self):
        unit = self.unit()
        report = self.hand_in([unit], self.day(30), number="OUR-7")
        workflow.send_back_report(
            report, user=self.staff, at=clock.now(), reason="The date differs."
        )
        page = self.client.get(f"/reports/{report.reference}/")
        self.assertContains(page, "Sent back: The date differs.")
        asked = self.client.get(NEW, {"from": report.reference})
        for words in (unit.serial, "OUR-7-2", report.document.reference, "The date differs."):
            self.assertContains(asked, words)
        answers = self.answers([unit], self.day(31), number="OUR-7-2", confirm="yes")
        answers["document"] = report.document.reference
        self.assertEqual(self.client.post(NEW, answers).status_code, 302)
        corrected = InstallationReport.unscoped.get(number="OUR-7-2")
        self.assertEqual(corrected.document, report.document)

    def test_a_standing_report_is_not_corrected_but_withdrawn(self):
        report = self.hand_in([self.unit()], self.day(30))
        self.assertEqual(self.client.get(NEW, {"from": report.reference}).status_code, 404)

    def test_staff_send_back_with_a_usual_reason_and_words_of_their_own(self):
        report = self.hand_in([self.unit()], self.day(30))
        sign_in(self.client, self.staff)
        address = reverse("admin:warranty_installationreport_send-back", args=[report.pk])
        self.client.post(address, {"usual": "", "reason": ""})
        report.refresh_from_db()
        self.assertEqual(report.status, ReportStatus.SUBMITTED)
        usual = "The signature is missing."
        self.client.post(address, {"usual": usual, "reason": "Page 2."})
        report.refresh_from_db()
        self.assertEqual(report.reason, "The signature is missing. Page 2.")
        self.assertEqual(report.decided_by, str(self.staff))

    def test_withdrawing_an_accepted_report_shows_and_takes_the_way_back(self):
        unit = self.unit()
        report = self.hand_in([unit], self.day(60))
        self.accept(report)
        self.assertEqual(self.start_of(unit), (self.day(60), "W2"))
        address = f"/reports/{report.reference}/withdraw/"
        self.assertContains(self.client.get(address), "warranty moves from")
        nothing = self.client.post(address, {"reason": " "})
        self.assertContains(nothing, "Write why you withdraw the report.", status_code=400)
        self.client.post(address, {"reason": "Wrong site."})
        self.assertEqual(self.start_of(unit), (self.day(90), "W3"))
        page = self.client.get(f"/reports/{report.reference}/")
        self.assertContains(page, "Reason: Wrong site.")
        self.assertEqual(self.client.post(address, {"reason": "Again."}).status_code, 409)
        self.assertEqual(Event.objects.filter(name="report.withdrawn").count(), 1)

    def test_the_unit_page_offers_a_report_only_where_it_would_change_something(self):
        for unit, offered in (
            (self.unit(), True),
            (self.unit(installation_service=False), False),
        ):
            page = self.client.get(f"/units/{unit.serial}/")
            self.assertEqual(b"Hand in a report for this unit" in page.content, offered)
        unit = self.unit()
        report = self.hand_in([unit], self.day(30))
        page = self.client.get(f"/units/{unit.serial}/")
        self.assertContains(page, f"/reports/{report.reference}/")
        sign_in(self.client, make.make_user(self.partner, Role.VIEWER))
        page = self.client.get(f"/units/{unit.serial}/")
        self.assertNotContains(page, "Hand in a report for this unit")
