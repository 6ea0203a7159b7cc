"""POST and GET shipments: what a distributor's programs record and read."""

import json
from datetime import date

import pytest
from django.test import TestCase

from audit.models import Event
from catalog.models import PartNumber
from jobs.models import Job
from partners.enums import OrganizationKind, Role, Scope
from partners.models import Membership, Organization
from tests.api import bearer
from tests.builders import make_huawei, make_organization, make_unit, make_user, pass_on
from tests.warranty.shipment_files import ROW, csv_of, make_world, onward
from warranty.api.shipment_input import MOST_UNITS
from warranty.models import Shipment, ShipmentLine, Unit

ADDRESS = "/api/v1/shipments"
BOTH = (Scope.SHIPMENTS_READ, Scope.SHIPMENTS_WRITE)
UNIT = {"serial_number": ROW["serial_number"], "part_number": ROW["part_number"]}


def shipment(*units, **fields):
    """Return a shipment by which DIST ships units on to VAP."""
    units = units or ({},)
    return {
        "number": "D-1",
        "leg": "distributor",
        "shipped_on": "2026-02-01",
        "consignee": "VAP",
        "units": [{**UNIT, "installation_service": False, **unit} for unit in units],
        **fields,
    }


class ShipmentsCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_world()
        cls.distributor = Organization.objects.get(code="DIST")
        cls.part_number = PartNumber.objects.get(number="02350AAA")
        cls.unit = make_unit(
            cls.distributor, serial=ROW["serial_number"], part_number=cls.part_number
        )

    def setUp(self):
        self.user = make_user(self.distributor, Role.AGENT)
        self.headers = bearer(self.distributor, user=self.user, scopes=BOTH)

    def post(self, *shipments, query="", headers=None):
        return self.send(json.dumps({"shipments": shipments}), query=query, headers=headers)

    def send(self, body, *, content_type="application/json", query="", headers=None):
        headers = self.headers if headers is None else headers
        return self.client.post(ADDRESS + query, body, content_type=content_type, headers=headers)

    def get(self, query="", headers=None):
        return self.client.get(
            ADDRESS + query, headers=self.headers if headers is None else headers
        )

    def numbers(self, query="", headers=None):
        return [row["number"] for row in self.get(query, headers).json()["shipments"]]


class RecordingTests(ShipmentsCase):
    def test_records_a_shipment_in_the_name_of_the_person_and_the_organization(self):
        answer = self.post(shipment({"end_customer": "Ürün GmbH", "site_country": "de"}))
        self.assertEqual(answer.status_code, 201)
        counts = {name: answer.json()[name] for name in ("new", "shipments", "dry_run")}
        self.assertEqual(counts, {"new": 1, "shipments": 1, "dry_run": False})
        unit = Unit.unscoped.get(pk=self.unit.pk)
        self.assertEqual((unit.consignee.code, unit.site_country), ("VAP", "DE"))
        self.assertEqual(unit.end_customer, "Ürün GmbH")
        event = Event.objects.get(name="shipment.recorded")
        who = (event.actor_kind, event.actor_id, event.organization_id)
        self.assertEqual(who, ("person", self.user.pk, self.distributor.pk))

    def test_acts_for_the_organization_of_the_token_not_the_first_of_the_person(self):
        other = Organization.objects.get(code="OTHER")
        Membership.objects.create(user=self.user, organization=other, role=Role.AGENT)
        make_unit(other, serial="OTHERUNIT1", part_number=self.part_number)
        answer = self.post(
            shipment({"serial_number": "OTHERUNIT1"}, number="O-1"),
            headers=bearer(other, user=self.user, scopes=BOTH),
        )
        self.assertEqual(answer.status_code, 201, answer.content)
        self.assertEqual(Shipment.unscoped.get(number="O-1").shipped_by, other)
        event = Event.objects.get(name="shipment.recorded")
        self.assertEqual(event.organization_id, other.pk)

    def test_the_table_of_the_page_does_the_same(self):
        answer = self.send(csv_of([onward()]), content_type="text/csv")
        self.assertEqual((answer.status_code, answer.json()["new"]), (201, 1))
        self.assertEqual(Unit.unscoped.get(pk=self.unit.pk).consignee.code, "VAP")

    def test_yes_and_true_mean_the_same(self):
        for service in (True, "yes"):
            answer = self.post(shipment({"installation_service": service}), query="?dry_run=true")
            self.assertEqual(answer.status_code, 200, answer.content)

    def test_the_same_again_changes_nothing(self):
        self.post(shipment())
        answer = self.post(shipment())
        self.assertEqual((answer.json()["new"], answer.json()["unchanged"]), (0, 1))
        self.assertEqual(ShipmentLine.unscoped.count(), 1)

    def test_huawei_records_its_own_leg(self):
        make_organization("EMPTY")
        huawei = make_huawei()
        headers = bearer(huawei, user=make_user(huawei, Role.STAFF), scopes=BOTH)
        leg = {"leg": "huawei", "consignee": "DIST", "number": "H-77"}
        answer = self.post(shipment({"serial_number": "NEWUNIT1"}, **leg), headers=headers)
        self.assertEqual((answer.status_code, answer.json()["new"]), (201, 1))
        self.assertTrue(Unit.unscoped.filter(serial="NEWUNIT1").exists())

    def test_a_mistyped_dry_run_records_nothing(self):
        before = Shipment.unscoped.count()
        answer = self.post(shipment(), query="?dryrun=true")
        self.assertContains(answer, "This address takes dry_run.", status_code=400)
        self.assertEqual(Shipment.unscoped.count(), before)

    def test_a_dry_run_checks_everything_and_leaves_nothing(self):
        before = (Shipment.unscoped.count(), Event.objects.count(), Job.unscoped.count())
        answer = self.post(shipment(), query="?dry_run=true")
        self.assertEqual((answer.status_code, answer.json()["new"]), (200, 1))
        self.assertIs(answer.json()["dry_run"], True)
        after = (Shipment.unscoped.count(), Event.objects.count(), Job.unscoped.count())
        self.assertEqual(after, before)

    def test_what_is_unusual_is_told_with_its_place(self):
        make_unit(self.distributor, serial="SHORT1", part_number=self.part_number)
        answer = self.post(shipment({}, {"serial_number": "SHORT1"}), query="?dry_run=true")
        self.assertTrue(answer.json()["warnings"])
        for warning in answer.json()["warnings"]:
            self.assertNotRegex(warning, r"(?i)\bline \d")


