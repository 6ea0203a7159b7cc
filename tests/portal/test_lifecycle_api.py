"""The API of life cycles: public facts, paged changes, refusals that name the parameter."""

from datetime import date, timedelta

import time_machine
from django.test import TestCase

from tests.api import bearer
from tests.builders import at_noon, make_organization, make_part_number
from tests.catalog.test_set_milestones import AT, EOM, EOS, row, state


class ProductTests(TestCase):
    def setUp(self):
        self.part = make_part_number("02351234", model="S5735-L24")

    def get(self, part_number="02351234", **query):
        return self.client.get(f"/api/v1/products/{part_number}/lifecycle", query)

    def test_anybody_reads_the_milestones_of_a_part_number(self):
        state([row(self.part, EOM, "2026-06-15"), row(self.part, EOS, "2029-06", own=True)])
        answer = self.get(on="2026-06-15").json()
        facts = [answer[name] for name in ("part_number", "model", "on", "status")]
        self.assertEqual(facts, ["02351234", "S5735-L24", "2026-06-15", "end_of_marketing"])
        self.assertEqual([m["date"] for m in answer["milestones"]],
                         [None, "2026-06-15", None, "2029-06"])  # fmt: skip
        self.assertEqual(self.get(on="2026-06-14").json()["status"], "end_announced")

    def test_any_token_will_do(self):
        headers = bearer(make_organization(), scopes=[])
        page = self.client.get("/api/v1/products/02351234/lifecycle", headers=headers)
        self.assertEqual((page.status_code, page.json()["status"]), (200, "not_announced"))

    def test_an_unknown_part_number_is_not_found(self):
        self.assertEqual(self.get("0235").status_code, 404)

    def test_what_can_not_be_read_is_named(self):
        for query in ({"on": "June"}, {"day": "2026-06-15"}):
            with self.subTest(query):
                page = self.get(**query)
                named = [e["parameter"] for e in page.json()["errors"]]
                self.assertEqual((page.status_code, named), (400, list(query)))


class ChangesTests(TestCase):
    def setUp(self):
        self.part = make_part_number("02351234", model="S5735-L24")
        self.later = AT + timedelta(days=7)
        state([row(self.part, EOM, "2026-06"), row(self.part, EOS, "2029-06", own=True)])
        state([row(self.part, EOM, "2026-07-01")], at=self.later, cause="Revision 2")

    def get(self, **query):
        return self.client.get("/api/v1/lifecycle-changes", query)

    def test_the_last_change_comes_first_with_what_stood_before(self):
        last, own, first = self.get().json()["changes"]
        self.assertEqual(last["before"], {"date": "2026-06", "precision": "month"})
        self.assertEqual(last["after"], {"date": "2026-07-01", "precision": "day"})
        self.assertEqual((last["cause"], last["part_number"]), ("Revision 2", None))
        self.assertEqual(own["part_number"], "02351234")
        self.assertEqual(first["before"], {"date": None, "precision": "not_announced"})
        self.assertIsNotNone(first["replaced_at"])

    def test_since_is_an_instant_and_included(self):
        found = [len(self.get(since=at.isoformat()).json()["changes"])
                 for at in (self.later, self.later + timedelta(seconds=1), AT)]  # fmt: skip
        self.assertEqual(found, [1, 0, 3])
        for wrong in ("2026-06-15T00:00:00", "yesterday", "0001-01-01T00:00:00Z"):
            with self.subTest(wrong):
                self.assertEqual(self.get(since=wrong).status_code, 400)

    def test_pages_follow_each_other(self):
        first = self.get(limit=2).json()
        second = self.client.get(first["next"]).json()
        self.assertEqual((len(first["changes"]), len(second["changes"])), (2, 1))
        self.assertIsNone(second["next"])

    def test_a_page_costs_the_same_for_one_change_and_for_fifty(self):
        for count in (1, 50):
            rows = [row(make_part_number(), EOM, "2030-06") for _ in range(count)]
            state(rows, at=at_noon(date(2026, 5, count % 28 + 1)))
            with time_machine.travel(AT, tick=False):
                self.get()
                with self.assertNumQueries(3):
                    self.get()
