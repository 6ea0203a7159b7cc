"""GET units/{serial}: one answer, to those in the chain, with its reasons."""

from datetime import date, timedelta

from django.test import TestCase
from time_machine import travel

from audit.trail import SYSTEM
from partners import clock, workflow
from partners.enums import OrganizationKind, Role
from partners.models import ApiToken, Membership
from tests.api import bearer
from tests.builders import (
    SHIPPED_ON,
    at_noon,
    make_huawei,
    make_organization,
    make_part_number,
    make_policy,
    make_report,
    make_staff,
    make_unit,
    pass_on,
)
from warranty.models import Unit
from warranty.nights.run import run_night
from warranty.workflow import accept_report, correct_shipment_date, void_warranty

CAP_ON = "2026-04-10"


class UnitApiCase(TestCase):
    """A distributor with a token, and requests in its name."""

    @classmethod
    def setUpTestData(cls):
        make_policy()
        cls.distributor = make_organization("D1")

    def setUp(self):
        self.headers = bearer(self.distributor)

    def get(self, serial, *, headers=None, **query):
        headers = self.headers if headers is None else headers
        return self.client.get(f"/api/v1/units/{serial}", query, headers=headers)

    def warranty(self, unit, on="2026-12-01"):
        return self.get(unit.serial, on=on).json()["warranty"]

    def start_of(self, unit, on="2026-12-01"):
        warranty = self.warranty(unit, on)
        return warranty["starts_on"], warranty["rule"]

    def unit(self, **fields):
        return make_unit(self.distributor, **fields)

    def accept(self, units, *, signed_on, on):
        report = make_report(units, signed_on=signed_on)
        accept_report(report, user=make_staff(), at=at_noon(on))


def start_night(on):
    """Run the night job of `on`."""
    return run_night(as_of=on, today=on, at=at_noon(on), actor=SYSTEM)


def day(number, *, shipped_on=SHIPPED_ON):
    return shipped_on + timedelta(days=number)


class MustHoldTests(UnitApiCase):
    """The table of the policy, through shipment, acceptance, the night and the API."""

    def test_1_without_the_service_it_starts_on_day_90_whatever_was_signed(self):
        unit = self.unit()
        self.accept([unit], signed_on=day(10), on=day(11))
        start_night(day(90))
        self.assertEqual(self.start_of(unit), (CAP_ON, "W1"))

    def test_2_with_the_service_the_day_of_signature_counts_up_to_day_90(self):
        cases = [
            (0, ("2026-01-10", "W2")),
            (89, ("2026-04-09", "W2")),
            (90, (CAP_ON, "W2")),
            (91, (CAP_ON, "W3")),
        ]
        for number, expected in cases:
            with self.subTest(day=number):
                unit = self.unit(installation_service=True)
                self.accept([unit], signed_on=day(number), on=day(max(number, 1)))
                start_night(day(100))
                self.assertEqual(self.start_of(unit), expected)
                stored = Unit.unscoped.get(pk=unit.pk).warranty
                self.assertEqual((stored.starts_on.isoformat(), stored.rule), expected)

    def test_8_a_corrected_shipment_date_moves_the_start(self):
        unit = self.unit()
        start_night(day(90))
        correct_shipment_date(
            unit.huawei_shipment,
            shipped_on=date(2026, 1, 20),
            reason="Wrong paper",
            user=make_staff(),
            at=at_noon(date(2026, 5, 1)),
        )
        self.assertEqual(self.start_of(unit), ("2026-04-20", "W1"))

    def test_10_a_report_accepted_late_counts_from_its_signature(self):
        unit = self.unit(installation_service=True)
        start_night(day(90))
        self.assertEqual(self.start_of(unit), (CAP_ON, "W3"))
        self.accept([unit], signed_on=day(60), on=day(100))
        self.assertEqual(self.start_of(unit), ("2026-03-11", "W2"))

    def test_11_the_earlier_of_two_signatures_counts(self):
        unit = self.unit(installation_service=True)
        for number in (30, 20):
            self.accept([unit], signed_on=day(number), on=day(31))
        self.assertEqual(self.start_of(unit), ("2026-01-30", "W2"))

    def test_12_twelve_months_from_29_february_end_on_28_february(self):
        unit = self.unit(shipped_on=date(2024, 2, 29), installation_service=True)
        self.accept([unit], signed_on=date(2024, 2, 29), on=date(2024, 3, 1))
        self.assertEqual(self.warranty(unit)["ends_on"], "2025-02-28")

    def test_13_a_partial_report_starts_the_units_that_it_names(self):
        units = [self.unit(installation_service=True) for _ in range(5)]
        self.accept(units[:3], signed_on=day(15), on=day(16))
        start_night(day(90))
        starts = [self.start_of(unit) for unit in units]
        self.assertEqual(starts, [("2026-01-25", "W2")] * 3 + [(CAP_ON, "W3")] * 2)