class RefusalTests(ShipmentsCase):
    def refused(self, answer, *expected, status=400):
        """Check that exactly these places are named, and that nothing was recorded."""
        self.assertEqual(answer.status_code, status, answer.content)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        errors = answer.json().get("errors", [])
        places = [e.get("pointer", e.get("line", e["parameter"])) for e in errors]
        self.assertEqual(sorted(places, key=str), sorted(expected, key=str), errors)
        self.assertFalse(Shipment.unscoped.filter(number__startswith="D-").exists())
        return errors

    def test_each_fault_is_named_with_its_pointer_and_nothing_is_recorded(self):
        fine = shipment(number="D-2")
        faulty = shipment({}, {"serial_number": "Ω"}, {"site_country": "Germany"})
        self.refused(
            self.post(fine, faulty),
            "/shipments/1/units/1/serial_number",
            "/shipments/1/units/2/site_country",
        )

    def test_a_fault_that_units_share_is_named_once(self):
        units = [{"serial_number": f"UNIT{n}"} for n in range(5)]
        faults = {"shipped_on": "2026-13-01", "consignee": "NOBODY"}
        errors = self.refused(
            self.post(shipment(*units, **faults)),
            "",
            "/shipments/0/consignee",
            "/shipments/0/shipped_on",
        )
        self.assertIn("NOBODY", json.dumps(errors))

    def test_a_unit_named_twice_points_to_the_other_one(self):
        errors = self.refused(self.post(shipment({}, {})), "/shipments/0/units/1/serial_number")
        self.assertIn("/shipments/0/units/0", errors[0]["detail"])

    def test_a_unit_of_somebody_else_is_as_unknown_as_one_that_never_was(self):
        make_unit(
            Organization.objects.get(code="OTHER"), serial="FOREIGN1", part_number=self.part_number
        )
        told = []
        for serial in ("FOREIGN1", "NEVERWAS"):
            answer = self.post(shipment({"serial_number": serial}))
            self.refused(answer, "/shipments/0/units/0/serial_number")
            told.append(answer.content.decode().replace(serial, "SERIAL"))
        self.assertEqual(told[0], told[1])

    def test_nobody_records_in_the_name_of_another(self):
        self.refused(self.post(shipment(shipped_by="OTHER")), "/shipments/0/shipped_by")
        self.refused(self.post(shipment(leg="huawei", shipped_by="HUAWEI")), "/shipments/0/leg")

    def test_fields_are_missing_unknown_or_of_another_type(self):
        body = shipment({"colour": "red"})
        del body["consignee"]
        self.refused(self.post(body), "/shipments/0/consignee")
        self.refused(self.post(shipment({"colour": "red"})), "/shipments/0/units/0/colour")
        self.refused(self.post(shipment(number=7)), "/shipments/0/number")
        self.refused(self.post(shipment(units=[])), "/shipments/0/units")
        self.refused(self.post("D-1"), "/shipments/0")
        self.refused(self.post(), "/shipments")
        self.refused(self.send("[]"), "")
        self.refused(self.send("{}"), "/shipments")

    def test_a_table_names_the_line_and_the_column(self):
        answer = self.send(csv_of([onward(), onward(serial_number="Ω")]), content_type="text/csv")
        errors = self.refused(answer, 3)
        self.assertEqual(errors[0]["parameter"], "serial_number")

    def test_a_table_without_its_columns_or_rows_is_refused(self):
        self.refused(self.send("a,b\n1,2\n", content_type="text/csv"), None)
        self.refused(self.send(csv_of([]), content_type="text/csv"), None)
        self.refused(self.send(b"PK\x03\x04", content_type="text/csv"))

    def test_many_faults_are_counted_beyond_those_shown(self):
        units = [{"serial_number": f"Ω{n}"} for n in range(250)]
        problem = self.post(shipment(*units)).json()
        self.assertEqual((len(problem["errors"]), problem["errors_not_shown"]), (200, 50))

    def test_two_thousand_units_are_the_most(self):
        units = [{"serial_number": f"UNIT{n}"} for n in range(MOST_UNITS)]
        self.assertEqual(self.post(shipment(*units)).status_code, 400)  # they are unknown
        units.append({"serial_number": "ONEMORE"})
        answer = self.post(shipment(*units))
        self.assertEqual(answer.status_code, 413)
        self.assertIn("2,000 units", answer.json()["detail"])
        rows = [onward(serial_number=f"UNIT{n}") for n in range(MOST_UNITS + 1)]
        self.assertEqual(self.send(csv_of(rows), content_type="text/csv").status_code, 413)
        self.assertEqual(self.send(csv_of(rows[1:]), content_type="text/csv").status_code, 400)

    def test_a_body_beyond_four_megabytes_is_refused(self):
        self.assertEqual(self.send(b" " * (4 * 1024 * 1024) + b"{}").status_code, 413)

    def test_dry_run_is_true_or_false_once(self):
        for query in ("?dry_run=1", "?dry_run=", "?dry_run=true&dry_run=false"):
            self.refused(self.post(shipment(), query=query), "dry_run")


