"""No address tells one organization about another's records, not even that they exist.

Who may open what stands in tests/addresses.py and is tried in tests/test_matrix.py; here
stand the records, each beside one that never was.
"""

import re
from datetime import date

from django.test import TestCase
from django.urls import reverse

from audit.models import Event
from doa.models import CaseLine
from partners.enums import Role, Scope
from tests.addresses import API, BY_LINK, DEMO_ONLY, PAGES, PUBLIC, desk_addresses, may, patterns
from tests.api import bearer
from tests.builders import (
    at_noon,
    make_claim,
    make_contract,
    make_dispute,
    make_document,
    make_organization,
    make_policy,
    make_referral,
    make_registration,
    make_report,
    make_unit,
    make_upload,
    make_user,
    pass_on,
)
from tests.builders_cases import CASES, DRAFTS, make_case, make_draft
from tests.builders_checks import CHECKS, make_check
from tests.entrance import sign_in
from warranty.models import Unit

UNKNOWN = "2102NOSUCHUNIT000001"
NOBODY = "00000000-0000-4000-8000-000000000000"
RECORDS = {
    "unit": ("serial", UNKNOWN),
    "statement": ("serial", UNKNOWN),
    "unit-dates": ("serial", UNKNOWN),
    "document": ("reference", "no-such-document"),
    "report": ("reference", "no-such-report"),
    "report-withdraw": ("reference", "no-such-report"),
    "contract": ("reference", "no-such-contract"),
    "contract-ends": ("reference", "no-such-contract"),
    "contract-job": ("reference", NOBODY),
    "contract-start": ("reference", "no-such-contract"),
    "contract-renew": ("reference", "no-such-contract"),
    "contract-cancel": ("reference", "no-such-contract"),
    "shipment": ("reference", NOBODY),
    "shipment-job": ("reference", NOBODY),
    "shipment-site": ("reference", NOBODY),
    **dict.fromkeys(CHECKS, ("reference", NOBODY)),
    "unit-dispute": ("serial", UNKNOWN),
    "case-file": ("reference", "no-such-file"),
    **dict.fromkeys((*CASES, *DRAFTS), ("reference", "DOA-1999-00001")),
    "dispute": ("reference", NOBODY),
    "referral": ("reference", "REF-1999-00001"),
    "claim": ("reference", "CLM-1999-00001"),
}
"""Shows one record: its address, the argument that identifies it, and one that never was.

`setUpTestData` makes the record itself, under the same name in `secrets`.
"""
FOUND_IN_OWN_LIST = {
    "webhook",
    "webhook-replay",
    "passkey-remove",
    "member-role",
    "member-remove",
    "token-revoke",
    "export-file",
    "invitation-resend",
    "invitation-withdraw",
    "saved-view-new",
    "saved-view",
}
"""Found in one's own list only: tests/accounts shows each answer like one that never was.

For saved views tests/jobs does.
"""
NO_PAGE = {"sign-out", "mfa_authenticate", "policy", "api:what-if", "api:nothing-here", "readyz"}
"""Public, and answers something else than a page to whoever just comes by."""
PUBLISHED = {
    *("announcement", "announcement-version", "announcement-file"),
    *("announcement-units-csv", "announcement-acknowledge"),
    *("announcement-plan", "announcement-plan-csv"),
    *("api:announcement", "api:product-lifecycle"),
}
"""Of records that are everybody's; tests/lifecycle shows that each reads its own units there."""
AT_WORK = {
    *("announcement-desk", "announcement-preview", "announcement-impact-csv"),
    *("announcement-write", "announcement-step"),
}
"""Of what staff write before everybody may read it: no partner gets past the permission."""
API_RECORDS = {
    "api:check": ("id", NOBODY),
    "api:check-result": ("id", NOBODY),
    "api:unit": ("serial", UNKNOWN),
    "api:report": ("number", "never-handed-in"),
    "api:contract": ("reference", "no-such-contract"),
    "api:case": ("reference", "DOA-1999-00001"),
    "api:case-submit": ("reference", "DOA-1999-00001"),
    "api:case-files": ("reference", "DOA-1999-00001"),
    "api:case-answer": ("reference", "DOA-1999-00001"),
    "api:case-send-back": ("reference", "DOA-1999-00001"),
}


