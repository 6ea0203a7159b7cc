"""People hand in lists of serial numbers, and find the answers of their organization."""

import csv
import io
from datetime import timedelta
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from audit.models import Event
from documents import storage
from documents import workflow as documents
from documents.models import Document
from jobs.enums import JobStatus
from jobs.models import Job
from jobs.workflow import MAX_ATTEMPTS
from partners import clock
from portal.bulk_check import HEADER, check_serials
from portal.checks import reading, workflow
from portal.checks.views import checks_of
from tests.builders import make_huawei, make_organization, make_unit, make_user, pass_on


def sheet(*rows: list[object]) -> SimpleUploadedFile:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return SimpleUploadedFile("list.xlsx", file.getvalue())


class CheckCase(TestCase):
    def setUp(self):
        self.partner = make_organization("MERIDIAN")
        self.unit = make_unit(self.partner, serial="2102353XRT10S3000417")
        self.client.force_login(make_user(self.partner, role="viewer"))

    def ask(self, **fields: object):
        return self.client.post("/checks/", {"serials": "", **fields})

    def answers(self, url: str, query: str = "") -> list[dict[str, str]]:
        got = self.client.get(f"{url}result.csv{query}")
        text = b"".join(got.streaming_content).decode()
        return list(csv.DictReader(io.StringIO(text, newline="")))


class AskingTests(CheckCase):
    def test_a_pasted_list_is_answered_at_once_as_the_command_answers_it(self):
        typed = "2102353xrt10s3000417\r\n\r\n2IO2353XRTIOS3000417\r\n=1+1"
        asked = self.ask(serials=typed)
        job = Job.unscoped.get()
        self.assertRedirects(asked, f"/checks/{job.reference}/")
        output = io.StringIO(newline="")
        today = clock.business_today()
        lines = typed.replace("\r", "").splitlines(keepends=True)
        check_serials(lines, output, organization=self.partner, on=today)
        got = self.client.get(f"{asked.url}result.csv")
        self.assertEqual(b"".join(got.streaming_content).decode(), output.getvalue())
        self.assertEqual(got["Content-Type"], "text/csv; charset=utf-8")
        page = self.client.get(asked.url)
        self.assertContains(page, "Did you mean")
        self.assertEqual(job.counts["mistyped"], 1)

    def test_serial_numbers_on_one_line_are_each_answered(self):
        self.ask(serials=f"{self.unit.serial}, NOTHING00001; NOTHING00002")
        self.assertEqual(Job.unscoped.get().order["lines"], 3)

    def test_takes_a_text_and_a_workbook_and_keeps_every_digit(self):
        text = SimpleUploadedFile("list.txt", f"\ufeff{self.unit.serial}\n".encode())
        book = sheet(["site", "Serial Number"], ["Lima", self.unit.serial], ["Quito", 7])
        for file, known, total in ((text, 1, 1), (book, 1, 2)):
            with self.subTest(file=file.name):
                asked = self.ask(file=file)
                rows = self.answers(asked.url)
                self.assertEqual([r["model"] != "" for r in rows].count(True), known)
                self.assertEqual(len(rows), total)

    def test_refuses_what_holds_nothing_or_too_much_and_keeps_none_of_it(self):
        many = SimpleUploadedFile("many.txt", b"A1\n" * (reading.MOST + 1))
        broken = sheet(["serial"], [21023501012345678901])
        for fields, words in [
            ({}, "Paste serial numbers, or choose a file."),
            ({"serials": "A1", "file": SimpleUploadedFile("a.txt", b"A1")}, "leave the other"),
            ({"serials": "serial_number"}, "holds no serial number"),
            ({"file": many}, "more than 100,000"),
            ({"file": broken}, "Line 2"),
            ({"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7")}, "must be a CSV or XLSX"),
        ]:
            with self.subTest(words=words):
                self.assertContains(self.ask(**fields), words, status_code=400)
        self.assertFalse(Job.unscoped.exists() or Document.unscoped.exists())

    def test_as_many_as_promised_are_taken_and_wait_for_a_worker(self):
        most = SimpleUploadedFile("most.txt", b"serial\n" + b"A1\n" * reading.MOST)
        asked = self.ask(file=most)
        job = Job.unscoped.get()
        self.assertEqual((job.status, job.order["lines"]), (JobStatus.QUEUED, reading.MOST))
        page = self.client.get(asked.url)
        self.assertContains(page, "Waiting for its turn")
        self.assertContains(page, 'http-equiv="refresh"')
        self.assertNotContains(self.client.get(f"{asked.url}?still=yes"), "http-equiv")
        self.assertContains(self.client.get("/checks/"), "most.txt")
        self.assertEqual(self.client.get(f"{asked.url}result.csv").status_code, 404)