class WhoMayTests(ShipmentsCase):
    def status(self, organization, role=Role.MANAGER, scopes=BOTH):
        user = make_user(organization, role)
        headers = bearer(organization, user=user, scopes=scopes)
        return (
            self.post(shipment(), query="?dry_run=true", headers=headers).status_code,
            self.get(headers=headers).status_code,
        )

    def test_kind_role_and_scope_decide_together(self):
        distributor = self.distributor
        self.assertEqual(self.status(distributor), (200, 200))
        self.assertEqual(self.status(distributor, Role.AGENT), (200, 200))
        self.assertEqual(self.status(distributor, Role.VIEWER), (403, 200))
        self.assertEqual(self.status(distributor, scopes=[Scope.SHIPMENTS_READ]), (403, 200))
        self.assertEqual(self.status(distributor, scopes=[Scope.SHIPMENTS_WRITE]), (200, 403))
        self.assertEqual(self.status(distributor, scopes=[Scope.UNITS_READ]), (403, 403))

    def test_only_distributors_and_huawei_record_shipments(self):
        for kind in (
            OrganizationKind.VAP,
            OrganizationKind.VAR,
            OrganizationKind.GAP,
            OrganizationKind.END_CUSTOMER,
        ):
            with self.subTest(kind=kind):
                self.assertEqual(self.status(make_organization(kind=kind)), (403, 200))

    def test_without_a_token_nothing(self):
        self.assertEqual(self.post(shipment(), headers={}).status_code, 401)
        self.assertEqual(self.get(headers={}).status_code, 401)


