"""POST and GET reports: handed in by programs, counted once accepted, seen by one's own."""

import base64
import json
from datetime import date

import pytest
from django.test import TestCase
from time_machine import travel

from audit.models import Event
from documents.models import Document
from partners.enums import OrganizationKind, Role, Scope
from tests.api import bearer
from tests.builders import (
    at_noon,
    make_huawei,
    make_organization,
    make_part_number,
    make_policy,
    make_report,
    make_unit,
    make_user,
)
from warranty.api.named_units import MOST_UNITS
from warranty.models import InstallationReport
from warranty.workflow import accept_report

ADDRESS = "/api/v1/reports"
BOTH = (Scope.REPORTS_READ, Scope.REPORTS_WRITE)
PDF = base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()
SIGNED = {"signed_on": "2026-02-02", "signed_by": "A. Installer, Example Ltd"}


class ReportsCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        make_policy()
        cls.partner = make_organization("P1")
        cls.unit = make_unit(cls.partner, serial="2102UNIT1", installation_service=True)

    def setUp(self):
        self.user = make_user(self.partner)
        self.headers = bearer(self.partner, user=self.user, scopes=BOTH)
        clock = travel(at_noon(date(2026, 2, 10)), tick=False)
        clock.start()
        self.addCleanup(clock.stop)
        self.headers = bearer(self.partner, user=self.user, scopes=BOTH)

    def post(self, *, headers=None, key=None, **fields):
        headers = self.headers if headers is None else headers
        body = {**SIGNED, "serial_numbers": [self.unit.serial], **fields}
        body = {name: value for name, value in body.items() if value is not ...}
        more = {"Idempotency-Key": key} if key else {}
        return self.client.post(
            ADDRESS, json.dumps(body), content_type="application/json", headers=headers | more
        )

    def get(self, address="", headers=None):
        headers = self.headers if headers is None else headers
        return self.client.get(ADDRESS + address, headers=headers)


class HandingInTests(ReportsCase):
    def test_says_what_the_report_does_to_each_unit_and_waits_to_be_accepted(self):
        answer = self.post(report_number="R-1")
        self.assertEqual(answer.status_code, 201, answer.content)
        report = answer.json()
        self.assertEqual((report["report_number"], report["status"]), ("R-1", "submitted"))
        (unit,) = report["units"]
        told = {name: unit[name] for name in ("effect", "starts_on", "starts_on_without")}
        expected = {"effect": "starts", "starts_on": "2026-02-02"}
        self.assertEqual(told, {**expected, "starts_on_without": "2026-04-10"})
        event = Event.objects.get(name="report.submitted")
        who = (event.actor_kind, event.actor_id, event.organization_id)
        self.assertEqual(who, ("person", self.user.pk, self.partner.pk))

    def test_without_a_number_it_gets_one(self):
        self.assertEqual(self.post().json()["report_number"], "IR-26-000001")

    def test_the_paper_is_kept_and_rests_in_the_report(self):
        answer = self.post(document={"name": "../signed.pdf", "content": PDF})
        self.assertEqual((answer.status_code, answer.json()["document"]), (201, "signed.pdf"))
        document = Document.unscoped.get()
        self.assertEqual(document.organization, self.partner)
        self.assertIsNotNone(document.attached_at)

    def test_units_are_told_apart_by_their_part_number(self):
        twin = make_unit(
            self.partner,
            serial=self.unit.serial,
            part_number=make_part_number("OTHERPART"),
            installation_service=True,
        )
        answer = self.post()
        self.assertEqual(answer.json()["errors"][0]["pointer"], "/serial_numbers/0")
        self.assertIn("OTHERPART", answer.json()["errors"][0]["detail"])
        unit = {"serial_number": twin.serial, "part_number": "OTHERPART"}
        answer = self.post(serial_numbers=..., units=[unit])
        self.assertEqual(answer.json()["units"][0]["part_number"], "OTHERPART")

    def test_a_repeat_with_its_key_makes_one_report_and_one_document(self):
        paper = {"name": "a.pdf", "content": PDF}
        answers = [self.post(document=paper, key="k1") for _ in range(3)]
        self.assertEqual({a.content for a in answers}, {answers[0].content})
        counts = InstallationReport.unscoped.count(), Document.unscoped.count()
        self.assertEqual(counts, (1, 1))


