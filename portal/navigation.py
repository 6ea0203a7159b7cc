"""The main navigation, as data: what a person is shown is what will open for them."""

from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from doa.filters import NEEDS_YOU, needs_you
from doa.models import Case
from partners.enums import Permission
from partners.prepared import LaterOrganization, PreparedCount

MOST = 99
"""Up to how many cases that wait are counted on every page."""


class Entry(NamedTuple):
    """A page of the navigation; `page` is what its templates call themselves.

    `kinds` narrows it to organizations of a kind that may do one of these at all.
    """

    label: str
    url_name: str
    page: str
    permission: Permission | None = None
    kinds: frozenset[Permission] = frozenset()
    count: str = ""
    """How much of it waits for the organization; nothing is shown for none."""
    query: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name) + self.query


PUBLIC = (
    Entry("Start", "start", "start"),
    Entry("Check a unit", "check", "check"),
    Entry("Distributors", "distributors", "distributors"),
    Entry("Announcements", "announcements", "announcements"),
    Entry("What if", "what-if", "what-if"),
    Entry("Policies", "policies", "policies"),
)
MEMBERS = (
    Entry("Home", "home", "home", Permission.VIEW_UNITS),
    Entry("Units", "units", "units", Permission.VIEW_UNITS),
    Entry("Cases", "cases", "cases", Permission.VIEW_CASES),
    Entry("Check many", "bulk-checks", "checks", Permission.VIEW_UNITS),
    Entry("Day 90", "day-90", "day-90", Permission.VIEW_UNITS),
    Entry("Shipments", "shipments", "shipments", Permission.VIEW_UNITS),
    Entry("Reports", "reports", "reports", Permission.SUBMIT_REPORTS),
    Entry("Contracts", "contracts", "contracts", Permission.VIEW_UNITS),
    Entry(
        "Referrals",
        "referrals",
        "referrals",
        Permission.VIEW_CASES,
        frozenset({Permission.REFER_UNITS, Permission.ADOPT_REFERRALS}),
    ),
    Entry(
        "Claims",
        "claims",
        "claims",
        Permission.VIEW_CASES,
        frozenset({Permission.APPLY_FOR_DOA}),
    ),
    Entry("Disputes", "disputes", "disputes", Permission.VIEW_UNITS),
    Entry("Announcements", "announcements", "announcements"),
    Entry("Members", "organization", "organization", Permission.VIEW_MEMBERS),
)
DESK = Entry("Desk", "admin:index", "desk")


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give templates `navigation`, decided on first use only: public pages stay cheap.

    `is_demo` leads everybody to the mails of the demonstration.
    """
    return {
        "navigation": SimpleLazyObject(lambda: _entries(request)),
        "is_demo": settings.DEMO,
    }


def _entries(request: HttpRequest) -> list[Entry]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return list(PUBLIC)
    organization = request.organization
    entries = [
        _counted(e, organization)
        for e in MEMBERS
        if e.permission is None or _may(user, e, organization)
    ]
    return [*entries, DESK] if user.is_staff else entries


def _counted(entry: Entry, organization: Any) -> Entry:
    """Add how many cases go on only when the organization acts, and lead to them.

    Huawei has its desk for that.
    """
    if entry.page != "cases" or organization.is_huawei:
        return entry
    waiting = _waiting()(organization=organization.pk)
    if not waiting:
        return entry
    count = f"{MOST}+" if waiting > MOST else str(waiting)
    return entry._replace(count=count, query=f"?view={NEEDS_YOU}")


@cache
def _waiting() -> PreparedCount:
    partner: Any = LaterOrganization("organization", is_huawei=False)
    waiting = Case.objects.for_organization(partner).filter(needs_you())
    return PreparedCount(waiting.order_by()[: MOST + 1])


def _may(user: Any, entry: Entry, organization: Any) -> bool:
    if not organization or not user.can(entry.permission, organization):
        return False
    return not entry.kinds or bool(entry.kinds & organization.permissions)
