"""POST and GET contracts: registered by programs, seen by one's own."""

import json
from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from audit.models import Event
from catalog.enums import MilestoneKind, Precision
from catalog.models import Milestone
from partners.enums import Role, Scope
from support import workflow
from support.models import ContractLine, SupportContract
from tests.api import bearer
from tests.builders import (
    at_noon,
    make_contract,
    make_huawei,
    make_organization,
    make_staff,
    make_unit,
    make_user,
)
from tests.support.test_registering import AT, DAY_90, PASSED_ON, ContractCase

ADDRESS = "/api/v1/contracts"
BOTH = (Scope.CONTRACTS_READ, Scope.CONTRACTS_WRITE)
DAY = timedelta(days=1)


class ApiCase(ContractCase):
    def setUp(self):
        super().setUp()
        self.unit_ = self.unit(serial="2102UNIT1")
        clock = travel(AT, tick=False)
        clock.start()
        self.addCleanup(clock.stop)
        self.headers = bearer(self.vap, scopes=BOTH)

    def post(self, *, headers=None, key=None, **fields):
        sold = {"number": "HC-1", "family": "hicare", "level": "9x5xNBD", "term_months": 12}
        body = {**sold, "serial_numbers": [self.unit_.serial], **fields}
        body = {name: value for name, value in body.items() if value is not ...}
        more = {"Idempotency-Key": key} if key else {}
        headers = (self.headers if headers is None else headers) | more
        return self.client.post(
            ADDRESS, json.dumps(body), content_type="application/json", headers=headers
        )

    def get(self, address="", headers=None):
        return self.client.get(ADDRESS + address, headers=headers or self.headers)

    def faults(self, answer, status=400):
        self.assertEqual(answer.status_code, status, answer.content)
        self.assertFalse(SupportContract.unscoped.exists())
        self.assertFalse(ContractLine.unscoped.exists())
        self.assertFalse(Event.objects.filter(name="contract.registered").exists())
        return {fault["pointer"]: fault["detail"] for fault in answer.json()["errors"]}


class RegisteringTests(ApiCase):
    def test_says_from_when_to_when_it_covers_each_unit(self):
        answer = self.post(end_customer="Hospital")
        self.assertEqual(answer.status_code, 201, answer.content)
        contract = answer.json()
        (unit,) = contract["units"]
        self.assertEqual((contract["number"], contract["status"]), ("HC-1", "active"))
        self.assertEqual((unit["starts_on"], unit["ends_on"]), ("2026-02-19", "2027-02-18"))
        self.assertEqual(
            (unit["anchor_from"], unit["latest_start_on"]), ("distributor", "2026-05-20")
        )
        self.assertTrue(unit["start_chosen"])
        self.assertEqual(self.get(f"/{contract['reference']}").json(), contract)

    def test_the_window_is_held_on_both_sides_of_both_ends(self):
        cases = [
            (PASSED_ON - DAY, "on or after 19 Feb 2026"),
            (PASSED_ON, ""),
            (DAY_90, ""),
            (DAY_90 + DAY, "on or before 20 May 2026"),
        ]
        for number, (day, said) in enumerate(cases):
            with self.subTest(day):
                unit = self.unit()
                fields = {"number": f"HC-{number}", "serial_numbers": [unit.serial]}
                answer = self.post(starts_on=day.isoformat(), **fields)
                self.assertEqual(answer.status_code, 400 if said else 201)
                if said:
                    (fault,) = answer.json()["errors"]
                    self.assertIn(said, fault["detail"])
                    self.assertEqual(fault["pointer"], "/serial_numbers/0")
                else:
                    self.assertEqual(answer.json()["units"][0]["starts_on"], day.isoformat())

    def test_each_unit_may_start_on_a_day_of_its_own_and_the_others_later(self):
        other = self.unit(serial="2102UNIT2")
        units = [
            {"serial_number": "2102-unit.1", "starts_on": "2026-05-20"},
            {"serial_number": other.serial},
        ]
        answer = self.post(serial_numbers=..., units=units, start="later")
        told = {
            u["serial_number"]: (u["starts_on"], u["start_chosen"]) for u in answer.json()["units"]
        }
        self.assertEqual(
            told, {"2102UNIT1": ("2026-05-20", True), "2102UNIT2": ("2026-02-19", False)}
        )

    def test_every_unit_in_the_way_is_named_at_once_and_nothing_is_stored(self):
        units = [
            {"serial_number": self.unit().serial, "starts_on": "2026-05-21"},
            {"serial_number": self.unit().serial},
            {"serial_number": self.unit().serial, "starts_on": "2026-02-18"},
        ]
        faults = self.faults(self.post(serial_numbers=..., units=units))
        self.assertEqual(set(faults), {"/units/0/serial_number", "/units/2/serial_number"})

    def test_a_unit_of_others_is_as_unknown_as_one_that_never_was(self):
        foreign = make_unit(make_organization("OTHER"))
        faults = self.faults(self.post(serial_numbers=[foreign.serial, "2102NOSUCH"]))
        self.assertEqual(faults["/serial_numbers/0"], faults["/serial_numbers/1"])

    def test_what_is_wrong_is_named_with_its_place(self):
        cases = {
            "/level": {"level": "9x5xNever"},
            "/family": {"family": "lowcare"},
            "/term_months": {"term_months": 0},
            "/number": {"number": "A\u00a0B"},
            "/starts_on": {"starts_on": "tomorrow"},
            "/units/0/starts_on": {
                "serial_numbers": ..., "units": [{"serial_number": "2102UNIT1", "starts_on": 3}],
            },
            "": {"start": "later", "starts_on": "2026-03-01"},
            "/start": {"start": "never"},
            "/colour": {"colour": "red"},
        }  # fmt: skip
        for pointer, fields in cases.items():
            with self.subTest(pointer):
                self.assertIn(pointer, self.faults(self.post(**fields)))

    def test_an_overlap_names_what_covers_the_unit(self):
        make_contract([self.unit_], at=AT)
        answer = self.post()
        self.assertIn("covers this unit from 19 Feb 2026", answer.json()["errors"][0]["detail"])
        self.assertEqual(ContractLine.unscoped.count(), 1)

    def test_a_number_that_is_taken_is_a_conflict(self):
        self.post()
        answer = self.post(serial_numbers=[self.unit().serial])
        self.assertEqual(answer.status_code, 409)
        self.assertIn("HC-1", answer.json()["detail"])

    def test_a_repeat_with_its_key_registers_once(self):
        first, again = self.post(key="k-1"), self.post(key="k-1")
        self.assertEqual((first.status_code, first.content), (201, again.content))
        self.assertEqual(SupportContract.unscoped.count(), 1)

    def test_huawei_holds_no_cocare_contract(self):
        headers = bearer(make_huawei(), user=make_staff(), scopes=BOTH)
        answer = self.post(headers=headers, family="cocare", level="9x5xNBD-Ship")
        self.assertIn("/family", self.faults(answer))

    def test_scope_and_role_decide_together(self):
        reads = bearer(self.vap, scopes=[Scope.CONTRACTS_READ])
        viewer = bearer(self.vap, user=make_user(self.vap, Role.VIEWER), scopes=BOTH)
        reseller = bearer(make_organization("VAR1", "var"), scopes=BOTH)
        for headers in (reads, viewer, reseller):
            self.assertEqual(self.post(headers=headers).status_code, 403)
        self.assertFalse(SupportContract.unscoped.exists())


