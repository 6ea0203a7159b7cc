"""What people and programs read about a unit that stands in the place of another."""

import csv
import io
from datetime import date

import time_machine
from django.test import TestCase

from audit.trail import SYSTEM
from partners.enums import OrganizationKind
from portal.bulk_check import check_serials
from portal.unit_facts import unit_facts
from tests.builders import (
    at_noon,
    make_organization,
    make_policy,
    make_shipment,
    make_unit,
    make_user,
    pass_on,
)
from tests.entrance import sign_in
from tests.warranty.night import night
from warranty.enums import ReplacementKind
from warranty.models import Unit
from warranty.workflow import replace_unit

SHIPPED, SPARE, REPLACED = date(2026, 1, 10), date(2026, 5, 2), date(2026, 5, 20)
CAP = date(2026, 4, 10)


class ReplacedUnitTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_policy()
        cls.distributor = make_organization("distributor")
        first = make_shipment(shipped_on=SHIPPED, consignee=cls.distributor)
        second = make_shipment(shipped_on=SPARE, consignee=cls.distributor)
        cls.old, cls.new = make_unit(shipment=first), make_unit(shipment=second)
        night(CAP)
        replace_unit(
            old=cls.old,
            new=cls.new,
            kind=ReplacementKind.WARRANTY_EXCHANGE,
            replaced_on=REPLACED,
            cause="DOA-2026-00007",
            actor=SYSTEM,
            at=at_noon(REPLACED),
        )

    def page(self, unit, as_of=""):
        with time_machine.travel(at_noon(REPLACED), tick=False):
            sign_in(self.client, make_user(self.distributor, "viewer"))
            return self.client.get(f"/units/{unit.serial}/", {"on": as_of} if as_of else {})

    def checked(self, *units, on=REPLACED):
        output = io.StringIO(newline="")
        serials = io.StringIO("\n".join(unit.serial for unit in units))
        check_serials(serials, output, organization=self.distributor, on=on)
        return list(csv.DictReader(io.StringIO(output.getvalue(), newline="")))

    def test_the_closed_unit_says_which_one_is_in_use(self):
        page = self.page(self.old)
        self.assertContains(page, f"Replaced by {self.new.serial}")
        self.assertContains(page, f'href="/units/{self.new.serial}/"')
        self.assertContains(page, "DOA-2026-00007")

    def test_as_of_the_day_before_it_was_covered_as_ever(self):
        page = self.page(self.old, as_of="2026-05-19")
        self.assertContains(page, "Covered on this day by warranty")

    def test_the_unit_in_use_shows_whose_term_it_goes_on_with(self):
        page = self.page(self.new)
        self.assertContains(page, "Covered today by warranty")
        self.assertContains(page, f"This unit replaced {self.old.serial}")
        self.assertContains(page, "It starts no warranty")

    def test_the_api_links_both_ways(self):
        units = Unit.unscoped.for_facts().in_bulk([self.old.pk, self.new.pk])
        on = {"on": REPLACED, "organization": self.distributor}
        old, new = (unit_facts(units[unit.pk], **on) for unit in (self.old, self.new))
        link = {"replaced_on": "2026-05-20", "remedy": "warranty_exchange"}
        self.assertEqual(old["replaced_by"], {"serial": self.new.serial, **link})
        self.assertEqual(new["replaces"], {"serial": self.old.serial, **link})
        self.assertIsNone(old["replaces"])
        self.assertEqual(new["warranty"]["starts_on"], "2026-04-10")

    def test_a_bulk_check_says_the_same(self):
        old, new = self.checked(self.old, self.new)
        self.assertEqual(old["status"], "not_covered")
        self.assertIn(f"Replaced by {self.new.serial}", old["reason"])
        self.assertEqual((new["status"], new["warranty_ends_on"]), ("covered", "2027-04-09"))
        before = self.checked(self.old, on=date(2026, 5, 19))[0]
        self.assertEqual(before["status"], "covered")

    def test_a_stranger_learns_that_it_was_replaced_and_not_by_which(self):
        partner = make_organization("vap", OrganizationKind.VAP)
        for unit in (self.old, self.new):
            pass_on(unit, partner, shipped_on=REPLACED)
        with time_machine.travel(at_noon(REPLACED), tick=False):
            old = self.client.get("/check/", {"sn": self.old.serial})
            new = self.client.get("/check/", {"sn": self.new.serial})
        self.assertContains(old, "This unit was replaced")
        self.assertNotContains(old, self.new.serial)
        self.assertContains(new, "This unit replaced another unit")
        self.assertNotContains(new, self.old.serial)

    def test_a_partner_reads_of_a_foreign_unit_without_a_link(self):
        stranger = make_organization("stranger")
        Unit.unscoped.filter(pk=self.new.pk).update(
            huawei_shipment=make_shipment(shipped_on=SPARE, consignee=stranger), consignee=stranger
        )
        page = self.page(self.old)
        self.assertContains(page, self.new.serial)
        self.assertNotContains(page, f'href="/units/{self.new.serial}/"')
