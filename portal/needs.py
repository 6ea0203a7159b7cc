"""What needs a person: each kind of it is one function, and a new kind is one more.

`@kind` adds a function to the list that the home page asks, in the order of urgency.
An app to the right of this one adds its own in the same way.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils import dateformat

from partners.clock import business_day
from partners.enums import Permission
from partners.models import Organization, User
from portal.day90 import Approach, approaches, shipments_ahead
from warranty.enums import ReportStatus
from warranty.models import InstallationReport, ReportLine
from warranty.models.reports import STANDING

SOON = 14
"""How many days before day 90 a missing report is announced."""
REMEMBERED = timedelta(days=90)
"""For how long a report that was sent back is held out to its organization."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing to do: what, why it matters, and the one button that leads there."""

    tone: str
    icon: str
    title: str
    text: str
    button: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who looks at the page, and when."""

    organization: Organization
    user: User
    today: date

    def may(self, permission: Permission) -> bool:
        return self.user.can(permission, self.organization)


Kind = Callable[[Asker], Iterable[Need]]
_kinds: list[Kind] = []


def kind(find: Kind) -> Kind:
    """Mark a function that finds what needs somebody."""
    _kinds.append(find)
    return find


def kinds() -> list[Kind]:
    return list(_kinds)


@kind
def reports_sent_back(asker: Asker) -> Iterator[Need]:
    """Yield the reports that staff sent back and that no other report has replaced."""
    if not asker.may(Permission.SUBMIT_REPORTS):
        return
    reports = InstallationReport.objects.for_organization(asker.organization).filter(
        Exists(_without_another_report()),
        organization=asker.organization,
        status=ReportStatus.SENT_BACK,
    )
    lines = ReportLine.unscoped.filter(report=OuterRef("pk")).order_by("pk")
    first_serial = Subquery(lines.values("unit__serial")[:1])
    for report in reports.annotate(first_serial=first_serial).newest_first():
        if report.decided_at and asker.today - business_day(report.decided_at) > REMEMBERED:
            continue
        yield Need(
            tone="warn",
            icon="file",
            title=f"Correct installation report {report.number}",
            text=f"Huawei sent it back. {report.reason}".strip(),
            button="See the unit",
            url=reverse("unit", args=[report.first_serial]),
        )


def _without_another_report() -> Any:
    """Return the lines of a report whose unit no report names that counts or may count."""
    others = ReportLine.unscoped.filter(unit=OuterRef("unit"), report__status__in=STANDING)
    return ReportLine.unscoped.filter(~Exists(others), report=OuterRef("pk"))


@kind
def reports_missing(asker: Asker) -> Iterator[Need]:
    """Yield one thing to do for all units that reach day 90 soon without a report."""
    if asker.organization.is_huawei or not asker.may(Permission.SUBMIT_REPORTS):
        return
    ahead = shipments_ahead(asker.organization, today=asker.today, days=SOON, are_waiting=True)
    found = approaches(ahead, today=asker.today)
    if not found:
        return
    units = sum(approach.waiting for approach in found)
    yield Need(
        tone="warn",
        icon="clock",
        title=f"Hand in signed installation reports for {_counted(units, 'unit')}",
        text=f"{_counted(len(found), 'shipment')} {_when(found)} "
        "If no report was signed by then, the warranty starts on day 90.",
        button="See the units",
        url=f"{reverse('day-90')}?days={SOON}",
    )


def _counted(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def _when(found: list[Approach]) -> str:
    verb = "reaches" if len(found) == 1 else "reach"
    first, last = (dateformat.format(found[end].cap_on, "D j M") for end in (0, -1))
    when = f"on {first}" if first == last else f"from {first} to {last}"
    return f"{verb} day 90 {when}."