class RefusalTests(ReportsCase):
    def refused(self, answer, pointer):
        self.assertEqual(answer.status_code, 400, answer.content)
        self.assertEqual([e["pointer"] for e in answer.json()["errors"]], [pointer])
        self.assertFalse(InstallationReport.unscoped.exists())
        self.assertFalse(Document.unscoped.exists())
        return answer.json()["errors"][0]["detail"]

    def test_the_signature_lies_between_shipment_and_today(self):
        for day in ("2026-01-09", "2026-02-11"):
            self.refused(self.post(signed_on=day), "/signed_on")
        for number, day in enumerate(("2026-01-10", "2026-02-10")):
            answer = self.post(signed_on=day, report_number=f"R-{number}")
            self.assertEqual(answer.status_code, 201, answer.content)

    def test_a_unit_of_somebody_else_is_as_unknown_as_one_that_never_was(self):
        make_unit(make_organization("P9"), serial="FOREIGN1")
        told = {
            self.refused(self.post(serial_numbers=[serial]), "/serial_numbers/0")
            for serial in ("FOREIGN1", "NEVERWAS")
        }
        self.assertEqual(len(told), 1)

    def test_each_fault_is_named_with_its_pointer(self):
        self.refused(self.post(serial_numbers=[self.unit.serial, "Ω"]), "/serial_numbers/1")
        self.refused(self.post(serial_numbers=[7]), "/serial_numbers/0")
        self.refused(self.post(serial_numbers=[]), "/serial_numbers")
        self.refused(self.post(serial_numbers=...), "")
        self.refused(self.post(units=[{"serial_number": "X"}]), "")
        self.refused(self.post(serial_numbers=..., units=["X"]), "/units/0")
        self.refused(
            self.post(serial_numbers=..., units=[{"serial_number": "X"}]),
            "/units/0/serial_number",
        )
        self.refused(self.post(signed_on="2026-02-30"), "/signed_on")
        self.refused(self.post(signed_by=" "), "/signed_by")
        self.refused(self.post(status="accepted"), "/status")
        self.refused(self.post(organization="P9"), "/organization")
        self.refused(self.post(report_number="Ω"), "/report_number")

    def test_the_paper_is_judged_by_its_content(self):
        gif = base64.b64encode(b"GIF89a").decode()
        for content in (gif, "%%%", "", 7, None, "Ω"):
            paper = {"name": "a.pdf", "content": content}
            self.refused(self.post(document=paper), "/document/content")
        self.refused(self.post(document="a.pdf"), "/document")

    def test_a_report_names_two_thousand_units_at_most(self):
        few = self.post(serial_numbers=[self.unit.serial] * MOST_UNITS, report_number="R-1")
        self.assertEqual(few.status_code, 201)
        many = self.post(serial_numbers=[self.unit.serial] * (MOST_UNITS + 1))
        self.assertEqual(many.json()["errors"][0]["pointer"], "/serial_numbers")

    def test_what_was_handed_in_already_is_a_conflict(self):
        self.post(report_number="R-1")
        self.assertEqual(self.post(report_number="R-2").status_code, 409)
        answer = self.post(report_number="R-1", signed_on="2026-02-03")
        self.assertEqual(answer.status_code, 409)
        self.assertEqual(InstallationReport.unscoped.count(), 1)


