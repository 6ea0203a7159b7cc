"""Reporting what is wrong, as partners meet it, and deciding it, as staff do."""

from datetime import date

from django.test import TestCase
from django.urls import reverse

from audit.trail import SYSTEM
from documents.models import Document
from notifications.models import Message
from partners.enums import OrganizationKind, Role
from tests import builders as make
from tests.builders import CAP_ON, a_pdf, at_noon
from tests.entrance import sign_in
from warranty import workflow
from warranty.enums import DisputeStatus
from warranty.models import Dispute, Shipment, Warranty
from warranty.nights.run import run_night

SERIAL = "2102DISPUTEPAGE00001"


class PagesCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        make.make_policy()
        cls.staff = make.make_staff("staff@example.test")
        cls.holder = make.make_organization("VAR1", OrganizationKind.VAR)
        cls.agent = make.make_user(cls.holder, email="ada@example.test")
        cls.unit = make.make_unit(cls.holder, serial=SERIAL)

    def setUp(self):
        sign_in(self.client, self.agent)
        self.form = reverse("unit-dispute", args=[SERIAL])

    def answers(self, **values):
        given = {
            "subject": "huawei_shipment",
            "day": "2026-01-12",
            "explanation": "The delivery note\nshows two days later.",
            "document": a_pdf("note.pdf"),
        }
        return {name: value for name, value in (given | values).items() if value is not None}

    def report(self, **values):
        return self.client.post(self.form, self.answers(**values))


class FormTests(PagesCase):
    def test_the_unit_page_leads_to_it_and_it_shows_what_is_on_file(self):
        page = self.client.get(reverse("unit", args=[SERIAL]))
        self.assertContains(page, f"{self.form}?part_number=")
        form = self.client.get(self.form)
        self.assertContains(form, "Date of Huawei&#x27;s shipment: 10 Jan 2026")
        self.assertContains(form, "Installation service: Not purchased")
        self.assertContains(form, "PDF, JPG or PNG")
        self.assertNotContains(form, 'value="distributor_shipment"')

    def test_a_report_leads_to_its_own_page_with_the_document(self):
        response = self.report()
        dispute = Dispute.unscoped.get()
        self.assertRedirects(response, reverse("dispute", args=[dispute.reference]))
        page = self.client.get(response.url)
        self.assertContains(page, "12 Jan 2026")
        self.assertContains(page, "The delivery note shows two days later.")
        self.assertContains(page, reverse("document", args=[dispute.document.reference]))
        self.assertContains(self.client.get(reverse("disputes")), dispute.reference)
        self.assertContains(self.client.get(reverse("unit", args=[SERIAL])), "Reported as wrong")

    def test_wrong_input_keeps_what_was_typed_and_the_file(self):
        page = self.report(day="2026-01-10")
        self.assertContains(page, "is on file already", status_code=400)
        self.assertContains(page, "shows two days later", status_code=400)
        self.assertContains(page, "note.pdf is kept", status_code=400)
        kept = Document.unscoped.get()
        response = self.report(document=None, kept=kept.reference)
        self.assertEqual(response.status_code, 302)
        self.assertEqual(Dispute.unscoped.get().document, kept)

    def test_each_missing_answer_is_named_and_nothing_is_stored(self):
        for field, words in [
            ("subject", "Choose what is wrong."),
            ("day", "The date is missing"),
            ("explanation", "Say what your document shows."),
            ("document", "Choose the document that shows it."),
        ]:
            with self.subTest(field):
                self.assertContains(self.report(**{field: None}), words, status_code=400)
        wrong = self.report(document=make.SimpleUploadedFile("a.pdf", b"MZ program"))
        self.assertContains(wrong, "by its content", status_code=400)
        self.assertFalse(Dispute.unscoped.exists())

    def test_a_document_of_somebody_else_can_not_be_handed_in(self):
        foreign = make.make_document(make.make_organization())
        page = self.report(document=None, kept=foreign.reference)
        self.assertContains(page, "Choose the document", status_code=400)
        self.assertNotContains(page, foreign.reference, status_code=400)

    def test_the_same_fact_is_reported_once(self):
        self.report()
        self.assertContains(self.client.get(self.form), "not decided yet")
        self.assertContains(self.report(), "reported this already", status_code=400)
        self.assertEqual(Dispute.unscoped.count(), 1)

    def test_two_part_numbers_with_one_serial_are_told_apart(self):
        twin = make.make_unit(self.holder, serial=SERIAL)
        self.assertRedirects(self.client.get(self.form), reverse("unit", args=[SERIAL]))
        query = f"?part_number={twin.part_number.number}"
        self.client.post(f"{self.form}{query}", self.answers())
        self.assertEqual(Dispute.unscoped.get().unit, twin)

    def test_a_viewer_is_refused_and_a_stranger_finds_nothing(self):
        sign_in(self.client, make.make_user(self.holder, Role.VIEWER))
        for ask in (self.client.get, self.client.post):
            self.assertEqual(ask(self.form).status_code, 403)
        self.assertNotContains(self.client.get(reverse("unit", args=[SERIAL])), self.form)
        sign_in(self.client, make.make_user(make.make_organization(), Role.MANAGER))
        for ask in (self.client.get, self.client.post):
            self.assertEqual(ask(self.form).status_code, 404)


