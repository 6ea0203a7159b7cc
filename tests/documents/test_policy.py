"""What a file is by its content, and what its name may say."""

from django.test import SimpleTestCase

from documents.enums import MediaType
from documents.policy import (
    ENCLOSURE,
    EVIDENCE,
    LOG,
    MEGABYTE,
    PHOTO,
    TABLE,
    FileNotAccepted,
    clean_name,
    media_type_of,
    require_accepted,
)

PDF = b"%PDF-1.7\n"


class ContentTests(SimpleTestCase):
    def test_the_first_bytes_decide(self):
        for start, kind in (
            (PDF, MediaType.PDF),
            (b"\xff\xd8\xff\xe0JFIF", MediaType.JPEG),
            (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
            (b"PK\x03\x04", MediaType.XLSX),
            (b"shipment_number,leg\n", MediaType.CSV),
        ):
            with self.subTest(kind):
                self.assertIs(media_type_of(start), kind)

    def test_programs_archives_and_other_pictures_are_nothing_to_hand_in(self):
        for start in (b"MZ\x90", b"\x7fELF", b"GIF89a", b"\x1f\x8b", b"Rar!", b"a\0b", b"  \n"):
            with self.subTest(start):
                self.assertIsNone(media_type_of(start))


class AcceptanceTests(SimpleTestCase):
    def refusal(self, accepted=EVIDENCE, **given):
        given = {"name": "report.pdf", "size": 100, "start": PDF, **given}
        with self.assertRaises(FileNotAccepted) as caught:
            require_accepted(accepted, **given)
        return str(caught.exception)

    def test_the_largest_size_is_taken_and_one_byte_more_is_not(self):
        at_most = 20 * MEGABYTE
        kind = require_accepted(EVIDENCE, name="a.pdf", size=at_most, start=PDF)
        self.assertIs(kind, MediaType.PDF)
        self.assertIn("up to 20 MB", self.refusal(size=at_most + 1))

    def test_an_empty_file_is_named(self):
        self.assertEqual(self.refusal(size=0), "report.pdf is empty. Choose the file again.")

    def test_a_name_does_not_make_a_document(self):
        said = self.refusal(name="report.pdf", start=b"<html><script>")
        self.assertIn("must be a PDF, JPG or PNG file by its content", said)

    def test_a_table_is_no_evidence_and_a_photo_no_table(self):
        self.assertIn("PDF, JPG or PNG", self.refusal(start=b"a,b\n"))
        self.assertIn("CSV or XLSX", self.refusal(TABLE, start=b"\x89PNG\r\n\x1a\n"))

    def test_plain_text_is_a_log_where_a_log_is_asked_for_and_a_table_where_a_table_is(self):
        boot = {"name": "boot.log", "size": 100, "start": b"U-Boot 2019.07, self-test failed\n"}
        for accepted, kind in ((LOG, MediaType.TEXT), (ENCLOSURE, MediaType.TEXT),
                               (TABLE, MediaType.CSV)):  # fmt: skip
            self.assertIs(require_accepted(accepted, **boot), kind)
        self.assertIn("must be a JPG or PNG file", self.refusal(PHOTO, **boot))
        said = self.refusal(LOG, name="boot.docx", start=b"PK\x03\x04")
        self.assertIn("The log must be a TXT or PDF file by its content. boot.docx is not: save it "
                      "as TXT", said)  # fmt: skip


class NameTests(SimpleTestCase):
    def test_folders_and_invisible_signs_are_left_out(self):
        for typed, kept in (
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("/absolute/report.pdf", "report.pdf"),
            ("nul\0byte.pdf", "nulbyte.pdf"),
            ("line\r\nbreak.pdf", "linebreak.pdf"),
            ("turn\u202efdp.exe", "turnfdp.exe"),
            ("", "file"),
            ("...", "file"),
        ):
            with self.subTest(typed):
                self.assertEqual(clean_name(typed), kept)

    def test_a_long_name_keeps_its_ending(self):
        name = clean_name("r" * 300 + ".pdf")
        self.assertEqual((len(name), name[-4:]), (120, ".pdf"))
