"""The pages that the walk through every page leaves out, and that no page is in neither."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import resolve, reverse

from jobs.models import Job
from partners import clock
from partners.enums import Role, Scope
from partners.models import ApiToken, Membership
from partners.workflow import create_token
from tests import addresses
from tests import builders as make
from tests import builders_cases as cases
from tests.entrance import sign_in
from tests.journeys.looking import faults
from tests.journeys.test_case_application import entered
from tests.journeys.test_every_page import LISTS, NAMES, PUBLIC
from tests.lifecycle.announced import publish, write
from webhooks import workflow as webhooks
from webhooks.enums import Event

SERIAL = "2102EVERYOTHER000001"
MANAGER = {
    **dict.fromkeys(
        (
            *("announcements", "announcement", "announcement-version", "announcement-plan"),
            *("product-milestones", "what-if", "policy", "check-contact-sent", "figures"),
            *("statement", "bulk-checks", "bulk-check", "case-discard", "contract-job"),
            *("webhooks", "webhook", "export", "tokens", "token-revoke", "saved-view"),
            *("member-role", "member-remove", "second-factor-rule", "password-change"),
            *("password-sent", "mfa_activate_totp"),
        ),
        "",
    ),
    **dict.fromkeys(
        (
            *("referrals-take-up", "referrals-decline", "cases-send-back", "cases-delete"),
            *("announcements-read", "contracts-renew", "contracts-check", "reports-withdraw"),
        ),
        "",
    ),
    "search": "?q=everyother",
    "units-selected": f"?serial={SERIAL}",
    "shipments-selected": "?shipment=none",
}
"""What a manager opens, with what is asked there."""
STAFF = (
    *("announcement-works", "announcement-new", "announcement-write", "announcement-desk"),
    *("announcement-preview", "announcement-step", "service-paper-new"),
)
ELSEWHERE = {
    "statement-verify": "test_statement reads it from the code of a statement",
    "sign-in": "test_unit_page and test_accounts begin there",
    "account_login": "the same page by the name that the library knows",
    "referral-confirm": "by a secret of a mail: test_referral",
    "referral-follow": "by a secret of a mail: test_referral",
    "referral-new": "not for a distributor: test_referral",
    "unsubscribe": "by a secret of a mail: test_unsubscribe",
    "mute": "by a secret of a mail: test_unsubscribe",
    "invitation": "by a secret of a mail: test_accounts",
    "password-new": "by a secret of a mail: test_accounts",
    "token-new": "behind a confirmation: test_accounts",
    **dict.fromkeys(
        (
            *("account_reauthenticate", "mfa_authenticate", "mfa_reauthenticate"),
            *("mfa_login_webauthn", "mfa_reauthenticate_webauthn", "mfa_add_webauthn"),
            *("mfa_deactivate_totp", "mfa_view_recovery_codes", "recovery-codes-new"),
            "passkey-remove",
        ),
        "on the way of a second factor: test_accounts, and tests/accounts for what it refuses",
    ),
}
"""Where else a page is looked at, or why it is not."""
FILES = {
    *("announcement-file", "announcements-atom", "announcements-ics", "case-file", "document"),
    *("contract-ends", "coverage-table", "day-90-feed", "day-90-ics", "export-file", "openeox"),
    *("unit-dates", "healthz", "readyz"),
}
"""Not pages, beside what ends in -csv or -xlsx and the API."""
POSTED = {"name", "rows", "session-end", "sign-out"}
"""Answer to a form on another page."""


def test_every_page_is_looked_at_or_says_where():
    opened = {name for name, page in addresses.PAGES.items() if page.get}
    opened |= addresses.PUBLIC | addresses.OWN | addresses.BY_LINK
    pages = {n for n in opened if not n.startswith("api:") and not n.endswith(("-csv", "-xlsx"))}
    told = [NAMES, set(MANAGER), set(STAFF), set(ELSEWHERE), FILES, POSTED]
    assert pages == set().union(*told)
    assert sum(len(names) for names in told) == len(pages), "a page stands in two tables"


def test_the_names_of_the_first_walk_are_those_of_its_addresses():
    walked = {resolve(urlsplit(path).path).view_name for path in (*PUBLIC, *LISTS)}
    assert walked <= NAMES


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_no_other_page_has_a_violation_or_scrolls_sideways(browser, live_server):
    make.load_service_levels()
    policy, part = make.make_policy(), make.make_part_number(model="AR2220E")
    distributor = make.make_organization("DIST", name="Meridian Example")
    unit = make.make_unit(distributor, serial=SERIAL, part_number=part, end_customer="Harbor")
    manager = make.make_user(distributor, Role.MANAGER, "mario@example.test")
    colleague = Membership.objects.get(user=make.make_user(distributor))
    at, staff = clock.now(), make.make_staff()
    announcement, draft = publish(part, at=at), write(part, number="PN-2026-9", at=at)
    draft_case = cases.make_draft(organization=distributor, user=manager)
    line = cases.make_fulfilling(organization=distributor, user=manager)
    referral = make.make_referral(make.make_unit(distributor), at=at)
    contract = make.make_contract([unit], at=at, organization=distributor)
    report = make.make_report([unit], signed_on=clock.business_today(), organization=distributor)
    ticked = {
        **dict.fromkeys(("referrals-take-up", "referrals-decline"), referral.reference),
        **dict.fromkeys(("contracts-renew", "contracts-check"), contract.reference),
        "announcements-read": f"{announcement.slug}.1",
        "cases-send-back": line.case.reference,
        "cases-delete": draft_case.reference,
        "reports-withdraw": report.reference,
    }
    hook, _ = webhooks.add(
        distributor, "https://example.com/hook", [Event.CASE_CLOSED], user=manager, at=at
    )
    create_token(
        manager,
        organization=distributor,
        scopes=[Scope.UNITS_READ],
        label="Stock",
        lasts=timedelta(days=9),
        actor=manager.actor(),
        at=at,
    )
    client = Client()
    sign_in(client, manager)
    client.post("/lists/units/views/new/?customer=Harbor", {"name": "Harbor"})
    client.post("/checks/", {"serials": f"{SERIAL}\n2IO2EVERYOTHER000001\n=1+1"})
    found = {
        "announcement": [announcement.slug],
        "announcement-version": [announcement.slug, 1],
        "announcement-plan": [announcement.slug],
        "policy": [policy.effective_from.isoformat()],
        "statement": [unit.serial],
        "bulk-check": [Job.unscoped.get(kind="check_serials").reference],
        "case-discard": [draft_case.reference],
        "contract-job": [make.make_registration(distributor).reference],
        "webhook": [hook.reference],
        "token-revoke": [ApiToken.objects.get().token_key],
        "saved-view": [distributor.savedview_set.get().pk],
        "member-role": [colleague.pk],
        "member-remove": [colleague.pk],
        "announcement-write": [draft.slug, 1],
        "announcement-desk": [draft.slug, 1],
        "announcement-preview": [draft.slug, 1],
        "announcement-step": [draft.slug, 1, "submit"],
    }
    wrong = []
    for user, names in ((manager, MANAGER), (staff, dict.fromkeys(STAFF, ""))):
        page = entered(browser, live_server.url, user)
        for name, query in names.items():
            asked = f"?ticked={ticked[name]}" if name in ticked else query
            path = reverse(name, args=found.get(name)) + asked
            status = 400 if name == "shipments-selected" else 200
            wrong += faults(page, f"{live_server.url}{path}", status=status)
    assert not wrong, "\n".join(wrong)