class AnswerTests(UnitApiCase):
    def test_gives_the_whole_answer_and_nothing_else(self):
        part_number = make_part_number("02351234", model="S5735-L24")
        unit = self.unit(serial="2102TEST000000000001", part_number=part_number)
        answer = self.get(unit.serial, on="2026-02-01").json()
        warranty, doa = answer.pop("warranty"), answer.pop("doa")
        self.assertEqual(answer.pop("lifecycle")["status"], "not_announced")
        shipment = {
            "leg": "huawei",
            "number": unit.huawei_shipment.number,
            "shipped_on": "2026-01-10",
            "shipped_by": "HUAWEI",
            "consignee": "D1",
        }
        expected = {
            "serial": "2102TEST000000000001",
            "part_number": "02351234",
            "model": "S5735-L24",
            "shipments": [shipment],
            "support": [],
            "replaced_by": None,
            "replaces": None,
            "policy_version": make_policy().label,
        }
        self.assertEqual(answer, expected)
        self.assertEqual((warranty["status"], warranty["rule"]), ("pending", "W1"))
        self.assertTrue(all(reason["sentence"] for reason in warranty["reasons"]))
        self.assertEqual((doa["route"], doa["applicants"][0]["code"]), ("application", "D1"))

    def test_status_follows_the_day_asked_about_with_both_ends_covered(self):
        unit = self.unit()
        cases = [
            ("2026-04-09", "pending"),
            ("2026-04-10", "active"),
            ("2027-04-09", "active"),
            ("2027-04-10", "expired"),
        ]
        for on, status in cases:
            with self.subTest(on):
                self.assertEqual(self.warranty(unit, on)["status"], status)

    def test_a_voided_warranty_says_so_from_that_day_on(self):
        unit = self.unit()
        start_night(day(90))
        void_warranty(unit, reason="Opened", user=make_staff(), at=at_noon(date(2026, 5, 1)))
        self.assertEqual(self.warranty(unit, "2026-04-30")["status"], "active")
        self.assertEqual(self.warranty(unit, "2026-05-01")["status"], "void")

    def test_the_serial_number_is_read_as_people_type_it(self):
        unit = self.unit(serial="2102ABCDEFGH00000001")
        for typed in ("2102abcdefgh00000001", "2102-ABCD-EFGH-0000-0001", " 2102ABCDEFGH00000001 "):
            with self.subTest(typed):
                self.assertEqual(self.get(typed).json()["serial"], unit.serial)

    def test_a_reseller_is_referred_to_the_distributor_of_the_latest_shipment(self):
        reseller = make_organization("VAR1", OrganizationKind.VAR)
        second = make_organization("D2")
        unit = self.unit()
        pass_on(unit, second, shipped_on=date(2026, 2, 1))
        pass_on(unit, reseller, shipped_on=date(2026, 2, 19))
        answer = self.get(unit.serial, headers=bearer(reseller)).json()
        self.assertEqual(answer["doa"]["route"], "referral")
        self.assertEqual([o["code"] for o in answer["doa"]["applicants"]], ["D2"])

    def test_legs_between_others_are_not_told(self):
        second, partner = make_organization("D2"), make_organization("V1", OrganizationKind.VAP)
        unit = self.unit()
        pass_on(unit, second, shipped_on=date(2026, 2, 1))
        pass_on(unit, partner, shipped_on=date(2026, 2, 19))

        def legs(organization):
            shipments = self.get(unit.serial, headers=bearer(organization)).json()["shipments"]
            return [s["consignee"] for s in shipments]

        self.assertEqual(legs(self.distributor), ["D1", "D2", "V1"])
        self.assertEqual(legs(partner), ["D1", "V1"])


class RefusalTests(UnitApiCase):
    def assertProblem(self, response, status):
        self.assertEqual(response.status_code, status)
        self.assertEqual(response.headers["Content-Type"], "application/problem+json")
        self.assertEqual(response.json()["status"], status)

    def test_a_bad_day_is_named(self):
        unit = self.unit()
        for on in ("2026-02-30", "tomorrow", "1999-12-31", "2101-01-01", "", "2026-1-1", "\0"):
            with self.subTest(on):
                response = self.get(unit.serial, on=on)
                self.assertProblem(response, 400)
                self.assertEqual(response.json()["errors"][0]["parameter"], "on")
        for on in ("2000-01-01", "2100-12-31"):
            with self.subTest(on):
                self.assertEqual(self.get(unit.serial, on=on).status_code, 200)

    def test_a_doubled_day_is_refused(self):
        response = self.get(self.unit().serial, on=["2026-01-01", "2026-01-02"])
        self.assertProblem(response, 400)

    def test_a_foreign_serial_answers_like_an_unknown_one(self):
        foreign = make_unit(make_organization("D2"))
        answers = [self.get(serial) for serial in (foreign.serial, "NOSUCHSERIAL", "%00", "…")]
        for response in answers:
            self.assertProblem(response, 404)
        self.assertEqual({response.content for response in answers}, {answers[0].content})

    def test_two_part_numbers_ask_for_one(self):
        for number in ("02350002", "02350001"):
            self.unit(serial="2102SAME", part_number=make_part_number(number))
        response = self.get("2102SAME")
        self.assertProblem(response, 409)
        self.assertEqual(response.json()["part_numbers"], ["02350001", "02350002"])
        chosen = self.get("2102SAME", part_number="02350002")
        self.assertEqual(chosen.json()["part_number"], "02350002")
        self.assertProblem(self.get("2102SAME", part_number="2350002"), 404)

    def test_a_foreign_twin_does_not_make_a_serial_ambiguous(self):
        unit = self.unit(serial="2102SAME", part_number=make_part_number("02350001"))
        make_unit(
            make_organization("D2"), serial="2102SAME", part_number=make_part_number("02350002")
        )
        self.assertEqual(self.get(unit.serial).json()["part_number"], "02350001")

    def test_a_wrong_method_and_an_unknown_address_are_problems_too(self):
        response = self.client.post("/api/v1/units/X", headers=self.headers)
        self.assertProblem(response, 405)
        self.assertProblem(self.client.get("/api/v1/nothing"), 404)