class AnswerTests(CheckCase):
    def setUp(self):
        super().setUp()
        slip = "2102353XRT10S300047"
        self.asked = self.ask(serials="\n".join([self.unit.serial, slip, "NONE00000001", "#"]))

    def test_a_table_is_filtered_by_outcome_and_so_are_its_files(self):
        for show, lines in [
            ("all", ["1", "2", "3", "4"]),
            ("unknown", ["2", "3"]),
            ("mistyped", ["2"]),
            ("invalid", ["4"]),
            ("nonsense", ["1", "2", "3", "4"]),
        ]:
            with self.subTest(show=show):
                rows = self.answers(self.asked.url, f"?show={show}")
                self.assertEqual([row["line"] for row in rows], lines)
                shown = self.client.get(f"{self.asked.url}?show={show}")
                self.assertEqual([str(row["line"]) for row in shown.context["rows"]], lines)
                book = self.client.get(f"{self.asked.url}result.xlsx?show={show}")
                content = io.BytesIO(b"".join(book.streaming_content))
                values = list(load_workbook(content).active.values)
                self.assertEqual(values[0], HEADER)
                self.assertEqual([row[0] for row in values[1:]], lines)

    def test_nobody_else_finds_a_check_not_even_huawei(self):
        self.client.force_login(make_user(make_organization("ELSE"), role="manager"))
        for address in ("", "result.csv", "result.xlsx"):
            with self.subTest(address=address):
                self.assertEqual(self.client.get(self.asked.url + address).status_code, 404)
        self.assertNotContains(self.client.get("/checks/"), "pasted list")
        self.assertFalse(checks_of(make_huawei()).exists())

    def test_a_colleague_finds_it_in_few_queries(self):
        self.client.force_login(make_user(self.partner, role="viewer"))
        self.client.get("/checks/")
        with self.assertNumQueries(5):
            self.assertContains(self.client.get("/checks/"), "pasted list.txt")

    def test_a_check_is_forgotten_after_a_month_with_its_files(self):
        job = Job.unscoped.get()
        last = job.started_at + workflow.KEPT
        workflow.forget(at=last)
        self.assertTrue(Job.unscoped.exists())
        kept = [storage.path_of(document.reference) for document in Document.unscoped.all()]
        self.assertEqual(len(kept), 2)
        after = last + timedelta(microseconds=1)
        self.assertEqual(workflow.forget(at=after), 1)
        documents.sweep(at=after)
        self.assertEqual(self.client.get(self.asked.url).status_code, 404)
        self.assertFalse(any(Path(path).exists() for path in kept))
        self.assertTrue(Event.objects.filter(name="job.forgotten").exists())


class SuggestionTests(CheckCase):
    def reason(self, typed: str) -> str:
        output = io.StringIO(newline="")
        on = clock.business_today()
        check_serials([typed], output, organization=self.partner, on=on)
        (row,) = csv.DictReader(io.StringIO(output.getvalue(), newline=""))
        return row["reason"]

    def test_names_the_one_unit_that_a_slip_of_the_finger_leads_to(self):
        for typed in (
            "2102353XRT10S300041",
            "210235XRT10S3000417",
            "21023533XRT10S3000417",
            "2102353XTR10S3000417",
            "2102353XRTI0S3000417",
            "2102353xrt-10s3 00041",
        ):
            with self.subTest(typed=typed):
                self.assertIn(f"Did you mean {self.unit.serial}?", self.reason(typed))
        for typed in ("2102353XRT10S3000499", "2102353XRT10S30004", "X"):
            with self.subTest(typed=typed):
                self.assertNotIn("Did you mean", self.reason(typed))

    def test_says_nothing_where_two_fit_and_never_names_anothers_unit(self):
        make_unit(self.partner, serial="2102353XRT10S3000418")
        self.assertNotIn("Did you mean", self.reason("2102353XRT10S300041"))
        stranger = make_organization("ELSE")
        theirs = make_unit(stranger, serial="2102359ZZZ10S3000777")
        self.assertNotIn("Did you mean", self.reason("2102359ZZZ10S300077"))
        pass_on(theirs, self.partner, shipped_on=theirs.huawei_shipment.shipped_on)
        self.assertIn(theirs.serial, self.reason("2102359ZZZ10S300077"))


class WorkerTests(CheckCase):
    def test_a_list_that_kills_its_workers_ends_with_a_word_and_a_mail(self):
        file = SimpleUploadedFile("most.txt", b"A1\n" * (workflow.AT_ONCE + 1))
        asked = self.ask(file=file)
        job = Job.unscoped.get()
        Job.unscoped.update(attempts=MAX_ATTEMPTS)
        workflow.work_on(job.pk, at=job.started_at + timedelta(minutes=5))
        page = self.client.get(asked.url)
        self.assertContains(page, "There are no answers")
        self.assertContains(page, "stopped each time")

    def test_a_second_run_changes_nothing(self):
        self.ask(serials=self.unit.serial)
        job = Job.unscoped.get()
        workflow.work_on(job.pk, at=clock.now())
        self.assertEqual(Document.unscoped.count(), 2)
        self.assertEqual(Job.unscoped.get().finished_at, job.finished_at)

    def test_the_address_of_the_list_is_in_the_navigation(self):
        self.assertContains(self.client.get("/home/"), reverse("bulk-checks"))