class ReadingTests(ApiCase):
    def test_a_list_has_ones_own_alone_page_by_page(self):
        other = make_organization("VAP2", "vap")
        make_contract([make_unit(other)], at=AT, number="SECRET")
        for number in range(3):
            make_contract([self.unit()], at=AT, number=f"HC-{number}")
        page = self.get("?limit=2").json()
        following = self.client.get(page["next"], headers=self.headers).json()
        numbers = [c["number"] for c in page["contracts"] + following["contracts"]]
        self.assertEqual(numbers, ["HC-2", "HC-1", "HC-0"])
        self.assertEqual([c["units"] for c in page["contracts"]], [1, 1])

    def test_a_list_is_narrowed_by_number_and_family_and_by_nothing_else(self):
        make_contract([self.unit_], at=AT, number="HC-7")
        self.assertEqual(len(self.get("?number=HC-7&family=hicare").json()["contracts"]), 1)
        self.assertEqual(self.get("?family=cocare").json()["contracts"], [])
        self.assertEqual(self.get("?family=lowcare").status_code, 400)
        self.assertEqual(self.get("?colour=red").status_code, 400)

    def test_a_contract_of_others_is_as_unknown_as_one_that_never_was(self):
        foreign = make_contract([make_unit(make_organization("V2", "vap"))], at=AT)
        answers = [self.get(f"/{reference}") for reference in (foreign.reference, "nothing")]
        self.assertEqual([a.status_code for a in answers], [404, 404])
        self.assertEqual(answers[0].json(), answers[1].json())

    def test_who_serves_and_who_escalates_is_said_for_each_family(self):
        hicare = make_contract([self.unit()], at=AT)
        level = self.post(family="cocare", level="9x5xNBD-Ship").json()
        self.assertEqual((level["served_by"], level["escalates_to"]), (str(self.vap), "Huawei TAC"))
        told = self.get(f"/{hicare.reference}").json()
        self.assertEqual((told["served_by"], told["escalates_to"]), ("Huawei", "Huawei TAC"))

    def test_it_warns_of_an_end_past_the_products_service_and_of_a_term_that_is_cut(self):
        sold = make_contract([self.unit_], at=AT)
        Milestone.objects.create(
            product=self.unit_.part_number.product, kind=MilestoneKind.EOS, set_by="staff",
            precision=Precision.DAY, day=date(2026, 12, 31), cause="LC-1", set_at=AT,
        )  # fmt: skip
        (unit,) = self.get(f"/{sold.reference}").json()["units"]
        self.assertEqual(unit["service_ends_on"], "2026-12-31")
        self.assertIn("past the product's end of service and support", unit["warnings"][0])
        workflow.cancel_contract(sold, reason="Sold", user=make_user(self.vap), at=AT)
        (unit,) = self.post().json()["units"]
        self.assertEqual(unit["ends_on"], "2026-12-31")
        self.assertIn("would last until 18 Feb 2027", unit["warnings"][0])

    def test_a_replaced_unit_says_from_which_serial_its_line_moved(self):
        contract = make_contract([self.unit_], at=AT)
        new = self.unit()
        workflow.move_lines(old=self.unit_, new=new, user=None, at=at_noon(DAY_90), cause="RMA")
        (unit,) = self.get(f"/{contract.reference}").json()["units"]
        self.assertEqual((unit["serial_number"], unit["moved_from"]), (new.serial, "2102UNIT1"))

    def test_a_contract_costs_the_same_for_one_unit_and_for_many(self):
        contracts = [make_contract([self.unit() for _ in range(n)], at=AT) for n in (1, 20)]
        self.get(f"/{contracts[0].reference}")
        counts = []
        for contract in contracts:
            with CaptureQueriesContext(connection) as queries:
                self.get(f"/{contract.reference}")
            counts.append(len(queries))
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[0], 10)
