"""POST what-if: the table of the policy, asked by a program that gives nothing but dates."""

from django.test import TestCase
from time_machine import travel

from audit.models import Event
from partners import clock
from tests.api import bearer
from tests.builders import make_organization, make_policy
from warranty.models import Shipment, Unit

SHIPPED = {"huawei_shipped_on": "2026-01-10", "installation_purchased": False}
NEW_YORK = "2026-03-01T23:30:00-05:00"


class WhatIfCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_policy()

    def ask(self, **given):
        return self.client.post("/api/v1/what-if", SHIPPED | given, "application/json")

    def answer(self, **given):
        response = self.ask(on="2026-12-01", **given)
        self.assertEqual(response.status_code, 200, response.content)
        return response.json()


class MustHoldTests(WhatIfCase):
    def start(self, **given):
        warranty = self.answer(**given)["warranty"]
        return warranty["starts_on"], warranty["rule"]

    def test_1_and_2_the_start(self):
        purchased = {"installation_purchased": True}
        cases = [
            ({"report_signed_on": "2026-01-20"}, ("2026-04-10", "W1")),
            (purchased | {"report_signed_on": "2026-01-10"}, ("2026-01-10", "W2")),
            (purchased | {"report_signed_on": "2026-04-09"}, ("2026-04-09", "W2")),
            (purchased | {"report_signed_on": "2026-04-10"}, ("2026-04-10", "W2")),
            (purchased | {"report_signed_on": "2026-04-11"}, ("2026-04-10", "W3")),
            (purchased | {"report_signed_on": ["2026-02-09", "2026-01-30"]}, ("2026-01-30", "W2")),
        ]
        for given, expected in cases:
            with self.subTest(**given):
                self.assertEqual(self.start(**given), expected)

    def test_4_a_distributor_moves_the_window_of_support_and_not_the_warranty(self):
        answer = self.answer(distributor_shipped_on="2026-02-19")
        self.assertEqual(answer["warranty"]["cap_on"], "2026-04-10")
        support = answer["support"]
        self.assertEqual(
            (support["anchor_on"], support["anchor_from"]), ("2026-02-19", "distributor")
        )
        self.assertEqual(
            (support["earliest_on"], support["latest_on"]), ("2026-02-19", "2026-05-20")
        )
        self.assertIsNone(support["start_ok"])

    def test_5_support_starts_inside_the_window_both_ends_included(self):
        cases = [
            ("2026-02-18", False),
            ("2026-02-19", True),
            ("2026-05-20", True),
            ("2026-05-21", False),
        ]
        for day, expected in cases:
            with self.subTest(day):
                support = self.answer(distributor_shipped_on="2026-02-19", support_start=day)[
                    "support"
                ]
                self.assertIs(support["start_ok"], expected)
        self.assertIn("20 May 2026", support["reasons"][-1]["sentence"])

    def test_6_forty_eight_hours_to_the_second(self):
        inside = self.answer(powered_on_at=NEW_YORK, failed_at="2026-03-03T23:30:00-05:00")
        self.assertEqual((inside["doa"]["eligible"], inside["doa"]["rule"]), (True, "D2"))
        self.assertEqual(inside["remedy"]["kind"], "doa_replacement")
        outside = self.answer(powered_on_at=NEW_YORK, failed_at="2026-03-03T23:30:01-05:00")
        self.assertEqual((outside["doa"]["eligible"], outside["doa"]["rule"]), (False, None))
        self.assertEqual(outside["remedy"]["kind"], "warranty_exchange")

    def test_6_a_clock_change_costs_nobody_an_hour(self):
        powered = "2026-03-07T12:00:00-06:00"
        for failed, eligible in [
            ("2026-03-09T13:00:00-05:00", True),
            ("2026-03-09T13:00:01-05:00", False),
        ]:
            with self.subTest(failed):
                doa = self.answer(powered_on_at=powered, failed_at=failed)["doa"]
                self.assertIs(doa["eligible"], eligible)

    def test_9_in_a_delivery_project_the_pac_decides_whatever_the_hours(self):
        doa = self.answer(
            delivery_project=True,
            powered_on_at="2026-01-10T00:00:00Z",
            failed_at="2026-01-30T20:00:00Z",
        )["doa"]
        self.assertEqual((doa["eligible"], doa["rule"]), (True, "D3"))

    def test_12_the_term_ends_on_the_day_before(self):
        warranty = self.answer(
            huawei_shipped_on="2024-02-29",
            installation_purchased=True,
            report_signed_on="2024-02-29",
            warranty_months=12,
        )["warranty"]
        self.assertEqual((warranty["ends_on"], warranty["status"]), ("2025-02-28", "expired"))

    def test_14_a_contract_helps_where_the_warranty_has_ended(self):
        answer = self.answer(
            huawei_shipped_on="2024-01-10",
            support_active=True,
            powered_on_at="2026-03-01T00:00:00Z",
            failed_at="2026-03-03T23:00:00Z",
        )
        self.assertEqual(answer["remedy"]["kind"], "support_replacement")
        self.assertIn("71 hours", " ".join(r["sentence"] for r in answer["doa"]["reasons"]))


