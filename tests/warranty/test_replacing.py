"""What becomes of the term when one unit takes the place of another (policy section 6)."""

from datetime import date, timedelta

from django.test import TestCase

from audit.models import Event
from audit.trail import SYSTEM
from portal.unit_facts import unit_cover, unit_version
from tests.builders import at_noon, make_policy, make_report, make_shipment, make_staff, make_unit
from tests.warranty.night import night
from warranty.enums import ReplacementKind, WarrantyRule, WarrantyStatus
from warranty.models import PolicyVersion, Unit, UnitReplacement, Warranty
from warranty.policy import inherited_end
from warranty.workflow import (
    ReplacementRefused,
    accept_report,
    correct_shipment_date,
    replace_unit,
    void_warranty,
)

SHIPPED = date(2026, 1, 10)
CAP = date(2026, 4, 10)
REPLACED = date(2026, 5, 20)
SPARE = date(2026, 5, 2)
"""The day on which Huawei shipped what goes out in exchange."""


class ReplacingCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_policy()
        cls.staff = make_staff()

    def unit(self, shipped_on=SHIPPED, **fields):
        return make_unit(shipment=make_shipment(shipped_on=shipped_on), **fields)

    def replace(self, old, new, kind=ReplacementKind.WARRANTY_EXCHANGE, on=REPLACED):
        return replace_unit(
            old=old,
            new=new,
            kind=kind,
            replaced_on=on,
            cause="DOA-2026-00001",
            actor=SYSTEM,
            at=at_noon(on),
        )

    def cover(self, unit, on=REPLACED):
        fresh = Unit.unscoped.for_answer().with_first_signature().get(pk=unit.pk)
        return unit_cover(fresh, unit_version(fresh).terms(), on=on)


class ExchangeTests(ReplacingCase):
    def test_goes_on_with_the_term_of_the_old_unit(self):
        old, new = self.unit(), self.unit(SPARE)
        night(CAP)
        self.replace(old, new)
        cover = self.cover(new)
        self.assertEqual((cover.starts_on, cover.ends_on), (CAP, date(2027, 4, 9)))
        self.assertEqual(cover.status, WarrantyStatus.ACTIVE)
        self.assertIn(old.serial, cover.reasons[0].sentence)

    def test_is_not_started_anew_by_the_night_of_its_own_day_90(self):
        old, new = self.unit(), self.unit(SPARE)
        night(CAP)
        self.replace(old, new)
        night(SPARE + timedelta(days=90))
        self.assertEqual(self.cover(new).starts_on, CAP)
        self.assertEqual(Warranty.unscoped.get(pk=new.pk).inherited_from, old)

    def test_before_the_start_leaves_the_start_where_it_was(self):
        old, new = self.unit(), self.unit(date(2026, 2, 1))
        day = date(2026, 3, 1)
        self.replace(old, new, on=day)
        self.assertEqual(self.cover(new, on=day).status, WarrantyStatus.PENDING)
        night(CAP)
        self.assertEqual(self.cover(new, on=CAP - timedelta(1)).status, WarrantyStatus.PENDING)
        self.assertEqual(self.cover(new, on=CAP).status, WarrantyStatus.ACTIVE)
        self.assertEqual(self.cover(new, on=CAP).starts_on, CAP)

    def test_no_night_starts_or_tells_of_the_closed_unit(self):
        old, new = self.unit(), self.unit(date(2026, 2, 1))
        self.replace(old, new, on=date(2026, 3, 1))
        night(CAP)
        self.assertFalse(Event.objects.filter(name="warranty.started", record_id=old.pk).exists())

    def test_of_a_term_that_has_begun_already_by_its_own_shipment_takes_the_old_one(self):
        old, new = self.unit(), self.unit(date(2026, 1, 12))
        night(date(2026, 4, 12))
        self.replace(old, new)
        self.assertEqual(self.cover(new).starts_on, CAP)
        moved = Event.objects.get(name="warranty.moved", record_id=new.pk)
        self.assertEqual(moved.detail["before"]["starts_on"], "2026-04-12")
        self.assertEqual(moved.detail["after"]["starts_on"], "2026-04-10")

    def test_follows_a_corrected_date_of_the_first_unit_through_the_chain(self):
        first, second, third = self.unit(), self.unit(SPARE), self.unit(SPARE)
        night(CAP)
        self.replace(first, second)
        self.replace(second, third, on=date(2026, 6, 1))
        correct_shipment_date(
            first.huawei_shipment,
            shipped_on=date(2026, 1, 20),
            reason="Wrong day on the papers.",
            user=self.staff,
            at=at_noon(date(2026, 6, 2)),
        )
        for unit in (first, second, third):
            self.assertEqual(self.cover(unit, on=date(2026, 6, 2)).starts_on, date(2026, 4, 20))

    def test_follows_a_late_report_of_the_unit_that_went_back(self):
        old, new = self.unit(installation_service=True), self.unit(date(2026, 2, 1))
        self.replace(old, new, on=date(2026, 3, 20))
        report = make_report([old], signed_on=date(2026, 3, 1))
        accept_report(report, user=self.staff, at=at_noon(date(2026, 3, 25)))
        cover = self.cover(new, on=date(2026, 3, 25))
        self.assertEqual((cover.starts_on, cover.rule), (date(2026, 3, 1), WarrantyRule.W2))

    def test_stays_with_the_term_when_its_own_shipment_is_corrected(self):
        old, new = self.unit(), self.unit(SPARE)
        night(CAP)
        self.replace(old, new)
        correct_shipment_date(
            new.huawei_shipment,
            shipped_on=date(2026, 5, 3),
            reason="Wrong day on the papers.",
            user=self.staff,
            at=at_noon(date(2026, 6, 2)),
        )
        self.assertEqual(self.cover(new).starts_on, CAP)

    def test_takes_a_void_with_it_under_support(self):
        old, new = self.unit(), self.unit(SPARE)
        night(CAP)
        void_warranty(old, reason="Opened by hand.", user=self.staff, at=at_noon(date(2026, 5, 1)))
        self.replace(old, new, ReplacementKind.SUPPORT_REPLACEMENT)
        self.assertEqual(self.cover(new).status, WarrantyStatus.VOID)


