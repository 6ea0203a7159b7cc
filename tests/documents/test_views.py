"""A document goes to whom it belongs and to Huawei, as a download that nothing runs."""

from django.test import TestCase
from django.urls import reverse

from tests.builders import a_pdf, make_document, make_organization, make_user
from tests.entrance import sign_in


class DownloadTests(TestCase):
    def test_the_owner_gets_the_file_as_an_attachment(self):
        organization = make_organization("D1")
        document = make_document(organization, a_pdf('rép"ort.pdf'))
        sign_in(self.client, make_user(organization))
        response = self.client.get(reverse("document", args=[document.reference]))
        self.assertEqual(b"".join(response.streaming_content), b"%PDF-1.4\n%%EOF\n")
        self.assertTrue(response.headers["Content-Disposition"].startswith("attachment;"))
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("sandbox", response.headers["Content-Security-Policy"])
        self.assertIn("no-store", response.headers["Cache-Control"])

    def test_a_request_that_announces_too_much_is_refused_unread(self):
        response = self.client.post("/accounts/sign-in/", CONTENT_LENGTH=str(200 * 1024 * 1024))
        self.assertEqual(response.status_code, 413)
        self.assertContains(response, "Nothing of it was kept", status_code=413)