class FollowTests(PagesCase):
    def setUp(self):
        super().setUp()
        self.report()
        self.dispute = Dispute.unscoped.get()
        self.page = reverse("dispute", args=[self.dispute.reference])

    def test_it_is_withdrawn_once_and_can_be_reported_again(self):
        self.assertRedirects(self.client.post(self.page), self.page)
        self.assertContains(self.client.get(self.page), "has withdrawn this")
        self.assertNotContains(self.client.get(self.page), ">Withdraw<")
        self.assertEqual(self.client.post(self.page).status_code, 409)
        self.assertEqual(self.report().status_code, 302)

    def test_the_answer_stands_on_the_page_without_the_name_of_staff(self):
        workflow.answer_dispute(
            self.dispute, reason="The note is of another unit", user=self.staff, at=at_noon(CAP_ON)
        )
        page = self.client.get(self.page)
        self.assertContains(page, "The note is of another unit")
        self.assertContains(page, "By Huawei.")
        self.assertNotContains(page, ">Withdraw<")

    def test_another_organization_of_the_chain_sees_nothing_of_it(self):
        buyer = make.make_organization("V9", OrganizationKind.VAP)
        make.pass_on(self.unit, buyer, shipped_on=date(2026, 2, 1))
        sign_in(self.client, make.make_user(buyer, Role.MANAGER))
        self.assertEqual(self.client.get(self.page).status_code, 404)
        self.assertEqual(self.client.post(self.page).status_code, 404)
        for address in (reverse("disputes"), reverse("unit", args=[SERIAL])):
            self.assertNotContains(self.client.get(address), self.dispute.reference)

    def test_a_viewer_sees_it_and_may_not_withdraw_it(self):
        sign_in(self.client, make.make_user(self.holder, Role.VIEWER))
        self.assertContains(self.client.get(self.page), "12 Jan 2026")
        self.assertNotContains(self.client.get(self.page), ">Withdraw<")
        self.assertEqual(self.client.post(self.page).status_code, 403)


