"""Who sees which unit: by shipments, never by the tree of who buys from whom."""

from datetime import date

from django.test import TestCase

from jobs.models import Job
from notifications.models import Message
from partners.enums import OrganizationKind
from partners.scoping import UnscopedQuery
from tests.builders import make_huawei, make_organization, make_unit, pass_on
from warranty.models import InstallationReport, Shipment, ShipmentLine, Unit, Warranty


class ChainTests(TestCase):
    """Huawei ships to D1, D1 to D2, D2 to a VAP; a second VAP buys from D2 as well."""

    @classmethod
    def setUpTestData(cls):
        cls.d1 = make_organization("D1")
        cls.d2 = make_organization("D2", buys_from=cls.d1)
        cls.vap = make_organization("VAP1", OrganizationKind.VAP, buys_from=cls.d2)
        cls.vap2 = make_organization("VAP2", OrganizationKind.VAP, buys_from=cls.d2)
        cls.unit = make_unit(cls.d1)
        cls.first = pass_on(cls.unit, cls.d2, shipped_on=date(2026, 2, 1))
        cls.second = pass_on(cls.unit, cls.vap, shipped_on=date(2026, 3, 1))

    def sees(self, organization):
        return Unit.objects.for_organization(organization).filter(pk=self.unit.pk).exists()

    def test_everybody_in_the_chain_sees_the_unit(self):
        for organization in (self.d1, self.d2, self.vap, make_huawei()):
            with self.subTest(organization.code):
                self.assertTrue(self.sees(organization))

    def test_a_sibling_and_a_stranger_do_not(self):
        for organization in (self.vap2, make_organization("STRANGER")):
            with self.subTest(organization.code):
                self.assertFalse(self.sees(organization))

    def test_selling_to_an_organization_shows_nothing_of_what_others_ship_to_it(self):
        parent = make_organization("PARENT")
        child = make_organization("CHILD", buys_from=parent)
        unit = make_unit(child)
        seen_by = Unit.objects.for_organization
        self.assertFalse(seen_by(parent).filter(pk=unit.pk).exists())
        self.assertTrue(seen_by(child).filter(pk=unit.pk).exists())

    def test_a_unit_seen_by_three_roads_is_listed_once(self):
        self.assertEqual(Unit.objects.for_organization(self.d1).count(), 1)

    def test_a_shipment_is_seen_by_its_two_ends_only(self):
        def shipments(organization):
            return set(Shipment.objects.for_organization(organization))

        self.assertEqual(shipments(self.d1), {self.unit.huawei_shipment, self.first})
        self.assertEqual(shipments(self.d2), {self.first, self.second})
        self.assertEqual(shipments(self.vap), {self.second})
        self.assertEqual(shipments(self.vap2), set())


class UnscopedTests(TestCase):
    def test_no_query_begins_without_an_organization(self):
        for model in (
            Unit, Shipment, ShipmentLine, InstallationReport, Warranty, Message, Job,
        ):  # fmt: skip
            for begin in ("all", "count", "first"):
                with self.subTest(model.__name__, begin=begin), self.assertRaises(UnscopedQuery):
                    getattr(model.objects, begin)()
