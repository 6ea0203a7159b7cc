"""Queries that are compiled once: other values each time, and the objects of the ORM."""

from datetime import timedelta

from django.db.models import Count, F
from django.test import TestCase

from partners.models import ApiToken, RequestCount
from partners.prepared import (
    ByKeys,
    Later,
    LaterOrganization,
    Prepared,
    PreparedCount,
    PreparedUpdate,
    laters,
    spread,
)
from tests.api import bearer
from tests.builders import (
    SHIPPED_ON,
    at_noon,
    make_huawei,
    make_organization,
    make_policy,
    make_unit,
    pass_on,
)
from warranty.models import Unit

AT = at_noon(SHIPPED_ON)


class PreparedTests(TestCase):
    def test_finds_what_the_same_filter_finds_for_each_value(self):
        make_policy()
        units = [make_unit(make_organization()) for _ in range(2)]
        prepared = Prepared(Unit.unscoped.filter(serial=Later("serial")))
        for unit in units:
            self.assertEqual(prepared(serial=unit.serial), [unit])
        for unknown in ("", "NOSUCH", "' OR 1=1 --", "%s"):
            self.assertEqual(prepared(serial=unknown), [])

    def test_shows_to_each_organization_what_the_queryset_shows(self):
        make_policy()
        first, second, stranger = (make_organization() for _ in range(3))
        unit = make_unit(first)
        pass_on(unit, second, shipped_on=SHIPPED_ON)
        for organization in (first, second, stranger, make_huawei()):
            later = LaterOrganization("who", is_huawei=organization.is_huawei)
            prepared = Prepared(Unit.objects.for_organization(later))
            expected = list(Unit.objects.for_organization(organization))
            self.assertEqual(prepared(who=organization.pk), expected)
        self.assertEqual(expected, [unit])

    def test_brings_joined_objects_with_their_values_and_no_other_query(self):
        make_policy()
        unit = make_unit(make_organization(), installation_service=True)
        joined = Unit.unscoped.select_related("huawei_shipment__consignee", "warranty")
        prepared = Prepared(joined.annotate(same=F("serial")).filter(pk=Later("pk")))
        with self.assertNumQueries(1):
            (found,) = prepared(pk=unit.pk)
            self.assertEqual(found.huawei_shipment.shipped_on, unit.huawei_shipment.shipped_on)
            self.assertEqual(found.huawei_shipment.consignee, unit.consignee)
            self.assertIs(found.installation_service, True)
            self.assertEqual(found.same, unit.serial)
            self.assertFalse(hasattr(found, "warranty"))

    def test_finds_as_many_as_are_asked_for_up_to_its_places(self):
        make_policy()
        units = [make_unit() for _ in range(3)]
        prepared = Prepared(Unit.unscoped.filter(pk__in=laters("unit", 3)).order_by("pk"))
        for count in (1, 2, 3):
            keys = [unit.pk for unit in units[:count]]
            self.assertEqual(prepared(**spread("unit", keys, 3)), units[:count])
        for wrong in ([], [1, 2, 3, 4]):
            with self.assertRaises(ValueError):
                spread("unit", wrong, 3)

    def test_counts_what_the_queryset_counts_up_to_where_it_ends(self):
        make_policy()
        holder = make_organization()
        count = PreparedCount(Unit.unscoped.filter(consignee=Later("holder")).order_by()[:2])
        for expected in (0, 1, 2, 2):
            self.assertEqual(count(holder=holder.pk), expected)
            make_unit(holder)

    def test_compares_instants_as_the_database_keeps_them(self):
        bearer(make_organization())
        expiry = ApiToken.objects.get().expiry
        prepared = Prepared(ApiToken.objects.filter(expiry__gt=Later("at")))
        self.assertEqual(len(prepared(at=expiry - timedelta(microseconds=1))), 1)
        self.assertEqual(prepared(at=expiry), [])


class ByKeysTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_policy()
        cls.units = [make_unit(make_organization()) for _ in range(3)]
        cls.by_keys = ByKeys(lambda keys: Unit.unscoped.filter(pk__in=keys))

    def test_brings_what_belongs_to_any_of_the_keys_and_asks_nothing_for_none(self):
        with self.assertNumQueries(0):
            self.assertEqual(self.by_keys([]), [])
        with self.assertNumQueries(1):
            found = self.by_keys([self.units[0].pk, self.units[2].pk, 0])
        self.assertEqual(set(found), {self.units[0], self.units[2]})

    def test_asks_in_as_few_parts_as_the_keys_need(self):
        for count, queries in ((50, 1), (51, 1), (1000, 1), (1001, 2), (1050, 2), (1051, 2)):
            keys = [*range(-count + 1, 0), self.units[1].pk]
            with self.subTest(count=count), self.assertNumQueries(queries):
                self.assertEqual(self.by_keys(keys), [self.units[1]])

    def test_gives_tuples_of_values_with_what_is_counted(self):
        holders = Unit.unscoped.values_list("consignee").annotate(units=Count("pk"))
        counted = ByKeys(lambda keys: holders.filter(consignee__pk__in=keys).order_by())
        keys = [unit.consignee_id for unit in self.units[:2]]
        self.assertEqual(sorted(counted(keys)), sorted((key, 1) for key in keys))


class PreparedUpdateTests(TestCase):
    def test_changes_the_rows_of_each_value_and_counts_them(self):
        for caller in ("a", "b"):
            RequestCount.objects.create(caller=caller, ends_at=AT, count=1)
        mine = RequestCount.objects.filter(caller=Later("caller"), ends_at=Later("ends_at"))
        update = PreparedUpdate(mine, count=F("count") + 1)
        changed = [
            update(caller="a", ends_at=AT),
            update(caller="a", ends_at=AT),
            update(caller="b", ends_at=AT + timedelta(minutes=1)),
            update(caller="c", ends_at=AT),
        ]
        self.assertEqual(changed, [1, 1, 0, 0])
        counts = dict(RequestCount.objects.values_list("caller", "count"))
        self.assertEqual(counts, {"a": 3, "b": 1})
