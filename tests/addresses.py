"""Who may open what: every address of the house, in one table that is not the code's own.

A new address gets one line here, or the matrix fails. What a page declares has to be what
stands here, and what it does has to be what it declares.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from partners.enums import OrganizationKind, Permission, Role, Scope

P = Permission

PUBLIC = {
    *("start", "check", "check-contact", "check-contact-sent", "policies", "policy"),
    *("check-refer", "check-refer-sent", "distributors"),
    *("service-levels", "what-if", "healthz", "readyz", "api:openapi", "api:nothing-here"),
    *("sign-in", "account_login", "mfa_login_webauthn", "mfa_authenticate", "sign-out"),
    *("password-forgotten", "password-sent", "api:what-if"),
    *("api:product-lifecycle", "api:lifecycle-changes", "openeox"),
    *("announcements-atom", "announcements-ics"),
    *("announcements", "announcement", "announcement-version", "announcement-file"),
    *("announcements-csv", "announcements-xlsx"),
    *("api:announcements", "api:announcement", "product-milestones"),
}
"""Open to anybody."""
BY_LINK = {
    *("unsubscribe", "mute", "password-new", "invitation", "day-90-feed"),
    *("referral-confirm", "referral-follow", "statement-verify"),
}
"""Open by a secret in the address, to whoever holds it."""
OWN = {
    *("account", "name", "rows", "password-change", "session-end", "passkey-remove"),
    *("mfa_activate_totp", "mfa_add_webauthn", "mfa_deactivate_totp"),
    *("mfa_view_recovery_codes", "recovery-codes-new"),
    *("mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_reauthenticate"),
}
"""Needs a person, and is about that person alone."""
DEMO_ONLY = {"demo-mails", "demo-mail", "demo-mail-html", "demo-mail-file"}
"""There in the demonstration alone; tests/notifications/test_demo_mail.py stands at the door."""
WITHOUT_CSRF = {"unsubscribe", "check-contact", "check-refer", "referral-confirm"}
"""One click in a mail; public forms that know nobody. The API has tokens."""


class Page(NamedTuple):
    """What reading and writing take; `deed`, what else a record takes once it was found."""

    get: Permission | None = None
    post: Permission | None = None
    deed: dict[str, Permission] = {}

    @property
    def declared(self) -> dict[str, Permission]:
        both = {"GET": self.get, "POST": self.post}
        return {method: needed for method, needed in both.items() if needed}


READS = Page(P.VIEW_UNITS)
ANNOUNCES = Page(P.MANAGE_LIFECYCLE)
WRITES_ANNOUNCEMENTS = Page(P.MANAGE_LIFECYCLE, P.MANAGE_LIFECYCLE)
PAGES = {
    "home": READS,
    "figures": READS,
    "figure-csv": READS,
    "search": READS,
    "units": READS,
    "units-csv": READS,
    "units-xlsx": READS,
    "units-selected": READS,
    "saved-view-new": Page(P.VIEW_UNITS, P.VIEW_UNITS),
    "saved-view": Page(P.VIEW_UNITS, P.VIEW_UNITS),
    "unit": READS,
    "unit-dates": READS,
    "statement": READS,
    "document": READS,
    "bulk-checks": Page(P.VIEW_UNITS, P.VIEW_UNITS),
    "bulk-check": READS,
    "bulk-check-csv": READS,
    "bulk-check-xlsx": READS,
    "day-90": READS,
    "day-90-ics": READS,
    "day-90-address": Page(post=P.VIEW_UNITS),
    "contracts": READS,
    "contracts-csv": READS,
    "contracts-renew": Page(P.REGISTER_CONTRACTS, P.REGISTER_CONTRACTS),
    "contracts-check": READS,
    "contracts-xlsx": READS,
    "service-papers": READS,
    "service-paper-new": Page(P.MANAGE_SUPPORT, P.MANAGE_SUPPORT),
    "coverage": READS,
    "coverage-plan": READS,
    "coverage-table": READS,
    "contract": READS,
    "contract-ends": READS,
    "contract-new": Page(P.REGISTER_CONTRACTS, P.REGISTER_CONTRACTS),
    "contract-job": Page(P.REGISTER_CONTRACTS),
    "contract-start": Page(P.REGISTER_CONTRACTS, P.REGISTER_CONTRACTS),
    "contract-renew": Page(P.REGISTER_CONTRACTS, P.REGISTER_CONTRACTS),
    "contract-cancel": Page(P.REGISTER_CONTRACTS, P.REGISTER_CONTRACTS),
    "preferences": Page(P.VIEW_UNITS, P.VIEW_UNITS),
    "organization": Page(P.VIEW_MEMBERS),
    "invite": Page(P.MANAGE_MEMBERS, P.MANAGE_MEMBERS),
    "second-factor-rule": Page(P.MANAGE_MEMBERS, P.MANAGE_MEMBERS),
    "invitation-resend": Page(post=P.MANAGE_MEMBERS),
    "invitation-withdraw": Page(post=P.MANAGE_MEMBERS),
    "webhooks": Page(P.MANAGE_MEMBERS, P.MANAGE_MEMBERS),
    "webhook": Page(P.MANAGE_MEMBERS, P.MANAGE_MEMBERS),
    "webhook-replay": Page(post=P.MANAGE_MEMBERS),
    "mailing": Page(P.MANAGE_MEMBERS),
    "mailing-csv": Page(P.MANAGE_MEMBERS),
    "export": Page(P.MANAGE_MEMBERS, P.MANAGE_MEMBERS),
    "export-file": Page(P.MANAGE_MEMBERS),
    "tokens": Page(P.MANAGE_MEMBERS),
    "token-new": Page(P.MANAGE_MEMBERS, P.MANAGE_MEMBERS),
    "token-revoke": Page(P.MANAGE_MEMBERS, P.MANAGE_MEMBERS),
    "member-role": Page(P.MANAGE_MEMBERS, P.MANAGE_MEMBERS),
    "member-remove": Page(P.MANAGE_MEMBERS, P.MANAGE_MEMBERS),
    "shipments": READS,
    "shipments-csv": READS,
    "shipments-xlsx": READS,
    "shipments-selected": READS,
    "shipments-selected-csv": READS,
    "shipment": READS,
    "shipment-new": Page(P.UPLOAD_SHIPMENTS, P.UPLOAD_SHIPMENTS),
    "shipment-upload": Page(P.UPLOAD_SHIPMENTS, P.UPLOAD_SHIPMENTS),
    "shipment-uploads": Page(P.UPLOAD_SHIPMENTS),
    "shipment-uploads-csv": Page(P.UPLOAD_SHIPMENTS),
    "shipment-uploads-xlsx": Page(P.UPLOAD_SHIPMENTS),
    "shipment-template-csv": Page(P.UPLOAD_SHIPMENTS),
    "shipment-template-xlsx": Page(P.UPLOAD_SHIPMENTS),
    "shipment-job": Page(P.UPLOAD_SHIPMENTS, P.UPLOAD_SHIPMENTS),
    "shipment-site": Page(P.UPDATE_SITES, P.UPDATE_SITES),
    "reports": READS,
    "reports-csv": READS,
    "reports-withdraw": Page(P.SUBMIT_REPORTS, P.SUBMIT_REPORTS),
    "reports-xlsx": READS,
    "report": READS,
    "report-new": Page(P.SUBMIT_REPORTS, P.SUBMIT_REPORTS),
    "report-withdraw": Page(P.SUBMIT_REPORTS, P.SUBMIT_REPORTS),
    "announcement-units-csv": READS,
    "announcement-plan": Page(P.VIEW_UNITS, P.PLAN_REPLACEMENTS),
    "announcement-plan-csv": READS,
    "announcements-read": Page(P.VIEW_UNITS, P.VIEW_UNITS),
    "announcement-acknowledge": Page(post=P.VIEW_UNITS),
    "announcement-subscription": Page(post=P.VIEW_UNITS),
    "announcement-works": ANNOUNCES,
    "announcement-desk": ANNOUNCES,
    "announcement-preview": ANNOUNCES,
    "announcement-impact-csv": ANNOUNCES,
    "announcement-new": WRITES_ANNOUNCEMENTS,
    "announcement-write": WRITES_ANNOUNCEMENTS,
    "announcement-step": WRITES_ANNOUNCEMENTS,
    "cases": Page(P.VIEW_CASES),
    "cases-csv": Page(P.VIEW_CASES),
    "cases-send-back": Page(P.APPLY_FOR_DOA, P.APPLY_FOR_DOA),
    "cases-delete": Page(P.APPLY_FOR_DOA, P.APPLY_FOR_DOA),
    "cases-xlsx": Page(P.VIEW_CASES),
    "case": Page(P.VIEW_CASES),
    "case-call": Page(P.VIEW_CASES),
    "case-file": Page(P.VIEW_CASES),
    "case-return-slip": Page(P.VIEW_CASES),
    "case-follow": Page(post=P.VIEW_CASES),
    "case-new": Page(P.VIEW_CASES, P.APPLY_FOR_DOA),
    **dict.fromkeys(
        (
            *("case-units", "case-symptom", "case-times", "case-equipment", "case-project"),
            *("case-evidence", "case-delivery", "case-check", "case-discard"),
            *("case-reply", "case-message", "case-cancel", "case-delivered", "case-send-back"),
        ),
        Page(P.APPLY_FOR_DOA, P.APPLY_FOR_DOA),
    ),
    "disputes": READS,
    "disputes-csv": READS,
    "disputes-xlsx": READS,
    "dispute": Page(P.VIEW_UNITS, P.VIEW_UNITS, {"POST": P.DISPUTE_DATES}),
    "referrals": Page(P.VIEW_CASES),
    "referrals-csv": Page(P.VIEW_CASES),
    "referrals-take-up": Page(P.ADOPT_REFERRALS, P.ADOPT_REFERRALS),
    "referrals-decline": Page(P.ADOPT_REFERRALS, P.ADOPT_REFERRALS),
    "referrals-xlsx": Page(P.VIEW_CASES),
    "referral": Page(P.VIEW_CASES, P.ADOPT_REFERRALS),
    "referral-new": Page(P.REFER_UNITS, P.REFER_UNITS),
    "claims": Page(P.VIEW_CASES),
    "claims-csv": Page(P.VIEW_CASES),
    "claims-xlsx": Page(P.VIEW_CASES),
    "claim": Page(P.VIEW_CASES, P.APPLY_FOR_DOA),
    "claim-new": Page(P.APPLY_FOR_DOA, P.APPLY_FOR_DOA),
    "unit-dispute": Page(
        P.VIEW_UNITS, P.VIEW_UNITS, {"GET": P.DISPUTE_DATES, "POST": P.DISPUTE_DATES}
    ),
}
"""Needs a person, and what the organization and the role allow."""

API = {
    "api:unit": (READS, {"GET": Scope.UNITS_READ}),
    "api:checks": (Page(post=P.VIEW_UNITS), {"POST": Scope.UNITS_READ}),
    "api:check": (READS, {"GET": Scope.UNITS_READ}),
    "api:check-result": (READS, {"GET": Scope.UNITS_READ}),
    "api:shipments": (
        Page(P.VIEW_UNITS, P.UPLOAD_SHIPMENTS),
        {"GET": Scope.SHIPMENTS_READ, "POST": Scope.SHIPMENTS_WRITE},
    ),
    "api:reports": (
        Page(P.VIEW_UNITS, P.SUBMIT_REPORTS),
        {"GET": Scope.REPORTS_READ, "POST": Scope.REPORTS_WRITE},
    ),
    "api:contracts": (
        Page(P.VIEW_UNITS, P.REGISTER_CONTRACTS),
        {"GET": Scope.CONTRACTS_READ, "POST": Scope.CONTRACTS_WRITE},
    ),
    "api:contract": (READS, {"GET": Scope.CONTRACTS_READ}),
    "api:report": (READS, {"GET": Scope.REPORTS_READ}),
    "api:cases": (
        Page(P.VIEW_CASES, P.APPLY_FOR_DOA),
        {"GET": Scope.CASES_READ, "POST": Scope.CASES_WRITE},
    ),
    "api:case": (Page(P.VIEW_CASES), {"GET": Scope.CASES_READ}),
    "api:case-submit": (Page(post=P.APPLY_FOR_DOA), {"POST": Scope.CASES_WRITE}),
    "api:case-files": (Page(post=P.APPLY_FOR_DOA), {"POST": Scope.CASES_WRITE}),
    "api:case-answer": (Page(post=P.APPLY_FOR_DOA), {"POST": Scope.CASES_WRITE}),
    "api:case-send-back": (Page(post=P.APPLY_FOR_DOA), {"POST": Scope.CASES_WRITE}),
}
"""Needs a token of this scope, and what its organization and its person's role allow."""

