"""One field finds whatever has a number, in scope, however it is typed."""

import pytest
from django.db import connection
from django.db.models import F
from django.test import TestCase
from django.urls import reverse

from portal.search.folding import Folded, folded
from portal.search.kinds import KINDS
from portal.search.look import groups
from tests.builders import (
    SHIPPED_ON,
    at_noon,
    make_claim,
    make_contract,
    make_huawei,
    make_organization,
    make_policy,
    make_referral,
    make_report,
    make_unit,
    make_user,
)
from tests.builders_cases import make_case
from warranty.models import Shipment, Unit

PARTIAL = """
SELECT indexrelid::regclass::text FROM pg_index
WHERE indpred IS NOT NULL AND indexrelid::regclass::text NOT LIKE 'search_%'
AND indrelid::regclass::text ~ '^(doa|warranty|support|lifecycle)_'
"""
"""Names every index of some rows only, but those of the search."""


class SearchCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_policy()
        cls.owner = make_organization("D1")
        cls.unit = make_unit(cls.owner, serial="2102353XRT10S3000417")
        Unit.unscoped.update(end_customer="St. Brigid Medical Center")
        Shipment.unscoped.update(number="SHP-26-0412")
        cls.report = make_report(
            [cls.unit], signed_on=SHIPPED_ON, number="IR 26/2207", organization=cls.owner
        )
        cls.contract = make_contract(
            [cls.unit], number="HC-US-26-0457", at=at_noon(SHIPPED_ON), organization=cls.owner
        )
        cls.referral = make_referral(cls.unit)
        cls.case = make_case(units=[cls.unit], organization=cls.owner)
        cls.claim = make_claim(cls.unit, cls.owner)
        cls.stranger = make_organization("ELSE")

    def setUp(self):
        self.client.force_login(make_user(self.owner, role="viewer"))

    def search(self, typed: str):
        return self.client.get(reverse("search"), {"q": typed})


class ExactTests(SearchCase):
    def exact(self):
        """Yield every number in full, as somebody may type it, and where it leads."""
        yield "2102353xrt-10s3 000417", reverse("unit", args=[self.unit.serial])
        shipment = Shipment.unscoped.get()
        yield "shp 26 O412", reverse("shipment", args=[shipment.reference])
        yield "IR-26.22O7", reverse("report", args=[self.report.reference])
        yield "hcus26-0457", reverse("contract", args=[self.contract.reference])
        for name, record in (("case", self.case), ("claim", self.claim)):
            typed = record.reference.lower().replace("-", " ").replace("0", "o")
            yield typed, reverse(name, args=[record.reference])
        yield self.referral.reference, reverse("referral", args=[self.referral.reference])

    def test_a_number_in_full_leads_straight_there_however_it_is_typed(self):
        for typed, url in self.exact():
            with self.subTest(typed=typed):
                found = self.search(typed)
                self.assertRedirects(found, url, fetch_redirect_response=False)

    def test_nothing_of_another_organization_shows(self):
        self.client.force_login(make_user(self.stranger, role="manager"))
        typed = [typed for typed, _ in self.exact()]
        for text in (*typed, "2102353XRT", "SHP", "St. Brigid", "2102353XRT10S300041"):
            with self.subTest(text=text):
                page = self.search(text)
                self.assertContains(page, "What to do")
                self.assertNotContains(page, "Did you mean")


class GroupTests(SearchCase):
    def test_a_beginning_finds_the_kinds_apart_and_each_is_capped(self):
        shipped = Shipment.unscoped.get()
        for n in range(6):
            make_contract(
                [make_unit(self.owner, serial=f"2199OTHER{n}")],
                number=f"SHP/9{n}",
                at=at_noon(SHIPPED_ON),
                organization=self.owner,
            )
        Shipment.unscoped.exclude(pk=shipped.pk).update(number=F("reference"))
        page = self.search("shp")
        found = {group.label: len(group.hits) for group in page.context["groups"]}
        self.assertEqual(found, {"Shipments": 1, "Contracts": 5})
        self.assertContains(page, f"{reverse('contracts')}?q=shp")
        self.assertNotContains(page, f"{reverse('shipments')}?q=")

    def test_finds_customers_and_serial_numbers_by_their_beginning(self):
        self.assertContains(self.search("st. brigid"), "customer=St.+Brigid+Medical+Center")
        self.assertContains(self.search("2102353xrt"), self.unit.serial)
        self.assertContains(self.search("21"), "at least 3 characters")

    def test_a_slip_of_the_finger_is_understood(self):
        for typed in ("2102353XRT10S300041", "2102353XTR10S3000417"):
            with self.subTest(typed=typed):
                self.assertContains(self.search(typed), f">{self.unit.serial}</a>")

    def test_a_shared_number_is_a_choice(self):
        make_unit(make_organization("D2"))
        Shipment.unscoped.exclude(number="SHP-26-0412").update(number="SHP 26/0412")
        found = groups("SHP-26-0412", make_huawei())
        self.assertEqual([len(group.exact) for group in found], [2])

    def test_takes_as_many_queries_whatever_is_typed(self):
        self.search("nothing")
        for typed, queries in (("2102353XRT10S3000417", 3), ("shp", 16), ("NOSUCHUNIT00", 20)):
            with self.subTest(typed=typed), self.assertNumQueries(queries):
                self.search(typed)


@pytest.mark.postgresql
class IndexTests(TestCase):
    def test_every_folded_number_of_many_rows_has_its_index(self):
        huawei = make_huawei()
        with connection.cursor() as cursor:
            # What is left are scans that need an index for what is asked: on so few rows the
            # planner would rather read any index from end to end, above all a partial one.
            for way in ("seqscan", "indexscan", "indexonlyscan"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
            cursor.execute(PARTIAL)
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP INDEX {name}")
            for kind in KINDS:
                if kind.label in ("Disputes", "Announcements"):
                    continue
                with self.subTest(kind=kind.label):
                    rows = kind.rows(huawei).annotate(folded=Folded(kind.column))
                    plan = rows.filter(folded__startswith=folded("ABC-1")).explain()
                    self.assertIn("search_", plan)
