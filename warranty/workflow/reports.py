"""Installation reports: handed in, accepted, sent back, withdrawn (policy section 2)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from audit import trail
from audit.transitions import Transition
from partners import clock
from partners.enums import Permission
from partners.models import Organization, User
from warranty import policy
from warranty.enums import ReportStatus
from warranty.models import InstallationReport, ReportLine, Unit
from warranty.workflow import telling
from warranty.workflow.recompute import Change, recompute


def _may_accept(report: InstallationReport, user: User) -> bool:
    return user.can(Permission.ACCEPT_REPORTS, report.organization)


def _may_withdraw(report: InstallationReport, user: User) -> bool:
    return user.can(Permission.SUBMIT_REPORTS, report.organization)


ACCEPT = Transition(
    event="report.accepted",
    sources=frozenset({ReportStatus.SUBMITTED}),
    target=ReportStatus.ACCEPTED,
    is_permitted=_may_accept,
)
SEND_BACK = Transition(
    event="report.sent_back",
    sources=frozenset({ReportStatus.SUBMITTED}),
    target=ReportStatus.SENT_BACK,
    is_permitted=_may_accept,
)
WITHDRAW = Transition(
    event="report.withdrawn",
    sources=frozenset({ReportStatus.SUBMITTED, ReportStatus.ACCEPTED}),
    target=ReportStatus.WITHDRAWN,
    is_permitted=_may_withdraw,
)


def submit_report(
    *,
    number: str,
    organization: Organization,
    signed_on: date,
    signed_by: str,
    units: Iterable[Unit],
    user: User,
    at: datetime,
    file_name: str = "",
) -> InstallationReport:
    """Hand in a signed report that covers `units`, each by its serial number.

    Raises: policy.SignedBeforeShipment, policy.SignedInFuture for the first unit
    that the signature cannot cover; nothing is stored then.
    """
    units = list(units)
    today = clock.business_day(at)
    for unit in units:
        policy.check_report_signature(
            signed_on=signed_on, shipped_on=unit.huawei_shipment.shipped_on, today=today
        )
    with transaction.atomic():
        report = InstallationReport.unscoped.create(
            number=number,
            organization=organization,
            signed_on=signed_on,
            signed_by=signed_by,
            file_name=file_name,
            submitted_at=at,
        )
        ReportLine.unscoped.bulk_create(ReportLine(report=report, unit=u) for u in units)
        trail.record(
            "report.submitted",
            report,
            actor=user.actor(),
            at=at,
            signed_on=signed_on.isoformat(),
            units=len(units),
        )
    return report


def accept_report(report: InstallationReport, *, user: User, at: datetime) -> list[Change]:
    """Let the report count: starts become its signature where the policy says so.

    A start that was dated by day 90 may move to an earlier signature; the event
    keeps both, and the parties are told. What was decided meanwhile stands.
    """
    with ACCEPT.on(report, user=user, at=at) as locked:
        InstallationReport.unscoped.filter(pk=locked.pk).update(status=ReportStatus.ACCEPTED)
        changes = recompute(
            _unit_ids(locked), cause=f"report {locked} accepted", actor=user.actor(), at=at
        )
        telling.report_decided("warranty/report_accepted", locked, at=at, changes=changes)
        telling.dates_corrected(changes, cause=f"report:{locked.pk}:accepted", at=at)
    return changes


def accept_reports(
    reports: Iterable[InstallationReport], *, user: User, at: datetime
) -> list[Change]:
    """Accept several reports together, all or none."""
    with transaction.atomic():
        return [c for r in reports for c in accept_report(r, user=user, at=at)]


def send_back_report(report: InstallationReport, *, user: User, at: datetime, reason: str) -> None:
    """Return the report to its organization with a reason it can act on."""
    reason = telling.required_reason(reason)
    with SEND_BACK.on(report, user=user, at=at, reason=reason) as locked:
        telling.report_decided("warranty/report_sent_back", locked, at=at, reason=reason)


def withdraw_report(
    report: InstallationReport, *, user: User, at: datetime, reason: str
) -> list[Change]:
    """Take the report back; the starts it decided are dated again without it."""
    reason = telling.required_reason(reason)
    with WITHDRAW.on(report, user=user, at=at, reason=reason) as locked:
        InstallationReport.unscoped.filter(pk=locked.pk).update(status=ReportStatus.WITHDRAWN)
        changes = recompute(
            _unit_ids(locked), cause=f"report {locked} withdrawn", actor=user.actor(), at=at
        )
        telling.dates_corrected(changes, cause=f"report:{locked.pk}:withdrawn", at=at)
    return changes


def _unit_ids(report: InstallationReport) -> list[int]:
    return list(ReportLine.unscoped.filter(report=report).values_list("unit_id", flat=True))
