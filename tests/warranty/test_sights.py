"""Who sees a unit: whoever received it from Huawei, ships it on or holds it, and nobody else."""

import random
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.test import TestCase

from partners.models import Organization
from tests import builders as make
from tests.builders import SHIPPED_ON, at_noon
from warranty import workflow
from warranty.models import ShipmentLine, Sight, Unit


def by_paper(organization):
    """Return the units of an organization from the shipments themselves."""
    passed_on = ShipmentLine.unscoped.filter(shipment__shipped_by=organization)
    return set(
        Unit.unscoped.filter(
            Q(huawei_shipment__consignee=organization)
            | Q(consignee=organization)
            | Q(pk__in=passed_on.values("unit_id"))
        ).values_list("pk", "serial")
    )


class SightTests(TestCase):
    def assert_sights_follow_the_paper(self):
        for organization in Organization.objects.exclude(kind="huawei"):
            seen = Unit.objects.for_organization(organization)
            self.assertEqual(
                set(seen.values_list("pk", "serial")), by_paper(organization), organization
            )
            kept = Sight.unscoped.filter(organization=organization)
            self.assertEqual(
                sorted(kept.values_list("unit_id", "serial")), sorted(by_paper(organization))
            )

    def test_sights_follow_the_paper_through_random_histories(self):
        chance = random.Random(90)
        partners = [make.make_organization(kind=kind) for kind in ("distributor", "vap", "var")]
        partners += [make.make_organization(kind="distributor") for _ in range(2)]
        units = [make.make_unit(chance.choice(partners[:2])) for _ in range(12)]
        for step in range(60):
            unit = chance.choice(units)
            unit.refresh_from_db()
            match chance.randrange(4):
                case 0 | 1:
                    to = chance.choice([p for p in partners if p != unit.consignee])
                    make.pass_on(unit, to, shipped_on=SHIPPED_ON + timedelta(days=step))
                case 2:
                    some = [chance.choice(units).pk for _ in range(3)]
                    Unit.unscoped.filter(pk__in=some).update(consignee=chance.choice(partners))
                case 3:
                    Unit.unscoped.filter(pk=unit.pk).update(serial=f"2102WALK{step:012d}")
        self.assert_sights_follow_the_paper()

    def test_many_units_made_and_renamed_in_one_statement_are_seen_under_their_names(self):
        first = make.make_unit()
        names = ("part_number", "huawei_shipment", "consignee", "installation_service")
        fields = {name: getattr(first, name) for name in names}
        Unit.unscoped.bulk_create(Unit(serial=f"2102MANY{n:012d}", **fields) for n in range(5))
        self.assert_sights_follow_the_paper()
        Unit.unscoped.exclude(pk=first.pk).update(serial=Concat(F("serial"), Value("X")))
        self.assert_sights_follow_the_paper()

    def test_who_only_held_a_unit_no_longer_sees_it_and_who_shipped_it_on_does(self):
        distributor, vap, var = (
            make.make_organization(kind=kind) for kind in ("distributor", "vap", "var")
        )
        unit = make.make_unit(distributor)
        make.pass_on(unit, vap, shipped_on=SHIPPED_ON + timedelta(days=1))
        self.assertEqual(self.who_sees(unit), {distributor, vap})
        Unit.unscoped.filter(pk=unit.pk).update(consignee=var)
        self.assertEqual(self.who_sees(unit), {distributor, var})

    def who_sees(self, unit):
        return {
            organization
            for organization in Organization.objects.exclude(kind="huawei")
            if Unit.objects.for_organization(organization).filter(pk=unit.pk).exists()
        }

    def test_a_corrected_serial_number_is_the_one_its_holders_list_is_sorted_by(self):
        unit = make.make_unit()
        workflow.correct_serial(
            unit,
            serial="2102ZZZZ000000000001",
            reason="Read from the label.",
            user=make.make_staff(),
            at=at_noon(SHIPPED_ON + timedelta(days=9)),
        )
        listed = Unit.unscoped.listed(unit.consignee).values_list("listed_serial", flat=True)
        self.assertEqual(list(listed), ["2102ZZZZ000000000001"])

    def test_a_refused_unit_leaves_no_sight_of_it(self):
        unit = make.make_unit()
        other = make.make_shipment()
        with self.assertRaises(IntegrityError), transaction.atomic():
            Unit.unscoped.create(
                serial=unit.serial,
                part_number=unit.part_number,
                huawei_shipment=other,
                consignee=other.consignee,
            )
        self.assertEqual(Sight.unscoped.filter(organization=other.consignee).count(), 0)