class ListTests(ShipmentsCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.vap = Organization.objects.get(code="VAP")
        for day in range(1, 6):
            unit = make_unit(cls.distributor, shipped_on=date(2026, 1, day))
            pass_on(unit, cls.vap, shipped_on=date(2026, 3, day), number=f"L-{day}")

    def test_the_last_recorded_comes_first_with_the_number_of_its_units(self):
        first = self.get("?limit=1").json()["shipments"][0]
        expected = {
            "number": "L-5",
            "leg": "distributor",
            "shipped_on": "2026-03-05",
            "shipped_by": "DIST",
            "consignee": "VAP",
            "units": 1,
        }
        self.assertEqual(first, expected)

    def test_the_pages_hold_every_shipment_once_whatever_comes_meanwhile(self):
        seen, address = [], f"{ADDRESS}?limit=3"
        while address:
            page = self.client.get(address, headers=self.headers).json()
            self.assertLessEqual(len(page["shipments"]), 3)
            seen += [row["number"] for row in page["shipments"]]
            pass_on(make_unit(self.distributor), self.vap, shipped_on=date(2026, 4, 1))
            address = page["next"]
        mine = Shipment.objects.for_organization(self.distributor)
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(len(seen), 11)
        self.assertGreater(mine.count(), 11)

    def test_filters_by_day_and_number(self):
        self.assertEqual(self.numbers("?since=2026-03-04"), ["L-5", "L-4"])
        self.assertEqual(self.numbers("?number=L-2"), ["L-2"])
        self.assertEqual(self.numbers("?number=L-%00-2"), [])

    def test_each_end_sees_it_and_nobody_else(self):
        reader = [Scope.SHIPMENTS_READ]
        self.assertIn("L-1", self.numbers(headers=bearer(self.vap, scopes=reader)))
        other = bearer(Organization.objects.get(code="OTHER"), scopes=reader)
        self.assertEqual(self.numbers(headers=other), [])
        self.assertEqual(self.numbers("?number=L-1", headers=other), [])

    def test_a_cursor_opens_no_door(self):
        cursor = self.get("?limit=1").json()["next"].split("cursor=")[1]
        other = bearer(Organization.objects.get(code="OTHER"), scopes=[Scope.SHIPMENTS_READ])
        self.assertEqual(self.numbers(f"?cursor={cursor}", headers=other), [])

    def test_costs_the_same_number_of_queries_for_any_page(self):
        self.get()  # the first of a minute counts with more
        for limit in (1, 200):
            with self.assertNumQueries(3):
                self.get(f"?limit={limit}")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "form=2026-01-01",
        *("limit=0", "limit=201", "limit=-1", "limit=1e2", "limit=", "limit=٣", "limit=1&limit=2"),
        *("cursor=", "cursor=1", "cursor=%00", "cursor=" + "9" * 3000, "cursor=a&cursor=b"),
        *("since=yesterday", "since=9999-12-31", "since=1999-12-31", "since=%00", "since="),
    ],
)
def test_a_parameter_that_can_not_be_read_is_named(client, query):
    headers = bearer(make_organization(), scopes=BOTH)
    answer = client.get(f"{ADDRESS}?{query}", headers=headers)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


HOSTILE = [
    "\u0000",
    "\ud800",
    "9999-12-31",
    "2026-02-30",
    "٢٠٢٦-٠١-٠١",
    "=cmd|' /C calc'!A0",
    "line\nbreak",
    "\u202eevil",
    "x" * 10_000,
    "\ufeff",
    "'--",
    10**400,
    -1,
    1.5,
    None,
    True,
    [],
    {},
    [[[[]]]],
]
"""Values that have made views fail."""


@pytest.mark.django_db
@pytest.mark.parametrize("value", HOSTILE, ids=lambda v: ascii(v)[:20])
def test_no_value_makes_the_server_fail(client, settings, value):
    settings.API_REQUESTS_PER_MINUTE = 1000
    make_world()
    headers = bearer(make_organization("D9"), scopes=BOTH)
    for name in shipment():
        for body in (shipment(**{name: value}), shipment({name: value}, shipped_by=value)):
            answer = client.post(
                ADDRESS,
                json.dumps({"shipments": [body]}),
                content_type="application/json",
                headers=headers,
            )
            assert 400 <= answer.status_code < 500, answer.content
    for name in UNIT | {"installation_service": 1, "end_customer": 1, "purchase_order": 1}:
        body = json.dumps({"shipments": [shipment({name: value})]})
        answer = client.post(ADDRESS, body, content_type="application/json", headers=headers)
        assert 400 <= answer.status_code < 500, answer.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"shipments":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"shipments":' + b"1" * 10_000 + b"}",
        b'{"shipments":NaN}',
        b'{"shipments":Infinity}',
        b'{"shipments":[{"\xed\xa0\x80":1}]}',
        b'{"\\ud800":1}',
        b"\xff\xfe{\x00}\x00",
        b"null",
        b'"shipments"',
    ],
    ids=range(12),
)
def test_a_body_that_is_no_json_is_refused(client, body):
    headers = bearer(make_organization(), scopes=BOTH)
    answer = client.post(ADDRESS, body, content_type="application/json", headers=headers)
    assert answer.status_code == 400
    assert answer.json()["status"] == 400
