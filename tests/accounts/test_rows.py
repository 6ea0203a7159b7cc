"""Compact or usual rows: kept with the person, chosen from any list."""

from django.test import TestCase
from django.urls import reverse

from tests.builders import make_organization, make_unit, make_user

COMPACT = '<body data-density="compact">'


class RowsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.organization = make_organization("D1")
        cls.ada, cls.ben = make_user(cls.organization), make_user(cls.organization)
        make_unit(cls.organization)

    def choose(self, rows="compact", back="/units/?customer=A%26B"):
        return self.client.post(reverse("rows"), {"rows": rows, "back": back})

    def test_every_list_of_that_person_alone_is_compact_until_chosen_otherwise(self):
        self.client.force_login(self.ada)
        self.assertContains(self.client.get("/units/"), "Show compact rows")
        self.assertRedirects(self.choose(), "/units/?customer=A%26B")
        for name in ("units", "shipments"):
            page = self.client.get(reverse(name))
            self.assertContains(page, COMPACT)
            self.assertContains(page, "Show usual rows")
        self.client.force_login(self.ben)
        self.assertNotContains(self.client.get("/units/"), COMPACT)
        self.client.force_login(self.ada)
        self.assertContains(self.client.get("/units/"), COMPACT)
        self.choose("usual")
        self.assertNotContains(self.client.get("/units/"), COMPACT)

    def test_goes_back_to_a_page_of_this_house_only(self):
        self.client.force_login(self.ada)
        for back in ("", "https://elsewhere.test/", "//elsewhere.test/", "/\\elsewhere.test", "x"):
            with self.subTest(back=back):
                self.assertRedirects(self.choose(back=back), reverse("account"))

    def test_a_word_that_means_nothing_changes_nothing(self):
        self.client.force_login(self.ada)
        self.assertEqual(self.choose("tiny").status_code, 400)
        self.ada.refresh_from_db()
        self.assertFalse(self.ada.has_compact_rows)