class TokenTests(UnitApiCase):
    def setUp(self):
        super().setUp()
        self.serial = self.unit().serial
        self.token = ApiToken.objects.get()

    def status(self, **kwargs):
        return self.get(self.serial, **kwargs).status_code

    def test_without_a_working_token_there_is_no_answer(self):
        wrong = ["", "Bearer", "Bearer x y", "Bearer wrong", "Basic YTpi", "Bearer \xe9"]
        for value in wrong:
            with self.subTest(value):
                response = self.get(self.serial, headers={"Authorization": value})
                self.assertEqual(response.status_code, 401)
                self.assertIn("Bearer", response.headers["WWW-Authenticate"])
        self.assertEqual(self.status(), 200)

    def test_another_scope_is_not_enough(self):
        headers = bearer(self.distributor, scopes=["reports:write"])
        self.assertEqual(self.status(headers=headers), 403)

    def test_whoever_is_removed_is_refused_on_the_next_request(self):
        self.assertEqual(self.status(), 200)
        Membership.objects.filter(user=self.token.user).delete()
        self.assertEqual(self.status(), 401)
        Membership.objects.create(
            user=self.token.user, organization=make_organization(), role=Role.MANAGER
        )
        self.assertEqual(self.status(), 401)

    def test_whoever_is_inactive_is_refused_on_the_next_request(self):
        user = self.token.user
        user.is_active = False
        user.save()
        self.assertEqual(self.status(), 401)

    def test_a_token_works_until_its_last_second(self):
        at = clock.now()
        for expiry, expected in [(timedelta(minutes=1), 200), (-timedelta(seconds=1), 401)]:
            ApiToken.objects.update(expiry=at + expiry)
            with self.subTest(expiry):
                self.assertEqual(self.status(), expected)

    def test_a_revoked_token_is_refused(self):
        workflow.revoke_token(self.token, actor=self.token.user.actor(), at=clock.now())
        self.assertEqual(self.status(), 401)

    def test_its_last_use_is_noted_once_in_five_minutes(self):
        self.status()
        first = ApiToken.objects.get().last_used_at
        self.assertIsNotNone(first)
        self.status()
        self.assertEqual(ApiToken.objects.get().last_used_at, first)
        earlier = first - timedelta(minutes=5, seconds=1)
        ApiToken.objects.update(last_used_at=earlier)
        self.status()
        self.assertGreater(ApiToken.objects.get().last_used_at, earlier)


class CostTests(UnitApiCase):
    def test_an_answer_costs_four_queries_at_most(self):
        started, passed_on = self.unit(), self.unit()
        waiting, waiting_passed_on = (self.unit(shipped_on=day(200)) for _ in range(2))
        for unit in (passed_on, waiting_passed_on):
            pass_on(unit, make_organization(), shipped_on=day(210))
        start_night(day(90))
        self.get(started.serial)
        cases = [(started, 3), (waiting, 3), (passed_on, 4), (waiting_passed_on, 4)]
        for unit, queries in cases:
            with self.subTest(unit.serial), self.assertNumQueries(queries):
                self.assertEqual(self.get(unit.serial).status_code, 200)

    def test_the_limit_of_a_minute_says_when_to_go_on(self):
        serial = self.unit().serial
        at = clock.now().replace(second=17)
        with self.settings(API_REQUESTS_PER_MINUTE=2), travel(at, tick=False):
            statuses = [self.get(serial).status_code for _ in range(3)]
            refused = self.get(serial, headers=self.headers | {"X-Forwarded-For": "192.0.2.9"})
            other = self.get(serial, headers=bearer(self.distributor))
        self.assertEqual(statuses, [200, 200, 429])
        self.assertEqual((refused.status_code, refused.headers["Retry-After"]), (429, "43"))
        self.assertEqual(refused.headers["Content-Type"], "application/problem+json")
        self.assertEqual(other.status_code, 200)
        with self.settings(API_REQUESTS_PER_MINUTE=2), travel(at + timedelta(seconds=43)):
            self.assertEqual(self.get(serial).status_code, 200)

    def test_huawei_sees_every_unit(self):
        unit = make_unit(make_organization())
        headers = bearer(make_huawei(), user=make_staff())
        self.assertEqual(self.get(unit.serial, headers=headers).status_code, 200)