class IsolationCase(TestCase):
    """A unit in a chain, and organizations in it and beside it."""

    @classmethod
    def setUpTestData(cls):
        make_policy()
        cls.owner = make_organization("D1")
        cls.buyer = make_organization("V1", buys_from=cls.owner)
        cls.sibling = make_organization("V2", buys_from=cls.owner)
        cls.stranger = make_organization("D9")
        cls.unit = make_unit(cls.owner, serial="2102SECRETUNIT000001")
        shipment = pass_on(
            cls.unit, cls.buyer, shipped_on=date(2026, 2, 1), number="SECRET-SHIPMENT"
        )
        report = make_report([cls.unit], signed_on=date(2026, 2, 2), number="SECRET-REPORT")
        cls.document = make_document(cls.owner)
        cls.dispute = make_dispute(cls.unit, cls.owner)
        contract = make_contract([cls.unit], number="SECRET-CONTRACT", at=at_noon(date(2026, 3, 1)))
        referral = make_referral(cls.unit)
        case = make_case(units=[cls.unit], organization=cls.owner)
        draft = make_draft(organization=cls.owner)
        cls.secrets = {
            "contract": contract.reference,
            "contract-ends": contract.reference,
            "contract-job": str(make_registration(cls.owner).reference),
            "contract-start": contract.reference,
            "contract-renew": contract.reference,
            "contract-cancel": contract.reference,
            "unit": cls.unit.serial,
            "unit-dispute": cls.unit.serial,
            "dispute": cls.dispute.reference,
            "case-file": case.files.get().document.reference,
            **dict.fromkeys(CASES, case.reference),
            **dict.fromkeys(DRAFTS, draft.reference),
            "unit-dates": cls.unit.serial,
            "statement": cls.unit.serial,
            "referral": referral.reference,
            "claim": make_claim(cls.unit, cls.owner).reference,
            "document": cls.document.reference,
            "report": report.reference,
            "report-withdraw": report.reference,
            "shipment": str(shipment.reference),
            "shipment-job": str(make_upload(cls.owner).reference),
            **dict.fromkeys(CHECKS, str(make_check(cls.owner).reference)),
            "api:check": str(make_check(cls.owner).reference),
            "api:check-result": str(make_check(cls.owner).reference),
            "shipment-site": str(shipment.reference),
            "api:unit": cls.unit.serial,
            "api:report": report.number,
            **dict.fromkeys((n for n in API_RECORDS if n.startswith("api:case")), case.reference),
            "api:contract": contract.reference,
        }
        cls.outside = [
            make_user(organization, role)
            for organization in (cls.stranger, cls.sibling)
            for role in (Role.VIEWER, Role.MANAGER)
        ]

    def plain(self, response, *ids):
        """Return an answer without what differs from one request to the next."""
        body = response.content.decode()
        for word in ids:
            body = body.replace(word, "ID")
        body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", body)
        return response.status_code, response.headers["Content-Type"], body


class ResolverTests(IsolationCase):
    def test_every_address_of_a_record_is_tested(self):
        named = {name for name, pattern in patterns() if pattern.pattern.converters}
        elsewhere = FOUND_IN_OWN_LIST | BY_LINK | DEMO_ONLY | PUBLISHED | AT_WORK
        elsewhere |= {"policy", "figure-csv"}
        self.assertEqual(named - elsewhere, set(RECORDS) | set(API_RECORDS))

    def test_the_desk_has_the_addresses_that_are_tested(self):
        self.assertGreater(len(list(desk_addresses())), 50)