class WhoMayTests(ReportsCase):
    def status(self, organization, role=Role.MANAGER, scopes=BOTH):
        headers = bearer(organization, user=make_user(organization, role), scopes=scopes)
        posted = self.post(headers=headers, serial_numbers=["NEVERWAS"]).status_code
        return posted, self.get(headers=headers).status_code

    def test_kind_role_and_scope_decide_together(self):
        kinds = OrganizationKind
        self.assertEqual(self.status(make_organization(kind=kinds.VAP)), (400, 200))
        self.assertEqual(self.status(make_organization(kind=kinds.DISTRIBUTOR)), (400, 200))
        for kind in (kinds.VAR, kinds.GAP, kinds.END_CUSTOMER):
            self.assertEqual(self.status(make_organization(kind=kind)), (403, 200), kind)
        self.assertEqual(self.status(make_huawei(), Role.STAFF), (403, 200))
        self.assertEqual(self.status(self.partner, Role.AGENT), (400, 200))
        self.assertEqual(self.status(self.partner, Role.VIEWER), (403, 200))
        self.assertEqual(self.status(self.partner, scopes=[Scope.REPORTS_READ]), (403, 200))
        self.assertEqual(self.status(self.partner, scopes=[Scope.REPORTS_WRITE]), (400, 403))
        self.assertEqual(self.status(self.partner, scopes=[Scope.SHIPMENTS_WRITE]), (403, 403))


class ReadingTests(ReportsCase):
    def test_lists_the_own_reports_alone_by_state(self):
        own = make_report([self.unit], signed_on=date(2026, 2, 1), number="OWN/1")
        make_report([make_unit()], signed_on=date(2026, 2, 1), number="FOREIGN")
        (row,) = self.get().json()["reports"]
        self.assertEqual((row["report_number"], row["units"]), ("OWN/1", 1))
        self.assertEqual(self.get("?status=accepted").json()["reports"], [])
        huawei = make_huawei()
        staff = make_user(huawei, Role.STAFF)
        accept_report(own, user=staff, at=at_noon(date(2026, 2, 3)))
        self.assertEqual(len(self.get("?status=accepted").json()["reports"]), 1)
        self.assertEqual(self.get("?status=gone").status_code, 400)
        of_huawei = bearer(huawei, user=staff, scopes=BOTH)
        self.assertEqual(self.get(headers=of_huawei).json()["reports"], [])

    def test_a_report_is_read_by_its_number_whatever_signs_it_has(self):
        make_report([self.unit], signed_on=date(2026, 2, 1), number="OWN/1 #2")
        answer = self.get("/OWN/1%20%232")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json()["units"][0]["effect"], "starts")

    def test_a_foreign_report_answers_like_one_that_never_was(self):
        make_report([make_unit()], signed_on=date(2026, 2, 1), number="FOREIGN")
        answers = [self.get(f"/{number}") for number in ("FOREIGN", "NEVERWAS", "%00", "a" * 999)]
        self.assertEqual({a.status_code for a in answers}, {404})
        self.assertEqual(len({a.content for a in answers}), 1)


HOSTILE = ["\u0000", "\ud800", "9999-12-31", "x" * 100_000, 10**400, -1, None, True, [], {}, [[]]]


@pytest.mark.django_db
@pytest.mark.parametrize("value", HOSTILE, ids=lambda v: ascii(v)[:20])
def test_no_value_makes_the_server_fail(client, value):
    make_policy()
    headers = bearer(make_organization(), scopes=BOTH)
    fine = {**SIGNED, "serial_numbers": ["X1"]}
    bodies = [{**fine, name: value} for name in (*fine, "report_number", "units", "document")]
    bodies += [
        {**fine, "serial_numbers": [value]},
        {**SIGNED, "units": [value]},
        {**SIGNED, "units": [{"serial_number": value, "part_number": value}]},
        {**fine, "document": {"name": value, "content": value}},
        {value: value} if isinstance(value, str) else value,
    ]
    for body in bodies:
        answer = client.post(
            ADDRESS, json.dumps(body), content_type="application/json", headers=headers
        )
        assert 400 <= answer.status_code < 500, answer.content