class QuestionTests(WhatIfCase):
    def assertNames(self, response, parameter):
        self.assertEqual(response.status_code, 400, response.content)
        self.assertEqual(response.headers["Content-Type"], "application/problem+json")
        self.assertIn(parameter, [e["parameter"] for e in response.json()["errors"]])

    def test_every_field_says_what_is_wrong_with_it(self):
        cases = [
            {"huawei_shipped_on": "10.01.2026"},
            {"huawei_shipped_on": 20260110},
            {"huawei_shipped_on": "1999-12-31"},
            {"installation_purchased": "yes"},
            {"installation_purchased": None},
            {"warranty_months": 0},
            {"warranty_months": 601},
            {"warranty_months": True},
            {"warranty_months": 1.5},
            {"distributor_shipped_on": "2026-01-09"},
            {"report_signed_on": "2026-01-09"},
            {"report_signed_on": ["2026-01-10"] * 101},
            {"report_signed_on": [["2026-01-10"]]},
            {"powered_on_at": "2026-03-01T12:00:00"},
            {"failed_at": "soon"},
            {"failed_at": {}},
            {"first_boot": 1},
            {"powerd_on_at": "2026-03-01"},
        ]
        for given in cases:
            with self.subTest(**given):
                self.assertNames(self.ask(**given), next(iter(given)))

    def test_the_longest_and_shortest_of_everything_is_read(self):
        cases = [
            {"warranty_months": 1},
            {"warranty_months": 600},
            {"huawei_shipped_on": "2000-01-01"},
            {"report_signed_on": ["2026-01-10"] * 100},
            {"distributor_shipped_on": "2026-01-10"},
            {"powered_on_at": "2026-03-01", "failed_at": "2026-03-03"},
        ]
        for given in cases:
            with self.subTest(**given):
                self.assertEqual(self.ask(**given).status_code, 200)

    def test_what_is_not_json_is_refused(self):
        cases = [
            ("{", "application/json", 400),
            ("[]", "application/json", 400),
            ("null", "application/json", 400),
            ('{"on": NaN}', "application/json", 400),
            ("a=1", "application/x-www-form-urlencoded", 415),
            ("{}", "text/plain", 415),
        ]
        for body, content_type, status in cases:
            with self.subTest(body=body, content_type=content_type):
                response = self.client.post("/api/v1/what-if", body, content_type)
                self.assertEqual(response.status_code, status)
                self.assertEqual(response.headers["Content-Type"], "application/problem+json")

    def test_what_was_not_asked_is_null(self):
        answer = self.answer()
        self.assertEqual((answer["doa"]["eligible"], answer["support"]["start_ok"]), (None, None))

    def test_stores_nothing(self):
        self.answer(report_signed_on="2026-01-20")
        counts = [Event.objects.count(), Unit.unscoped.count(), Shipment.unscoped.count()]
        self.assertEqual(counts, [0, 0, 0])


class DoorTests(WhatIfCase):
    def test_needs_no_token_and_takes_one(self):
        self.assertEqual(self.ask().status_code, 200)
        headers = bearer(make_organization(), scopes=[])
        with_token = self.client.post(
            "/api/v1/what-if", SHIPPED, "application/json", headers=headers
        )
        self.assertEqual(with_token.status_code, 200)

    def test_a_token_that_does_not_work_is_refused_all_the_same(self):
        headers = {"Authorization": "Bearer wrong"}
        response = self.client.post("/api/v1/what-if", SHIPPED, "application/json", headers=headers)
        self.assertEqual(response.status_code, 401)

    def test_an_address_has_its_own_limit_which_a_header_does_not_lift(self):
        at = clock.now().replace(second=59)
        with self.settings(API_ANONYMOUS_REQUESTS_PER_MINUTE=1), travel(at, tick=False):
            self.assertEqual(self.ask().status_code, 200)
            forged = {"X-Forwarded-For": "192.0.2.7"}
            refused = self.client.post(
                "/api/v1/what-if", SHIPPED, "application/json", headers=forged
            )
            elsewhere = self.client.post(
                "/api/v1/what-if", SHIPPED, "application/json", REMOTE_ADDR="192.0.2.8"
            )
        self.assertEqual((refused.status_code, refused.headers["Retry-After"]), (429, "1"))
        self.assertEqual(elsewhere.status_code, 200)