FOR_PARTNERS = {
    *("shipment-new", "report-new", "referral-new", "claim-new", "case-new"),
    "export",
    *("referrals-take-up", "referrals-decline"),
    *("cases-send-back", "cases-delete"),
    "announcements-read",
    "contracts-renew",
    "reports-withdraw",
    ("api:reports", "POST"),
    ("api:cases", "POST"),
}
"""Not for Huawei, which may do it but has the desk and the upload for that."""

_EVERY_KIND = frozenset(OrganizationKind)
_UP_FROM = {
    Role.VIEWER: {Role.VIEWER, Role.AGENT, Role.MANAGER},
    Role.AGENT: {Role.AGENT, Role.MANAGER},
    Role.MANAGER: {Role.MANAGER},
}
_SELLERS = frozenset({OrganizationKind.DISTRIBUTOR, OrganizationKind.VAP})
_REFERRED = frozenset({OrganizationKind.VAR, OrganizationKind.GAP, OrganizationKind.END_CUSTOMER})
_MAY = {
    P.VIEW_UNITS: (Role.VIEWER, _EVERY_KIND),
    P.VIEW_MEMBERS: (Role.VIEWER, _EVERY_KIND),
    P.VIEW_CASES: (Role.VIEWER, _EVERY_KIND),
    P.APPLY_FOR_DOA: (Role.AGENT, _SELLERS),
    P.REFER_UNITS: (Role.AGENT, _REFERRED),
    P.ADOPT_REFERRALS: (Role.AGENT, frozenset({OrganizationKind.DISTRIBUTOR})),
    P.DISPUTE_DATES: (Role.AGENT, _EVERY_KIND),
    P.PLAN_REPLACEMENTS: (Role.AGENT, _EVERY_KIND),
    P.UPDATE_SITES: (Role.AGENT, _SELLERS),
    P.SUBMIT_REPORTS: (Role.AGENT, _SELLERS),
    P.REGISTER_CONTRACTS: (Role.AGENT, _SELLERS),
    P.UPLOAD_SHIPMENTS: (Role.AGENT, frozenset({OrganizationKind.DISTRIBUTOR})),
    P.MANAGE_MEMBERS: (Role.MANAGER, _EVERY_KIND),
}
"""From which role on, and in which kinds of organization. Whatever is not here is for staff."""