class RecordTests(IsolationCase):
    def test_a_foreign_record_answers_exactly_like_one_that_never_was(self):
        for person in self.outside:
            sign_in(self.client, person)
            for name, (argument, never) in RECORDS.items():
                for method in ("get", "head", "post", "put", "patch", "delete", "options"):
                    with self.subTest(name, person=str(person), method=method):
                        ask = getattr(self.client, method)
                        secret = self.secrets[name]
                        foreign = ask(reverse(name, kwargs={argument: secret}))
                        unknown = ask(reverse(name, kwargs={argument: never}))
                        self.assertEqual(self.plain(foreign, secret), self.plain(unknown, never))
                        if method == "get":
                            self.assertEqual(foreign.status_code, self.refusal(name, person))

    def refusal(self, name, person):
        """Return what a stranger gets: not found, or for a viewer's role not permitted."""
        if PAGES[name].get is None:
            return 405
        (membership,) = person.joined_memberships()
        permitted = may(membership.role, membership.organization.kind, PAGES[name].get)
        return 404 if permitted else 403

    def test_parameters_open_no_door(self):
        sign_in(self.client, self.outside[0])
        part_number = self.unit.part_number.number
        for query in ({"part_number": part_number}, {"on": "2026-05-01"}, {"organization": "D1"}):
            with self.subTest(**query):
                foreign = self.client.get(reverse("unit", args=[self.unit.serial]), query)
                unknown = self.client.get(reverse("unit", args=[UNKNOWN]), query)
                self.assertEqual(foreign.status_code, 404)
                self.assertEqual(
                    self.plain(foreign, self.unit.serial), self.plain(unknown, UNKNOWN)
                )

    def test_whoever_is_in_the_chain_gets_the_page(self):
        for organization in (self.owner, self.buyer):
            sign_in(self.client, make_user(organization, Role.VIEWER))
            page = self.client.get(reverse("unit", args=[self.unit.serial]))
            self.assertEqual(page.status_code, 200)

    def test_search_home_and_calendar_say_nothing_of_it(self):
        for person in self.outside:
            sign_in(self.client, person)
            searches = [
                self.client.get(reverse("search"), {"q": q}) for q in (self.unit.serial, UNKNOWN)
            ]
            self.assertEqual(
                self.plain(searches[0], self.unit.serial), self.plain(searches[1], UNKNOWN)
            )
            for name in ("home", "day-90", "day-90-ics"):
                page = self.client.get(reverse(name))
                for secret in ("SECRET", self.owner.name, self.buyer.name):
                    self.assertNotContains(page, secret)

    def test_no_request_of_a_stranger_changes_anything(self):
        before = (Event.objects.count(), list(Unit.unscoped.values()))
        sign_in(self.client, self.outside[1])
        for method in ("post", "put", "patch", "delete"):
            getattr(self.client, method)(reverse("unit", args=[self.unit.serial]))
        self.assertEqual((Event.objects.count(), list(Unit.unscoped.values())), before)


class TickedTests(IsolationCase):
    def test_a_foreign_record_that_is_ticked_answers_exactly_like_one_that_never_was(self):
        sign_in(self.client, self.outside[1])  # a manager, who may do all of it to its own
        line = CaseLine.unscoped.get(case__reference=self.secrets["case"])
        for name, secret, never in (
            ("referrals-take-up", self.secrets["referral"], "REF-1999-00001"),
            ("referrals-decline", self.secrets["referral"], "REF-1999-00001"),
            ("cases-send-back", self.secrets["case"], "DOA-1999-00001"),
            ("cases-send-back", str(line.pk), "999999"),
            ("cases-delete", self.secrets["case-discard"], "DOA-1999-00001"),
            ("contracts-renew", self.secrets["contract"], "no-such-contract"),
            ("contracts-check", self.secrets["contract"], "no-such-contract"),
            ("reports-withdraw", self.secrets["report"], "no-such-report"),
        ):
            for method in ("get", "post"):
                with self.subTest(name, method=method):
                    ask = getattr(self.client, method)
                    said = {"reason": "Mine.", "term_months": "12"}
                    foreign = ask(reverse(name), said | {"ticked": secret})
                    unknown = ask(reverse(name), said | {"ticked": never})
                    self.assertEqual(self.plain(foreign), self.plain(unknown))
                    self.assertIn(foreign.status_code, (400, 405))


