"""A file is kept whole with its row, or nothing of it is; what nothing rests on goes."""

import io
import os
import resource
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from PIL import Image

from audit import trail
from audit.models import Event
from documents import storage, workflow
from documents.models import Document
from documents.policy import EVIDENCE, TABLE, FileNotAccepted
from tests.builders import SHIPPED_ON, at_noon, make_document, make_organization

AT = at_noon(SHIPPED_ON)
LATER = AT + timedelta(days=400)


def photo(kind="JPEG", size=(40, 20), **options):
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, kind, **options)
    return file.getvalue()


class KeepingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.organization = make_organization("D1")

    def keep(self, name, content, accepted=EVIDENCE):
        upload = SimpleUploadedFile(name, content)
        return workflow.keep(
            upload, accepted, organization=self.organization, actor=trail.SYSTEM, at=AT
        )

    def content_of(self, document):
        return storage.path_of(document.reference).read_bytes()

    def assertNothingKept(self, before):
        self.assertFalse(Document.unscoped.exists())
        self.assertEqual(set(storage.files()), before)
        self.assertFalse(Event.objects.exists())

    def test_a_pdf_is_kept_as_it_is_under_a_random_name(self):
        document = self.keep("../signed report.pdf", b"%PDF-1.4\nabc")
        self.assertEqual(self.content_of(document), b"%PDF-1.4\nabc")
        self.assertEqual(document.name, "signed report.pdf")
        self.assertNotIn("signed", str(storage.path_of(document.reference)))
        self.assertGreaterEqual(len(document.reference), 32)
        mode = storage.path_of(document.reference).stat().st_mode & 0o777
        self.assertEqual(mode, 0o600)

    def test_a_photo_loses_place_and_camera_and_what_hides_behind_it(self):
        exif = Image.Exif()
        exif[0x010F] = "SecretCam"
        document = self.keep("a.jpg", photo(exif=exif) + b"<script>alert(1)</script>")
        content = self.content_of(document)
        for secret in (b"SecretCam", b"<script>"):
            self.assertNotIn(secret, content)
        with Image.open(io.BytesIO(content)) as kept:
            self.assertEqual((kept.size, dict(kept.getexif())), ((40, 20), {}))

    def test_a_photo_taken_sideways_is_kept_upright(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        document = self.keep("a.jpg", photo(exif=exif))
        with Image.open(io.BytesIO(self.content_of(document))) as kept:
            self.assertEqual(kept.size, (20, 40))

    def test_what_is_broken_or_too_large_leaves_nothing(self):
        before = set(storage.files())
        enormous = io.BytesIO()
        Image.new("1", (8000, 7000)).save(enormous, "PNG")
        for name, content in (
            ("cut.png", photo("PNG")[:60]),
            ("cut.jpg", photo()[:200]),
            ("enormous.png", enormous.getvalue()),
            ("page.pdf", b"<html>"),
            ("empty.pdf", b""),
        ):
            with self.subTest(name), self.assertRaises(FileNotAccepted):
                self.keep(name, content)
            self.assertNothingKept(before)

    def test_a_table_is_kept_byte_for_byte(self):
        document = self.keep("s.csv", b"a;b\r\n1;2\r\n", TABLE)
        self.assertEqual(self.content_of(document), b"a;b\r\n1;2\r\n")

    def test_a_day_has_a_quota(self):
        Document.unscoped.create(
            reference="x", organization=self.organization, name="x", media_type="text/csv",
            size=workflow.DAILY_QUOTA - 10, sha256="", kept_by="", kept_at=AT,
        )  # fmt: skip
        self.keep("ten.csv", b"a,b\n1,2\n10", TABLE)
        with self.assertRaisesMessage(FileNotAccepted, "Go on tomorrow"):
            self.keep("more.csv", b"a", TABLE)


class SweepingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.organization = make_organization("D1")

    def test_what_nothing_rests_on_goes_after_a_day_and_the_rest_stays(self):
        loose, attached = (make_document(self.organization) for _ in range(2))
        workflow.attach(attached, at=AT)
        workflow.sweep(at=loose.kept_at + timedelta(days=1))
        self.assertEqual(Document.unscoped.count(), 2)
        workflow.sweep(at=LATER)
        self.assertEqual(Document.unscoped.get(), attached)
        self.assertTrue(storage.path_of(attached.reference).exists())
        self.assertFalse(storage.path_of(loose.reference).exists())

    def test_the_remains_of_a_broken_upload_go_and_a_young_one_stays(self):
        old, young = storage.incoming() / "old.part", storage.incoming() / "young.part"
        for path in (old, young):
            path.write_bytes(b"half")
        now = young.stat().st_mtime
        os.utime(old, (now - 7200, now - 7200))
        at = AT.fromtimestamp(now, tz=AT.tzinfo)
        workflow.sweep(at=at)
        self.assertEqual((old.exists(), young.exists()), (False, True))
        young.unlink()


@pytest.fixture
def almost_full_disk():
    """Let no file of this process grow beyond 10,000 bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.django_db
def test_a_full_disk_leaves_neither_row_nor_file(almost_full_disk):
    organization = make_organization("D1")
    before = set(storage.files())
    large = SimpleUploadedFile("large.pdf", b"%PDF-1.4\n" + b"x" * 100_000)
    with pytest.raises(OSError, match="File too large"):
        workflow.keep(large, EVIDENCE, organization=organization, actor=trail.SYSTEM, at=AT)
    assert (Document.unscoped.count(), set(storage.files())) == (0, before)


def test_uploads_grow_on_the_volume_on_which_they_are_kept():
    assert Path(settings.MEDIA_ROOT) in Path(settings.FILE_UPLOAD_TEMP_DIR).parents