def may(role: str, kind: str, permission: Permission) -> bool:
    """Tell, without asking the code under test, whether somebody may do this."""
    if role == Role.STAFF:
        return kind == OrganizationKind.HUAWEI
    if permission not in _MAY or kind == OrganizationKind.HUAWEI:
        return False
    least, kinds = _MAY[permission]
    return role in _UP_FROM[least] and kind in kinds


def patterns(
    found: list[Any] | None = None, namespace: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Yield name and pattern of every address outside the desk."""
    for pattern in get_resolver().url_patterns if found is None else found:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from patterns(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern


def desk_addresses() -> Iterator[tuple[str, list[str]]]:
    """Yield name and arguments of every address of the desk."""
    for name, found in get_resolver().namespace_dict["admin"][1].reverse_dict.items():
        if isinstance(name, str):
            (_, arguments), *_ = found[0]
            yield f"admin:{name}", arguments


def classified() -> set[str]:
    """Return every address that stands in a table here."""
    return PUBLIC | BY_LINK | DEMO_ONLY | OWN | set(PAGES) | set(API)


_NEVER = {
    "reference": "00000000-0000-4000-8000-000000000000",
    "effective_from": "1999-01-01",
    "pk": 999_999,
    "number": 1,
    "version": 1,
    "id": "00000000-0000-4000-8000-000000000000",
}
"""Values of arguments that name nothing; of any other it is a word."""


def never(name: str) -> str:
    """Return the address of something that never was; without arguments, the address."""
    if name == "api:nothing-here":
        return "/api/v1/nothing"
    arguments = dict(patterns())[name].pattern.converters
    return reverse(name, kwargs={a: _NEVER.get(a, "never-was") for a in arguments})