class AnonymousTests(IsolationCase):
    def test_public_pages_open_and_tell_nothing(self):
        # The workbook is packed; its cells are those of the CSV.
        for name in sorted(PUBLIC - NO_PAGE - PUBLISHED - {"announcements-xlsx"}):
            with self.subTest(name):
                response = self.client.get(reverse(name))
                self.assertEqual(response.status_code, 200)
                self.assertNotContains(response, "SECRET")

    def test_a_link_that_nobody_was_given_opens_nothing(self):
        for name in sorted(BY_LINK - {"mute", "password-new", "invitation"}):
            for method in ("get", "post"):
                with self.subTest(name, method=method):
                    response = getattr(self.client, method)(reverse(name, args=["never-given"]))
                    self.assertIn(response.status_code, (404, 405))
                    self.assertNotIn(b"SECRET", response.content)

    def test_the_api_needs_a_token_whether_or_not_the_record_exists(self):
        answers = [
            self.client.get(reverse("api:unit", args=[serial]))
            for serial in (self.unit.serial, UNKNOWN)
        ]
        self.assertEqual([a.status_code for a in answers], [401, 401])
        self.assertEqual(answers[0].content, answers[1].content)


class ApiTests(IsolationCase):
    def test_a_foreign_record_answers_exactly_like_one_that_never_was(self):
        for organization in (self.stranger, self.sibling):
            for name, (argument, never) in API_RECORDS.items():
                headers = bearer(organization, scopes=list(Scope))
                for method in ("get", "head", "post", "put", "patch", "delete", "options"):
                    with self.subTest(name, organization=organization.code, method=method):
                        ask = getattr(self.client, method)
                        foreign, unknown = (
                            ask(reverse(name, kwargs={argument: value}), headers=headers)
                            for value in (self.secrets[name], never)
                        )
                        self.assertEqual(self.plain(foreign), self.plain(unknown))
                        if method.upper() in API[name][1]:
                            self.assertEqual(foreign.status_code, 404)

    def test_whoever_is_in_the_chain_gets_the_answer(self):
        for organization in (self.owner, self.buyer):
            address = reverse("api:unit", args=[self.unit.serial])
            response = self.client.get(address, headers=bearer(organization))
            self.assertEqual(response.status_code, 200)

    def test_a_session_is_no_token(self):
        sign_in(self.client, make_user(self.owner))
        response = self.client.get(reverse("api:unit", args=[self.unit.serial]))
        self.assertEqual(response.status_code, 401)


class DeskTests(IsolationCase):
    def test_never_opens_to_a_partner(self):
        insiders = [make_user(self.owner, role) for role in (Role.VIEWER, Role.MANAGER)]
        for person in [*self.outside[:1], *insiders]:
            sign_in(self.client, person)
            for name, arguments in desk_addresses():
                value = "warranty" if name == "admin:app_list" else str(self.unit.pk)
                address = reverse(name, args=[value for _ in arguments])
                for method in ("get", "post"):
                    with self.subTest(name, person=str(person), method=method):
                        response = getattr(self.client, method)(address, follow=False)
                        self.assertIn(response.status_code, self.refusals(name))
                        self.assertNotIn(b"SECRET", response.content)

    def refusals(self, name):
        """Return what the desk may answer to a partner: a refusal, or the way out."""
        return {302, 403, 404} if name != "admin:logout" else {302, 403, 404, 405}
