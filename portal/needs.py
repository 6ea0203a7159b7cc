"""What needs a person: each kind of it is one function, and a new kind is one more.

`@kind` adds a function to the list that the home page asks, in the order of urgency.
An app to the right of this one adds its own in the same way.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import dateformat

from doa.enums import CaseStatus, ClaimStatus
from doa.filters import NEEDS_YOU, needs_you
from doa.models import Case, Claim, Referral
from doa.referral_filters import OPEN as OPEN_REFERRALS
from doa.rows import rows_of
from doa.standing import Standing
from doa.templatetags.cases import deadline
from jobs.enums import JobKind, JobStatus
from jobs.models import Job
from partners.clock import business_day
from partners.enums import Permission
from partners.models import Organization, User
from portal.day90 import Approach, approaches, shipments_ahead
from warranty.enums import DisputeStatus, ReportStatus
from warranty.models import Dispute, InstallationReport, ReportLine
from warranty.models.reports import STANDING

SOON = 14
"""How many days before day 90 a missing report is announced."""
REMEMBERED = timedelta(days=90)
"""For how long a report that was sent back is held out to its organization."""
RECENT = timedelta(days=7)
"""For how long an upload that came to nothing, or an answer, is held out."""
MOST_CASES = 5
"""How many cases are held out one by one."""
MOST = 5
"""How many answers are held out at most."""


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
    at: datetime

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
def cases_waiting(asker: Asker) -> Iterator[Need]:
    """Yield the cases that go on only when this organization acts, what is due first first."""
    if asker.organization.is_huawei or not asker.may(Permission.APPLY_FOR_DOA):
        return
    waiting = Case.objects.for_organization(asker.organization).filter(needs_you())
    rows = rows_of(waiting.for_list()[:MOST_CASES])
    for row in sorted(rows, key=_due):
        yield _case(row["case"], row["standing"])
    if len(rows) == MOST_CASES and (more := waiting.count() - MOST_CASES) > 0:
        yield Need(
            tone="warn",
            icon="file",
            title=f"See to {_counted(more, 'more case')}",
            text="They wait for your organization too.",
            button="See the list",
            url=f"{reverse('cases')}?view={NEEDS_YOU}",
        )


def _due(row: dict[str, Any]) -> date:
    standing: Standing = row["standing"]
    on = standing.due_on or (standing.due_at and business_day(standing.due_at))
    urgent = date.min if row["case"].status == CaseStatus.SUBMITTED else date.max
    return on or urgent


def _case(case: Case, standing: Standing) -> Need:
    title, button, url_name = {
        CaseStatus.DRAFT: (f"Finish the application {case}", "Go on", "case"),
        CaseStatus.SUBMITTED: (f"Call the TAC about {case}", "Open the call sheet", "case-call"),
        CaseStatus.INFO_NEEDED: (f"Reply to the TAC about {case}", "Reply", "case-reply"),
    }.get(
        CaseStatus(case.status), (f"Send the faulty unit of {case} back", "See what to do", "case")
    )
    due = standing.due_at or standing.due_on
    by = f" By {deadline(due)}." if due else ""
    what = f"{case.title}. " if case.title else ""
    return Need(
        tone="wait" if case.status == CaseStatus.DRAFT else "warn",
        icon="phone" if case.status == CaseStatus.SUBMITTED else "msg",
        title=title,
        text=f"{what}{standing.next}{by}",
        button=button,
        url=reverse(url_name, args=[case.reference]),
    )


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
    for report in reports.newest_first():
        if report.decided_at and asker.today - business_day(report.decided_at) > REMEMBERED:
            continue
        yield Need(
            tone="warn",
            icon="file",
            title=f"Correct installation report {report.number}",
            text=f"Huawei sent it back. {report.reason}".strip(),
            button="Correct the report",
            url=f"{reverse('report-new')}?from={report.reference}",
        )


def _without_another_report() -> Any:
    """Return the lines of a report whose unit no report names that counts or may count."""
    others = ReportLine.unscoped.filter(unit=OuterRef("unit"), report__status__in=STANDING)
    return ReportLine.unscoped.filter(~Exists(others), report=OuterRef("pk"))


@kind
def referrals_to_answer(asker: Asker) -> Iterator[Need]:
    """Yield the failed units that wait for their distributor, the first to expire in front."""
    if asker.organization.is_huawei or not asker.may(Permission.ADOPT_REFERRALS):
        return
    referrals = Referral.objects.for_organization(asker.organization).open()
    found = referrals.filter(distributor=asker.organization).order_by("expires_at", "pk")
    first = found.first()
    if first is None:
        return
    count, until = found.count(), dateformat.format(business_day(first.expires_at), "D j M")
    is_one = count == 1
    yield Need(
        tone="warn",
        icon="power",
        title=f"Answer the referral of {first.serial}" if is_one else f"Answer {count:,} referrals",
        text=f"{first.referrer} has a unit that failed. "
        + (f"It waits until {until}." if is_one else f"The first waits until {until}."),
        button="Take up or decline",
        url=reverse("referral", args=[first.reference])
        if is_one
        else f"{reverse('referrals')}?view={OPEN_REFERRALS}",
    )


@kind
def claims_to_answer(asker: Asker) -> Iterator[Need]:
    """Yield the claims about which Huawei has asked something."""
    if asker.organization.is_huawei or not asker.may(Permission.APPLY_FOR_DOA):
        return
    claims = Claim.objects.for_organization(asker.organization)
    waiting = claims.filter(status=ClaimStatus.OPEN, waits_for_us=False)
    for claim in waiting.order_by("reported_at", "pk")[:MOST]:
        yield Need(
            tone="warn",
            icon="msg",
            title=f"Answer Huawei about {claim}",
            text=f"{claim.get_kind_display()}, {claim.goods}.",
            button="Read and answer",
            url=reverse("claim", args=[claim.reference]),
        )


@kind
def reports_missing(asker: Asker) -> Iterator[Need]:
    """Yield one thing to do for all units that reach day 90 soon without a report."""
    if asker.organization.is_huawei or not asker.may(Permission.SUBMIT_REPORTS):
        return
    ahead = shipments_ahead(asker.organization, today=asker.today, days=SOON, are_waiting=True)
    found = approaches(ahead, asker.organization, today=asker.today)
    if not found:
        return
    units = sum(approach.waiting for approach in found)
    yield Need(
        tone="warn",
        icon="clock",
        title=f"Hand in signed installation reports for {_counted(units, 'unit')}",
        text=f"{_counted(len(found), 'shipment')} {_when(found)} "
        "If no report was signed by then, the warranty starts on day 90.",
        button="Hand in a report",
        url=reverse("report-new") + _of_shipment(found),
    )


def _of_shipment(found: list[Approach]) -> str:
    """Name the shipment to the form where it is only one, and the person may see it."""
    if len(found) > 1 or not found[0].is_open:
        return ""
    return f"?shipment={found[0].shipment.reference}"


@kind
def uploads_to_decide(asker: Asker) -> Iterator[Need]:
    """Yield the uploads that wait to be saved, and the latest if it came to nothing."""
    if not asker.may(Permission.UPLOAD_SHIPMENTS):
        return
    uploads = Job.objects.for_organization(asker.organization).uploads()
    uploads = uploads.filter(kind=JobKind.IMPORT_SHIPMENTS)
    for upload in uploads.filter(status=JobStatus.PREVIEWED).order_by("pk"):
        yield _upload(upload, "warn", f"Save or discard {upload.file_name}", "Decide")
    latest = uploads.order_by("-pk").first()
    if latest is None or latest.status not in (JobStatus.REFUSED, JobStatus.FAILED):
        return
    if asker.today - business_day(latest.started_at) <= RECENT:
        yield _upload(latest, "stop", f"Upload {latest.file_name} again", "See why")


def _upload(upload: Job, tone: str, title: str, button: str) -> Need:
    texts = {
        JobStatus.PREVIEWED: "It has been checked. Nothing is saved until you say so.",
        JobStatus.REFUSED: "It was refused. Nothing of it has been saved.",
        JobStatus.FAILED: "It stopped before its end. Nothing of it has been saved.",
    }
    return Need(
        tone=tone,
        icon="box",
        title=title,
        text=texts[JobStatus(upload.status)],
        button=button,
        url=reverse("shipment-job", args=[upload.reference]),
    )


@kind
def disputes_answered(asker: Asker) -> Iterator[Need]:
    """Yield what staff lately answered to a report of a wrong date, without changing it."""
    if asker.organization.is_huawei or not asker.may(Permission.DISPUTE_DATES):
        return
    disputes = Dispute.objects.for_organization(asker.organization).filter(
        status=DisputeStatus.ANSWERED
    )
    for dispute in disputes.select_related("unit").newest_first()[:MOST]:
        if dispute.decided_at and asker.today - business_day(dispute.decided_at) <= RECENT:
            yield Need(
                tone="info",
                icon="msg",
                title=f"Read the answer about {dispute.unit.serial}",
                text=f"{dispute.get_subject_display()}, {dispute}. {dispute.answer}",
                button="Read the answer",
                url=reverse("dispute", args=[dispute.reference]),
            )


def _counted(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def _when(found: list[Approach]) -> str:
    verb = "reaches" if len(found) == 1 else "reach"
    first, last = (dateformat.format(found[end].cap_on, "D j M") for end in (0, -1))
    when = f"on {first}" if first == last else f"from {first} to {last}"
    return f"{verb} day 90 {when}."
