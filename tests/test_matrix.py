"""Every address by every role by every method: what opens, what is refused, what changes.

What is expected stands in tests/addresses.py. Each request is taken back, so that one cell
of the matrix cannot spoil the next.
"""

import logging
from contextlib import contextmanager
from copy import deepcopy
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.db import models, transaction
from django.db.models import Count, Max
from django.test import Client, TestCase
from django.urls import reverse

from partners.enums import OrganizationKind, Role, Scope
from tests import addresses
from tests.addresses import (
    API,
    BY_LINK,
    DEMO_ONLY,
    FOR_PARTNERS,
    OWN,
    PAGES,
    PUBLIC,
    WITHOUT_CSRF,
    may,
)
from tests.api import bearer
from tests.builders import (
    PASSWORD,
    SHIPPED_ON,
    at_noon,
    make_claim,
    make_contract,
    make_dispute,
    make_document,
    make_huawei,
    make_organization,
    make_policy,
    make_referral,
    make_report,
    make_unit,
    make_upload,
    make_user,
    pass_on,
)
from tests.builders_cases import CASES, DRAFTS, make_case, make_draft
from tests.builders_checks import CHECKS, make_check
from tests.entrance import sign_in

pytestmark = pytest.mark.portable

READING_AND_WRITING = ("GET", "POST")
METHODS = (*READING_AND_WRITING, "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
MIDWAY = {"mfa_authenticate", "mfa_login_webauthn"}
"""Steps of signing in: whoever is not at them begins at the door."""
ENTRANCES = ("/accounts/sign-in/", "/admin/login/")
BOOKKEEPING = {"partners.RequestCount", "accounts.Session"}
"""Rows that count requests, and that hold the question put to a passkey."""
KINDS = (
    OrganizationKind.DISTRIBUTOR,
    OrganizationKind.VAP,
    OrganizationKind.VAR,
    OrganizationKind.END_CUSTOMER,
)


def outcome(response):
    """Return in a word what an answer amounts to."""
    if response.status_code in (301, 302) and response.url.startswith(ENTRANCES):
        return "sign in"
    words = {401: "no token", 403: "refused", 405: "no such method"}
    return words.get(response.status_code, "fault" if response.status_code >= 500 else "open")


def read_through(response):
    """Read what comes in pieces to its end, which closes the file behind it."""
    if response.streaming:
        b"".join(response)


@contextmanager
def taken_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def read_as(method):
    return "GET" if method == "HEAD" else method


class MatrixCase(TestCase):
    """A distributor with one of everything, and somebody in every role beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        logging.disable()  # thousands of refusals are meant
        cls.addClassCleanup(logging.disable, logging.NOTSET)

    @classmethod
    def setUpTestData(cls):
        make_policy()
        cls.owner = make_organization("D1")
        cls.unit = make_unit(cls.owner, serial="2102OWNED00000000001")
        shipment = pass_on(cls.unit, make_organization("V1"), shipped_on=SHIPPED_ON)
        report = make_report([cls.unit], signed_on=SHIPPED_ON, organization=cls.owner)
        contract = make_contract([cls.unit], at=at_noon(SHIPPED_ON))
        case = make_case(organization=cls.owner)
        cls.own = {
            "unit": cls.unit.serial,
            "unit-dates": cls.unit.serial,
            "statement": cls.unit.serial,
            "unit-dispute": cls.unit.serial,
            "referral": make_referral(cls.unit).reference,
            "claim": make_claim(cls.unit, cls.owner).reference,
            "dispute": make_dispute(cls.unit, cls.owner).reference,
            "document": make_document(cls.owner).reference,
            "case-file": case.files.get().document.reference,
            **dict.fromkeys(CASES, case.reference),
            **dict.fromkeys(DRAFTS, make_draft(organization=cls.owner).reference),
            "report": report.reference,
            "report-withdraw": report.reference,
            "shipment": shipment.reference,
            "shipment-site": shipment.reference,
            "shipment-job": make_upload(cls.owner).reference,
            **dict.fromkeys(CHECKS, make_check(cls.owner).reference),
            "contract": contract.reference,
            "contract-ends": contract.reference,
            "contract-start": contract.reference,
            "contract-renew": contract.reference,
            "contract-cancel": contract.reference,
            "api:unit": cls.unit.serial,
            "api:report": report.number,
            "api:contract": contract.reference,
        }
        cls.patterns = dict(addresses.patterns())

    def address(self, name, organization=None):
        """Return where `name` stands: for the owner with a record of its own."""
        arguments = self.patterns[name].pattern.converters
        if organization == self.owner and name in self.own:
            return reverse(name, kwargs=dict.fromkeys(arguments, self.own[name]))
        return addresses.never(name)

    def people(self):
        """Yield everybody who can have a session: a client, a role, an organization."""
        organizations = [self.owner, *(make_organization(kind=kind) for kind in KINDS)]
        for organization in organizations:
            for role in (Role.VIEWER, Role.AGENT, Role.MANAGER):
                yield self.session(make_user(organization, role)), role, organization
        huawei = make_huawei()
        yield self.session(make_user(huawei, Role.STAFF)), Role.STAFF, huawei

    def session(self, user):
        client = Client()
        sign_in(client, user)
        return client

    def ask(self, client, method, address, **more):
        """Return what a request amounts to, and take it back."""
        cookies = client.cookies.output()
        kept = deepcopy(client.cookies) if cookies else client.cookies
        with taken_back():
            response = client.generic(method, address, **more)
            found = outcome(response)
            read_through(response)
        if client.cookies.output() != cookies:
            client.cookies = kept
        return found


class TableTests(MatrixCase):
    def test_every_address_stands_in_the_table_once(self):
        tables = (PUBLIC, BY_LINK, DEMO_ONLY, OWN, set(PAGES), set(API))
        self.assertEqual(set(self.patterns), addresses.classified())
        self.assertEqual(sum(map(len, tables)), len(addresses.classified()))

    def test_what_a_page_declares_is_what_the_table_says(self):
        declared, expected = {}, {}
        for name, pattern in self.patterns.items():
            view = getattr(pattern.callback, "view_class", None)
            view = view or getattr(pattern.callback, "cls", None)
            declared[name] = dict(getattr(view, "permissions", {})), getattr(view, "scopes", {})
            page, scopes = API[name] if name in API else (PAGES.get(name, addresses.Page()), {})
            expected[name] = page.declared, scopes
        self.assertEqual(declared, expected)

    def test_only_public_pages_and_tokens_do_without_a_session(self):
        free = {
            name
            for name, pattern in self.patterns.items()
            if not getattr(pattern.callback, "login_required", True)
        }
        self.assertEqual(free, PUBLIC | BY_LINK | DEMO_ONLY | set(API))

    def test_only_named_addresses_do_without_a_csrf_token(self):
        free = {
            name
            for name, pattern in self.patterns.items()
            if getattr(pattern.callback, "csrf_exempt", False) and not name.startswith("api:")
        }
        self.assertEqual(free, WITHOUT_CSRF)


class PageTests(MatrixCase):
    def expected(self, name, method, role, organization):
        """Return what a signed-in person's request amounts to, by the table."""
        page, judged = PAGES[name], read_as(method)
        if judged not in page.declared:
            return "no such method"
        needed = {page.declared[judged]}
        if organization == self.owner and judged in page.deed:
            needed.add(page.deed[judged])
        allowed = all(may(role, organization.kind, permission) for permission in needed)
        is_for_partners = name in FOR_PARTNERS and organization.is_huawei
        return "open" if allowed and not is_for_partners else "refused"

    def test_every_page_opens_to_those_and_only_those_who_may(self):
        wrong, asked = [], 0
        for client, role, organization in self.people():
            for name in PAGES:
                address = self.address(name, organization)
                for method in self.methods(role, organization):
                    expected = self.expected(name, method, role, organization)
                    found = self.ask(client, method, address)
                    asked += 1
                    if found != expected:
                        wrong.append((name, method, organization.kind, role, found, expected))
        self.assertEqual(wrong, [])
        self.assertGreater(asked, 1000)

    def methods(self, role, organization):
        """Ask by every method where most is allowed; elsewhere by those that pages answer."""
        most = organization.is_huawei or (organization == self.owner and role != Role.AGENT)
        return METHODS if most else READING_AND_WRITING

    def test_whoever_is_nobody_signs_in_first(self):
        gone = make_user(self.owner, Role.MANAGER)
        deactivated = self.session(gone)
        gone.is_active = False
        gone.save()
        wrong = []
        for client in (Client(), deactivated):
            for name in [*PAGES, *OWN]:
                for method in METHODS:
                    found = self.ask(client, method, self.address(name, self.owner))
                    if found != "sign in":
                        wrong.append((name, method, found))
        self.assertEqual(wrong, [])

    def test_a_person_without_an_organization_opens_none_of_its_pages(self):
        client = self.session(make_user())
        found = {
            (name, method): self.ask(client, method, self.address(name, self.owner))
            for name in PAGES
            for method in METHODS
        }
        self.assertEqual(set(found.values()), {"refused"}, found)

    def test_public_and_own_pages_fail_for_nobody(self):
        clients = [Client(), self.session(make_user())]
        clients += [client for client, _, _ in self.people()][::5]
        wrong = []
        for number, client in enumerate(clients):
            for name in [*PUBLIC, *BY_LINK, *DEMO_ONLY, *(OWN if number else ())]:
                for method in METHODS if number < 2 else READING_AND_WRITING:
                    found = self.ask(client, method, self.address(name))
                    fine = {"open", "no such method"} | ({"sign in"} if name in MIDWAY else set())
                    if found not in fine and name != "readyz":
                        wrong.append((name, method, number, found))
        self.assertEqual(wrong, [])


class ApiTests(MatrixCase):
    def setUp(self):
        self.enterContext(self.settings(API_REQUESTS_PER_MINUTE=100_000))
        self.enterContext(self.settings(API_ANONYMOUS_REQUESTS_PER_MINUTE=100_000))

    def expected(self, name, method, role, organization, scopes):
        page, needed = API[name]
        judged = read_as(method)
        if judged not in needed:
            return "no such method"
        allowed = needed[judged] in scopes
        allowed &= may(role, organization.kind, page.declared[judged])
        is_for_partners = (name, judged) in FOR_PARTNERS and organization.is_huawei
        return "open" if allowed and not is_for_partners else "refused"

    def wrong(self, organization, role, scopes):
        headers = bearer(organization, user=make_user(organization, role), scopes=scopes)
        for name in API:
            address = self.address(name, organization)
            for method in self.methods(name, role, organization, scopes):
                more = {"data": "{}", "content_type": "application/json", "headers": headers}
                found = self.ask(Client(), method, address, **more)
                expected = self.expected(name, method, role, organization, scopes)
                if found != expected:
                    yield name, method, organization.kind, role, scopes, found, expected

    def methods(self, name, role, organization, scopes):
        """Ask by every method where most is allowed; elsewhere by those that are answered."""
        is_owner = organization == self.owner and role == Role.MANAGER
        if scopes == list(Scope) and (is_owner or organization.is_huawei):
            return METHODS
        return [method for method in METHODS if read_as(method) in API[name][1]]

    def test_scope_role_and_kind_decide_together(self):
        organizations = [self.owner, *(make_organization(kind=kind) for kind in KINDS)]
        callers = [
            (organization, role, list(Scope))
            for organization in organizations
            for role in (Role.VIEWER, Role.AGENT, Role.MANAGER)
        ]
        callers += [(self.owner, Role.MANAGER, [scope]) for scope in Scope]
        callers.append((make_huawei(), Role.STAFF, list(Scope)))
        self.assertEqual([cell for caller in callers for cell in self.wrong(*caller)], [])

    def test_neither_nobody_nor_a_session_is_a_token(self):
        for client in (Client(), self.session(make_user(self.owner, Role.MANAGER))):
            found = {
                (name, method): self.ask(client, method, self.address(name, self.owner))
                for name in API
                for method in METHODS
            }
            self.assertEqual(set(found.values()), {"no token"}, found)


class DeskTests(MatrixCase):
    def addresses(self):
        for name, arguments in addresses.desk_addresses():
            value = "warranty" if name == "admin:app_list" else str(self.unit.pk)
            yield name, reverse(name, args=[value for _ in arguments])

    def test_opens_to_staff_alone_whatever_the_method(self):
        clients = [Client(), self.session(make_user())]
        clients += [
            client for client, _, organization in self.people() if organization.code != "HUAWEI"
        ]
        wrong = []
        for client in clients[:2] + clients[2::4]:
            for name, address in self.addresses():
                for method in READING_AND_WRITING:
                    found = self.ask(client, method, address)
                    if found not in ("sign in", "refused") and not self.is_way_out(name, found):
                        wrong.append((name, method, found))
        self.assertEqual(wrong, [])

    def is_way_out(self, name, found):
        """Signing out is for anybody, and an unknown address of the desk is unknown to all."""
        return name == "admin:logout" and found in ("open", "no such method")

    def test_fails_for_no_member_of_staff(self):
        client = self.session(make_user(make_huawei(), Role.STAFF))
        found = {name: self.ask(client, "GET", address) for name, address in self.addresses()}
        faults = [name for name, what in found.items() if what in ("fault", "sign in")]
        self.assertEqual(faults, ["admin:login"])  # which leads to the one entrance
        self.assertEqual((found["admin:index"], len(found) > 50), ("open", True))


class EffectTests(MatrixCase):
    """Reading changes nothing; writing takes a token against forgery."""

    def rows(self):
        """Return how many rows each table has, and the last key."""
        found = {}
        for model in apps.get_models(include_auto_created=True):
            if model._meta.label not in BOOKKEEPING and model._meta.managed:
                last = Max("pk") if isinstance(model._meta.pk, models.AutoField) else Count("*")
                found[model._meta.label] = model._base_manager.aggregate(n=Count("*"), last=last)
        return found

    def test_no_get_adds_or_takes_a_row_whoever_asks(self):
        desk = list(DeskTests.addresses(self))
        clients = [(Client(), None, None)]
        clients += [who for who in self.people() if who[1] != Role.AGENT]
        token = bearer(self.owner, scopes=list(Scope))
        before, changed = self.rows(), []
        for client, role, organization in clients:
            asked = [self.address(name, organization) for name in self.patterns]
            if role in (None, Role.STAFF):
                asked += [address for _, address in desk]
            for address in asked:
                read_through(client.get(address))
            after = self.rows()
            changed += [(role, organization, t) for t in after if after[t] != before[t]]
            before = after
        for name in API:
            Client().get(self.address(name, self.owner), headers=token)
        self.assertEqual(self.rows(), before)
        self.assertEqual(changed, [])

    def test_every_post_without_a_csrf_token_is_refused(self):
        staff = Client(enforce_csrf_checks=True)
        sign_in(staff, make_user(make_huawei(), Role.STAFF))
        wrong = []
        for client in (staff, Client(enforce_csrf_checks=True)):
            pages = [(n, self.address(n, self.owner)) for n in self.patterns if "api:" not in n]
            for name, address in [*pages, *DeskTests.addresses(self)]:
                for method in ("POST", "DELETE"):
                    found = self.ask(client, method, address)
                    if (found == "refused") == (name in WITHOUT_CSRF):
                        wrong.append((name, method, found))
        self.assertEqual(wrong, [])


PLACES = [
    "https://evil.example",
    "http://evil.example/home/",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,evil",
    "vbscript:evil",
    "ftp://evil.example",
    "mailto:evil@evil.example",
    "//evil.example/%2e%2e",
    "//evil.example@testserver",
    "https://testserver@evil.example",
    "https://testserver.evil.example",
    "https://evil.example#testserver",
    "https://evil.example?testserver",
    "https://evil.example\\testserver",
    "//evil。example",
    "//%65vil.example",
    "/%09/evil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\n//evil.example",
    "\r\n//evil.example",
    "/\r\n/evil.example",
    "%0d%0aLocation:https://evil.example",
    "/home/\r\nLocation: https://evil.example",
    "\x00//evil.example",
    "\x01https://evil.example",
    "https://evil.example\x00.testserver",
    "\u2028//evil.example",
    "\ufeff//evil.example",
    "／／evil.example",
    "https：//evil.example",
    "//[::1]",
    "//[evil",
    "https://[::ffff:1.2.3.4]",
    "//1.2.3.4",
    "//3627734734",
    "http:evil.example",
    "//evil.example:80",
    "//evil.example:80@testserver",
    "//:@evil.example",
    "//.evil.example",
    "https://evil.example/" + "a" * 3000,
    ".evil.example",
    "@evil.example",
]
"""Where a `next` must never lead."""


class WayBackTests(MatrixCase):
    def stays(self, response):
        """Tell whether an answer leads nowhere or to a page of the house, as a browser reads it."""
        to = "".join(c for c in response.headers.get("Location", "/") if c not in "\t\r\n")
        led = urlsplit(urljoin("http://testserver/accounts/", to.strip().replace("\\", "/")))
        return (led.scheme, led.netloc) == ("http", "testserver")

    def test_no_next_leads_out_of_the_house(self):
        self.assertEqual(len(PLACES), 60)
        stranger, wrong = Client(), []
        person = self.session(make_user(self.owner))
        asked = [(stranger, "sign-in"), (person, "sign-out"), (person, "account_reauthenticate")]
        for place in PLACES:
            for client, name in asked:
                cookies, address = deepcopy(client.cookies), reverse(name)
                with taken_back():
                    answers = [client.get(address, {"next": place})]
                    answers.append(client.post(address, {"next": place}))
                client.cookies = cookies
                wrong += [(name, place) for a in answers if not self.stays(a)]
        self.assertEqual(wrong, [])

    def test_signing_in_goes_where_it_should_and_nowhere_else(self):
        user = make_user(self.owner)
        for place, expected in [("/units/", "/units/"), *((p, None) for p in PLACES[:58:6])]:
            with taken_back():
                values = {"login": user.email, "username": user.email, "email": user.email}
                values |= {"password": PASSWORD, "next": place}
                response = Client().post(reverse("sign-in"), values)
            self.assertEqual(response.status_code, 302, response.content[:500])
            self.assertTrue(self.stays(response), place)
            if expected:
                self.assertEqual(response.url, expected)
