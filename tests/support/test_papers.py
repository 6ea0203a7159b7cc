"""Service documents: versions side by side, the one in force, who may add and read."""

import shutil
from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from time_machine import travel

from audit.models import Event
from documents.models import Document
from support import workflow
from support.models import ServicePaper
from tests.builders import (
    a_pdf,
    at_noon,
    make_contract,
    make_document,
    make_huawei,
    make_staff,
    make_user,
)
from tests.entrance import sign_in
from tests.support.test_registering import AT, PASSED_ON, ContractCase

DAY = timedelta(days=1)
LIST = "/contracts/documents/"
SECOND = date(2026, 6, 1)


class PaperCase(ContractCase):
    def setUp(self):
        super().setUp()
        self.huawei, self.staff = make_huawei(), make_staff()
        self.addCleanup(shutil.rmtree, settings.MEDIA_ROOT / "documents", ignore_errors=True)
        sign_in(self.client, make_user(self.vap))

    def add(self, version, valid_from, *, user=None, family="hicare", kind="guide", sample=True):
        paper = workflow.Paper(
            family=family, kind=kind, version=version, valid_from=valid_from, is_sample=sample
        )
        document = make_document(self.huawei, a_pdf(f"guide-{version}.pdf"))
        return workflow.add_paper(
            paper, document, organization=self.huawei, user=user or self.staff, at=AT
        )

    def page(self, on, **query):
        with travel(at_noon(on), tick=False):
            return self.client.get(LIST, query)


class PaperTests(PaperCase):
    def test_a_version_is_in_force_from_its_first_day_to_the_day_before_the_next(self):
        first, second = self.add("1.0", PASSED_ON), self.add("2.0", SECOND)
        for on, found in (
            (PASSED_ON - DAY, []),
            (PASSED_ON, [first]),
            (SECOND - DAY, [first]),
            (SECOND, [second]),
        ):
            with self.subTest(on):
                self.assertEqual(ServicePaper.objects.in_force("hicare", on=on), found)
        self.assertEqual(ServicePaper.objects.in_force("cocare", on=SECOND), [])

    def test_a_version_and_a_day_are_taken_once(self):
        self.add("1.0", PASSED_ON)
        for version, day in (("1.0", SECOND), ("2.0", PASSED_ON)):
            with self.subTest(version), self.assertRaises(workflow.PaperRefused):
                self.add(version, day)
        self.assertEqual(ServicePaper.objects.count(), 1)
        self.assertEqual(Event.objects.filter(name="support.paper.added").count(), 1)

    def test_only_staff_adds_one(self):
        with self.assertRaises(PermissionDenied):
            self.add("1.0", PASSED_ON, user=make_user(self.vap))
        self.assertFalse(ServicePaper.objects.exists())

    def test_partners_read_every_version_and_which_is_in_force(self):
        self.add("1.0", PASSED_ON)
        self.add("2.0", SECOND, sample=False)
        page = self.page(SECOND)
        self.assertContains(page, "Version 2.0 is in force")
        self.assertContains(page, "version 2.0 is, since 1 Jun 2026")
        self.assertContains(page, "a sample, not the vendor&#x27;s text", 0)
        self.assertContains(page, "a sample, not the vendor's text", 1)
        self.assertContains(self.page(SECOND - DAY), "Version 1.0 is in force")
        self.assertNotContains(page, "Add a version")

    def test_the_file_comes_as_a_download_that_no_browser_runs(self):
        paper = self.add("1.0", PASSED_ON)
        answer = self.page(SECOND, file=paper.document.reference)
        self.assertTrue(b"".join(answer.streaming_content).startswith(b"%PDF-"))
        self.assertIn("attachment", answer["Content-Disposition"])
        self.assertIn("sandbox", answer["Content-Security-Policy"])

    def test_a_file_that_is_no_service_document_is_not_handed_out_here(self):
        private = make_document(self.huawei)
        for reference in (private.reference, "never-was", "\0"):
            self.assertEqual(self.page(SECOND, file=reference).status_code, 404)

    def test_a_contract_leads_to_the_version_of_its_first_day_and_to_todays(self):
        old, new = self.add("1.0", PASSED_ON), self.add("2.0", SECOND)
        contract = make_contract([self.unit()], at=AT)
        with travel(at_noon(SECOND), tick=False):
            page = self.client.get(reverse("contract", args=[contract.reference]))
        self.assertContains(page, f"{old}</a>, <span")
        self.assertContains(page, f"{new}</a>, <span")
        with travel(at_noon(SECOND - DAY), tick=False):
            page = self.client.get(reverse("contract", args=[contract.reference]))
        self.assertNotContains(page, f"{new}</a>, <span")


class AddingTests(PaperCase):
    def post(self, **fields):
        answers = {
            "family": "hicare", "kind": "description", "version": "1.0",
            "valid_from": "2026-01-01", "file": a_pdf("sd.pdf"),
        } | fields  # fmt: skip
        answers = {name: value for name, value in answers.items() if value is not ...}
        return self.client.post(LIST + "add/", answers)

    def test_staff_hands_a_file_in_and_it_stands_in_the_list(self):
        sign_in(self.client, self.staff)
        self.assertRedirects(self.post(is_sample="on"), LIST)
        paper = ServicePaper.objects.get()
        self.assertEqual((str(paper), paper.is_sample), ("HiCare service description 1.0", True))
        self.assertIsNotNone(paper.document.attached_at)

    def test_what_is_wrong_is_said_and_nothing_is_stored(self):
        sign_in(self.client, self.staff)
        wrong = a_pdf("photo.pdf")
        wrong.file.write(b"GIF89a")
        wrong.seek(0)
        for fields in ({"file": ...}, {"file": wrong}, {"version": ""}, {"valid_from": "soon"}):
            with self.subTest(fields):
                self.assertEqual(self.post(**fields).status_code, 400)
        self.assertFalse(ServicePaper.objects.exists())
        self.assertFalse(Document.unscoped.exists())

    def test_a_version_that_is_taken_comes_back_on_the_form(self):
        sign_in(self.client, self.staff)
        self.post()
        answer = self.post(valid_from="2026-02-01")
        self.assertContains(answer, "Write another.", status_code=400)
        self.assertEqual(ServicePaper.objects.count(), 1)

    def test_a_partner_is_refused(self):
        self.assertEqual(self.post().status_code, 403)
        self.assertFalse(ServicePaper.objects.exists())
