"""The policy page has a place for every rule that an answer names, with its version's numbers."""

import re
from datetime import date

from django.test import TestCase
from django.urls import reverse

from doa.enums import DoaRule, Remedy
from tests.builders import SHIPPED_ON, make_organization, make_policy, make_unit, make_user
from tests.entrance import sign_in
from warranty.enums import WarrantyRule
from warranty.models import PolicyVersion


class PolicyPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.first = make_policy()

    def anchors(self, page):
        return set(re.findall(r' id="([^"]+)"', page.content.decode()))

    def test_anybody_may_read_it(self):
        page = self.client.get("/policies/")
        self.assertContains(page, "Service policies")
        self.assertNotIn("session", page.cookies)

    def test_every_rule_has_its_place(self):
        rules = {r.value for r in (*WarrantyRule, *DoaRule, *Remedy)} | {"S1", "S2", "D4", "D5"}
        self.assertLessEqual(rules, self.anchors(self.client.get("/policies/")))

    def test_each_rule_that_a_unit_page_names_leads_to_its_place(self):
        organization = make_organization()
        unit = make_unit(organization, shipped_on=SHIPPED_ON, installation_service=True)
        sign_in(self.client, make_user(organization))
        page = self.client.get(reverse("unit", args=[unit.serial])).content.decode()
        links = re.findall(r'href="(/policies/[^"#]+/)#([^"]+)"', page)
        self.assertIn("W3", {rule for _, rule in links})
        for address, rule in links:
            with self.subTest(rule):
                self.assertIn(rule, self.anchors(self.client.get(address)))

    def test_an_earlier_version_says_that_it_is_one_and_keeps_its_numbers(self):
        PolicyVersion.objects.create(
            label="Second", effective_from=date(2026, 2, 1), latest_start_days=120, doa_hours=72
        )
        old = self.client.get(f"/policies/{self.first.effective_from}/")
        self.assertContains(old, "This is an earlier version")
        self.assertContains(old, "the 90th day after shipment")
        self.assertContains(old, "before 1 Feb 2026")
        new = self.client.get("/policies/")
        self.assertNotContains(new, "earlier version.")
        self.assertContains(new, "the 120th day after shipment")
        self.assertContains(new, "within 72 hours")

    def test_a_version_to_come_says_so(self):
        PolicyVersion.objects.create(label="Third", effective_from=date(2099, 1, 1))
        self.assertContains(self.client.get("/policies/2099-01-01/"), "takes effect on 1 Jan 2099")
        self.assertContains(self.client.get("/policies/"), "until the day before 1 Jan 2099")

    def test_no_version_began_on_that_day(self):
        for text in ("2026-01-11", "tomorrow", "9999-99-99"):
            with self.subTest(text):
                self.assertEqual(self.client.get(f"/policies/{text}/").status_code, 404)
