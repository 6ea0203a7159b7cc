"""What waits for staff: a count each, the list behind it, and what has waited longest."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.timesince import timesince

from doa.desk.queues import is_late
from doa.models import Case, CaseLine, Claim, Referral
from jobs.enums import AT_WORK, JobKind, JobStatus
from jobs.models import Job
from notifications.enums import MessageStatus
from notifications.models import Message
from partners import clock
from warranty.enums import DisputeStatus, ReportStatus
from warranty.models import Dispute, InstallationReport

RECENT = timedelta(days=7)
"""For how long an import that came to nothing stays on the first page."""
LATE = timedelta(minutes=15)
"""How long mail may be due before that is worth a look."""

Tile = dict[str, Any]


def queues(*, at: datetime) -> list[Tile]:
    """Return the tiles of the first page: first what staff have to do, then what runs."""
    return [
        _reports(at),
        _disputes(at),
        *_cases(at),
        _claims(at),
        _referrals(at),
        _imports(at),
        _mail(at),
        _oldest_mail(at),
        _started(at),
        _uploads(at),
    ]


def _reports(at: datetime) -> Tile:
    rows = InstallationReport.unscoped.filter(status=ReportStatus.SUBMITTED)
    query = {"status__exact": ReportStatus.SUBMITTED.value}
    return _tile("Reports to accept", rows, query, since="submitted_at", at=at)


def _disputes(at: datetime) -> Tile:
    query = {"status__exact": DisputeStatus.OPEN.value}
    return _tile("Disputes to decide", Dispute.unscoped.open(), query, since="opened_at", at=at)


def _cases(at: datetime) -> Iterator[Tile]:
    """Yield what waits of the cases: for somebody to take them, late, to ship, to come back."""
    cases, lines = Case.unscoped.all(), CaseLine.unscoped.all()
    today = clock.business_day(at)
    waiting = (
        ("Cases to take", cases.unassigned(), "unassigned", "registered_at"),
        ("Cases that are late", cases.filter(is_late(at)), "late", "registered_at"),
        ("Replacements to ship", lines.to_ship(), "to-ship", "decided_at"),
        ("Returns overdue", lines.overdue(today), "overdue", "return_due_on"),
    )
    for label, rows, queue, since in waiting:
        yield _tile(label, rows, {"queue": queue}, since=since, at=at)


def _claims(at: datetime) -> Tile:
    """Count what waits for a decision, an answer, or for what was granted to be sent."""
    rows = Claim.unscoped.open().filter(waits_for_us=True)
    query = {"waits_for_us__exact": "1"}
    return _tile("Claims that wait for us", rows, query, since="reported_at", at=at)


def _referrals(at: datetime) -> Tile:
    rows = Referral.unscoped.to_route()
    query = {"answers": "staff"}
    return _tile("Referrals without distributor", rows, query, since="created_at", at=at)


def _imports(at: datetime) -> Tile:
    states = [JobStatus.REFUSED, JobStatus.FAILED]
    first = at - RECENT
    rows = Job.unscoped.filter(status__in=states, started_at__gte=first)
    query = {"status__in": _words(states), "started_at__gte": first.isoformat()}
    return _tile("Imports refused or failed, 7 days", rows, query, since="started_at", at=at)


def _mail(at: datetime) -> Tile:
    rows = Message.unscoped.undelivered()
    query = {"status__in": _words([MessageStatus.FAILED, MessageStatus.BOUNCED])}
    return _tile("Mail that failed", rows, query, since="queued_at", at=at)


def _oldest_mail(at: datetime) -> Tile:
    """Say for how long the mail waits that should have gone first."""
    since = Message.unscoped.longest_due(at)
    late = since is not None and at - since > LATE
    return {
        "label": "Oldest unsent mail",
        "count": timesince(since, at, depth=1) if since else "none",
        "url": _list_of(Message, {"status__exact": MessageStatus.QUEUED.value}),
        "waits": late,
    }


def _started(at: datetime) -> Tile:
    """Add up what today's runs of the night job say that they started."""
    today, first = clock.business_day(at), at - timedelta(days=2)
    runs = Job.unscoped.filter(kind=JobKind.START_WARRANTIES, started_at__gte=first)
    tonight = [run for run in runs if clock.business_day(run.started_at) == today]
    query = {
        "kind__exact": JobKind.START_WARRANTIES.value,
        "started_at__gte": min((run.started_at for run in tonight), default=at).isoformat(),
    }
    count = sum(run.counts.get("started", 0) for run in tonight)
    url = _list_of(Job, query)
    return {"label": "Warranties started today", "count": count, "url": url, "waits": False}


def _uploads(at: datetime) -> Tile:
    states = sorted(AT_WORK | {JobStatus.QUEUED})
    rows = Job.unscoped.filter(status__in=states)
    query = {"status__in": _words(states)}
    return _tile("Uploads running", rows, query, since="started_at", at=at, is_work=False)


def _tile(
    label: str,
    rows: QuerySet[Any],
    query: dict[str, str],
    *,
    since: str,
    at: datetime,
    is_work: bool = True,
) -> Tile:
    """Count the rows; where staff have to act, name the one that has waited longest."""
    count = rows.count()
    tile = {"label": label, "count": count, "url": _list_of(rows.model, query)}
    oldest = rows.order_by(since, "pk").first() if count else None
    if oldest is not None:
        tile["oldest"] = str(oldest)
        tile["oldest_url"] = _page_of(oldest)
        tile["age"] = _age(getattr(oldest, since), at)
    return tile | {"waits": is_work and count > 0, "is_clear": is_work and count == 0}


def _age(since: date | datetime, at: datetime) -> str:
    """Say for how long something has waited: from its instant, or from its day."""
    until = at if isinstance(since, datetime) else clock.business_day(at)
    return timesince(since, until, depth=1)


def _words(states: Iterable[JobStatus | MessageStatus]) -> str:
    return ",".join(state.value for state in states)


def _list_of(model: type[Model], query: dict[str, str]) -> str:
    meta = model._meta
    return f"{reverse(f'admin:{meta.app_label}_{meta.model_name}_changelist')}?{urlencode(query)}"


def _page_of(record: Model) -> str:
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])