class DeskTests(PagesCase):
    def setUp(self):
        super().setUp()
        run_night(as_of=CAP_ON, today=CAP_ON, at=at_noon(CAP_ON), actor=SYSTEM)
        self.report()
        self.dispute = Dispute.unscoped.get()
        sign_in(self.client, self.staff)
        self.record = reverse("admin:warranty_dispute_change", args=[self.dispute.pk])
        self.accept = reverse("admin:warranty_dispute_accept", args=[self.dispute.pk])
        self.answer = reverse("admin:warranty_dispute_answer", args=[self.dispute.pk])

    def status(self):
        return Dispute.unscoped.get().status

    def test_the_record_shows_document_facts_and_effect_and_changes_nothing(self):
        page = self.client.get(self.record)
        self.assertContains(page, reverse("document", args=[self.dispute.document.reference]))
        for words in ("10 Jan 2026", "12 Jan 2026", "10 Apr 2026 (W1)", "12 Apr 2026 (W1)"):
            self.assertContains(page, words)
        self.assertContains(page, "Told by mail: VAR1 Example.")
        self.assertEqual(Shipment.unscoped.get().shipped_on, date(2026, 1, 10))
        self.assertEqual(self.status(), DisputeStatus.OPEN)
        download = self.client.get(reverse("document", args=[self.dispute.document.reference]))
        self.assertEqual(b"".join(download.streaming_content), b"%PDF-1.4\n%%EOF\n")

    def test_accepting_shows_the_effect_then_corrects_and_mails(self):
        self.assertContains(self.client.post(self.accept, {"reason": "Seen"}), "12 Apr 2026 (W1)")
        self.assertEqual(self.status(), DisputeStatus.OPEN)
        self.client.post(self.accept, {"reason": "Seen", "confirm": "1"})
        self.assertEqual(self.status(), DisputeStatus.ACCEPTED)
        self.assertEqual(Warranty.unscoped.get().starts_on, date(2026, 4, 12))
        told = Message.unscoped.filter(organization=self.holder).values_list("template", flat=True)
        self.assertIn("warranty/corrected", told)
        self.assertIn("warranty/dispute_decided", told)
        self.assertNotContains(self.client.get(self.record), self.accept)

    def test_the_second_of_two_staff_is_told_who_and_when_and_keeps_the_text(self):
        shown = self.client.get(self.accept).context["shown"]
        other = make.make_staff("second@example.test")
        workflow.answer_dispute(self.dispute, reason="No", user=other, at=at_noon(CAP_ON))
        late = self.client.post(
            self.accept, {"reason": "Seen by me", "confirm": "1", "shown": shown}
        )
        self.assertContains(late, "Second changed this on 10 Apr 2026", status_code=409)
        self.assertContains(late, "Seen by me", status_code=409)
        self.assertEqual(self.status(), DisputeStatus.ANSWERED)
        self.assertEqual(Shipment.unscoped.get().shipped_on, date(2026, 1, 10))

    def test_the_shipment_corrected_meanwhile_is_told_before_accepting(self):
        shown = self.client.get(self.accept).context["shown"]
        workflow.correct_shipment_date(
            Shipment.unscoped.get(),
            shipped_on=date(2026, 1, 11),
            reason="Paper",
            user=make.make_staff("second@example.test"),
            at=at_noon(CAP_ON),
        )
        values = {"reason": "Seen", "confirm": "1", "shown": shown}
        late = self.client.post(self.accept, values)
        self.assertContains(late, "date corrected from 2026-01-10 to 2026-01-11", status_code=409)
        self.assertEqual(self.status(), DisputeStatus.OPEN)
        again = values | {"shown": late.context["shown"]}
        self.assertEqual(self.client.post(self.accept, again).status_code, 302)

    def test_answering_needs_words_for_the_partner(self):
        self.client.post(self.answer, {"reason": " "})
        self.assertEqual(self.status(), DisputeStatus.OPEN)
        self.client.post(self.answer, {"reason": "The note is of another unit"})
        self.assertEqual(self.status(), DisputeStatus.ANSWERED)

    def test_the_unit_at_the_desk_names_it_and_leads_to_what_the_partner_sees(self):
        page = self.client.get(reverse("admin:warranty_unit_change", args=[self.unit.pk]))
        self.assertContains(page, self.dispute.reference)
        self.assertContains(page, "Day 0 of warranty and support.")
        self.assertContains(page, "See what the partner sees")
        self.assertContains(page, reverse("unit", args=[SERIAL]))

    def test_nobody_edits_adds_or_deletes_one(self):
        for name in ("add", "delete"):
            arguments = [self.dispute.pk] if name == "delete" else []
            page = self.client.get(reverse(f"admin:warranty_dispute_{name}", args=arguments))
            self.assertEqual(page.status_code, 403)
        self.assertNotContains(self.client.get(self.record), 'name="_save"')