class FloorTests(ReplacingCase):
    def test_the_end_moves_only_when_less_than_the_floor_is_left(self):
        day = date(2027, 3, 1)
        for ends_on, floor, expected in (
            (date(2027, 4, 9), 39, date(2027, 4, 9)),
            (date(2027, 4, 9), 40, date(2027, 4, 10)),
            (date(2027, 4, 9), 0, date(2027, 4, 9)),
            (day, 90, date(2027, 5, 30)),
            (day - timedelta(1), 90, day - timedelta(1)),
        ):
            with self.subTest(ends_on=ends_on, floor=floor):
                ends = inherited_end(ends_on=ends_on, replaced_on=day, floor_days=floor)
                self.assertEqual(ends, expected)

    def test_is_granted_to_an_exchange_and_not_under_support(self):
        PolicyVersion.objects.update(exchange_floor_days=90)
        for kind, ends_on in (
            (ReplacementKind.WARRANTY_EXCHANGE, date(2027, 6, 30)),
            (ReplacementKind.SUPPORT_REPLACEMENT, date(2027, 4, 9)),
        ):
            with self.subTest(kind=kind):
                old, new = self.unit(), self.unit(SPARE)
                night(CAP)
                self.replace(old, new, kind, on=date(2027, 4, 1))
                self.assertEqual(self.cover(new, on=date(2027, 4, 1)).ends_on, ends_on)


class DeadOnArrivalTests(ReplacingCase):
    def test_has_a_fresh_clock_from_its_own_shipment(self):
        old, new = self.unit(), self.unit(SPARE)
        night(CAP)
        self.replace(old, new, ReplacementKind.DOA_REPLACEMENT)
        cover = self.cover(new)
        self.assertEqual(cover.starts_on, SPARE + timedelta(days=90))
        self.assertEqual(cover.status, WarrantyStatus.PENDING)

    def test_takes_over_whether_installation_service_was_purchased(self):
        for bought in (True, False):
            with self.subTest(bought=bought):
                old = self.unit(installation_service=bought)
                new = self.unit(SPARE, installation_service=not bought)
                self.replace(old, new, ReplacementKind.DOA_REPLACEMENT)
                self.assertEqual(Unit.unscoped.get(pk=new.pk).installation_service, bought)


class RefusalTests(ReplacingCase):
    def refused(self, old, new):
        links, events = UnitReplacement.unscoped.count(), Event.objects.count()
        with self.assertRaises(ReplacementRefused) as refusal:
            self.replace(old, new)
        self.assertEqual(UnitReplacement.unscoped.count(), links)
        self.assertEqual(Event.objects.count(), events)
        return str(refusal.exception)

    def test_a_unit_does_not_replace_itself(self):
        unit = self.unit()
        self.assertIn("cannot replace itself", self.refused(unit, unit))

    def test_a_unit_is_replaced_once(self):
        old, new, other = self.unit(), self.unit(SPARE), self.unit(SPARE)
        self.replace(old, new)
        self.assertIn(f"{old} was replaced by {new}", self.refused(old, other))

    def test_a_unit_replaces_once(self):
        old, new, other = self.unit(), self.unit(SPARE), self.unit()
        self.replace(old, new)
        self.assertIn(f"{new} has replaced {old}", self.refused(other, new))

    def test_a_chain_does_not_come_back_to_its_beginning(self):
        first, second, third = self.unit(), self.unit(SPARE), self.unit(SPARE)
        self.replace(first, second)
        self.replace(second, third)
        self.assertIn(f"{first} was replaced", self.refused(third, first))
        chain = UnitReplacement.unscoped.chain(second)
        self.assertEqual([(c.old, c.new) for c in chain], [(first, second), (second, third)])
