"""Installation reports: handed in, accepted, sent back, withdrawn (policy section 2)."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from audit import trail
from audit.transitions import Transition
from documents import workflow as documents
from documents.models import Document
from partners import clock
from partners.enums import Permission
from partners.models import Organization, User
from warranty import effects
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


class ReportRefused(ValueError):
    """A report cannot be handed in; the message says what to do."""


class NumberTaken(ReportRefused):
    """The organization has handed in a report of this number."""


class DocumentGone(ReportRefused):
    """The file was swept away, or rests in another report that stands."""


class AlreadyHandedIn(ReportRefused):
    """A report that stands says just this: the same units, signed on the same day."""

    def __init__(self, report: InstallationReport) -> None:
        self.report = report
        super().__init__(
            f"Report {report} covers the same units with the same date of signature. "
            "Open it, or change what differs."
        )


def submit_report(
    *,
    organization: Organization,
    signed_on: date,
    signed_by: str,
    units: Iterable[Unit],
    user: User,
    at: datetime,
    number: str = "",
    document: Document | None = None,
    file_name: str = "",
) -> InstallationReport:
    """Hand in a signed report that covers `units`, each by its serial number.

    Without a `number` the report gets the next of its organization and year. The
    reports of one organization are stored one after the other.
    Raises: policy.SignedBeforeShipment, policy.SignedInFuture for units that the
    signature cannot cover; NumberTaken; DocumentGone; AlreadyHandedIn. Nothing is
    stored then.
    """
    units = list(units)
    today = clock.business_day(at)
    shipments = [(unit.serial, unit.huawei_shipment.shipped_on) for unit in units]
    effects.check_signature(shipments, signed_on=signed_on, today=today)
    with transaction.atomic():
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        require_new(organization, units, signed_on=signed_on, number=number)
        report = InstallationReport(
            number=number or next_number(organization, today=today),
            organization=organization,
            signed_on=signed_on,
            signed_by=signed_by,
            document=document and _attached(document, at=at),
            file_name=document.name if document else file_name,
            submitted_at=at,
            submitted_by=user.actor().label,
        )
        _store(report, units, user=user, at=at)
    return report


def require_new(
    organization: Organization, units: Iterable[Unit], *, signed_on: date, number: str = ""
) -> None:
    """Refuse what the organization has handed in already.

    Raises: AlreadyHandedIn; NumberTaken.
    """
    own = InstallationReport.unscoped.filter(organization=organization)
    twin = own.same_as([unit.pk for unit in units], signed_on=signed_on)
    if twin is not None:
        raise AlreadyHandedIn(twin)
    if number and own.filter(number=number).exists():
        raise NumberTaken(f"You have handed in a report {number}. Write another number.")


def _store(report: InstallationReport, units: list[Unit], *, user: User, at: datetime) -> None:
    report.save()
    ReportLine.unscoped.bulk_create(
        (ReportLine(report=report, unit=unit) for unit in units), batch_size=1000
    )
    detail = {"file": report.file_name} if report.file_name else {}
    trail.record(
        "report.submitted",
        report,
        actor=user.actor(),
        at=at,
        signed_on=report.signed_on.isoformat(),
        units=len(units),
        **detail,
    )


def _attached(document: Document, *, at: datetime) -> Document:
    """Lock the document and let the report rest on it. Raises: DocumentGone."""
    kept = Document.unscoped.select_for_update().filter(pk=document.pk).first()
    if kept is None:
        raise DocumentGone("The file is not kept any more. Choose it again.")
    if InstallationReport.unscoped.standing().filter(document=kept).exists():
        raise DocumentGone("This file belongs to another report already. Choose it again.")
    documents.attach(kept, at=at)
    return kept


def next_number(organization: Organization, *, today: date) -> str:
    """Return the next number that Ninety gives: IR-26-000123, counted by organization and year."""
    prefix = f"IR-{today:%y}-"
    own = InstallationReport.unscoped.filter(organization=organization)
    given = own.filter(number__regex=rf"^{prefix}[0-9]{{6}}$").order_by("-number").first()
    number = int(given.number[len(prefix) :]) + 1 if given else 1
    return f"{prefix}{number:06d}"


def next_version(report: InstallationReport) -> str:
    """Return the first free number for a corrected `report`: IR-26-000123-2, then -3.

    Nothing after so many that none is free.
    """
    own = InstallationReport.unscoped.filter(organization=report.organization)
    first = re.sub(r"-[0-9]{1,2}$", "", report.number)
    stem = first if own.filter(number=first).exists() else report.number
    versions = [f"{stem[:37]}-{n}" for n in range(2, 100)]
    taken = set(own.filter(number__in=versions).values_list("number", flat=True))
    return next((version for version in versions if version not in taken), "")


def accept_report(report: InstallationReport, *, user: User, at: datetime) -> list[Change]:
    """Let the report count: starts become its signature where the policy says so.

    A start that was dated by day 90 may move to an earlier signature; the event
    keeps both, and the parties are told. What was decided meanwhile stands.
    """
    with ACCEPT.on(report, user=user, at=at) as locked:
        _decide(locked, user=user, at=at)
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
        _decide(locked, user=user, at=at, reason=reason)
        telling.report_decided("warranty/report_sent_back", locked, at=at, reason=reason)


def withdraw_report(
    report: InstallationReport, *, user: User, at: datetime, reason: str
) -> list[Change]:
    """Take the report back; the starts it decided are dated again without it."""
    reason = telling.required_reason(reason)
    with WITHDRAW.on(report, user=user, at=at, reason=reason) as locked:
        _decide(locked, user=user, at=at, reason=reason)
        InstallationReport.unscoped.filter(pk=locked.pk).update(status=ReportStatus.WITHDRAWN)
        changes = recompute(
            _unit_ids(locked), cause=f"report {locked} withdrawn", actor=user.actor(), at=at
        )
        telling.dates_corrected(changes, cause=f"report:{locked.pk}:withdrawn", at=at)
    return changes


def _decide(report: InstallationReport, *, user: User, at: datetime, reason: str = "") -> None:
    """Note on the report who decided and why; its transition saves it."""
    report.decided_at, report.decided_by, report.reason = at, user.actor().label, reason


def _unit_ids(report: InstallationReport) -> list[int]:
    return list(ReportLine.unscoped.filter(report=report).values_list("unit_id", flat=True))
