"""What waits for the staff who handle cases and parcels: queues as data, with their counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Count, DateTimeField, F, Q, QuerySet, When

from doa.enums import CaseStatus, Remedy, ReplacementTrack, ReturnTrack
from doa.models import Case, CaseLine, Proposal
from partners import clock
from partners.models import User

OPEN = Q(status__in=[status for status in CaseStatus if status.is_open])


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A list of work: `keeps(user, at)` says what belongs to it, `empty` what to say if nothing.

    `is_open_work` tells that it holds open cases only, so that all such queues are counted in
    one reading.
    """

    name: str
    label: str
    empty: str
    keeps: Callable[[User, datetime], Q]
    is_open_work: bool = False
    waits: bool = True


def is_late(at: datetime) -> Q:
    """Keep the open cases of which a running clock has passed its target."""
    return (
        OPEN
        & Q(paused_at=None)
        & (Q(taken_at=None, response_due_at__lt=at) | Q(resolved_at=None, resolution_due_at__lt=at))
    )


def _with_lines(lines: QuerySet[Any]) -> Q:
    return Q(pk__in=lines.values("case"))


CASES = (
    Queue(
        name="mine",
        label="My work",
        empty="Nothing is assigned to you.",
        keeps=lambda user, at: OPEN & Q(assignee=user),
        is_open_work=True,
    ),
    Queue(
        name="unassigned",
        label="Unassigned",
        empty="Every case has somebody.",
        keeps=lambda user, at: Q(
            assignee=None, status__in=[CaseStatus.REGISTERED, CaseStatus.IN_REVIEW]
        ),
        is_open_work=True,
    ),
    Queue(
        name="to-register",
        label="To register",
        empty="No applicant still has to call.",
        keeps=lambda user, at: Q(status=CaseStatus.SUBMITTED),
        is_open_work=True,
    ),
    Queue(
        name="waiting",
        label="Waiting for partner",
        empty="No partner owes an answer.",
        keeps=lambda user, at: Q(status=CaseStatus.INFO_NEEDED),
        is_open_work=True,
    ),
    Queue(
        name="to-ship",
        label="To ship",
        empty="Everything granted has left.",
        keeps=lambda user, at: _with_lines(CaseLine.unscoped.to_ship()),
    ),
    Queue(
        name="overdue",
        label="Returns overdue",
        empty="No faulty unit is overdue.",
        keeps=lambda user, at: _with_lines(CaseLine.unscoped.overdue(clock.business_day(at))),
    ),
    Queue(
        name="not-matched",
        label="Not matched",
        empty="Every unit that came back is the one expected.",
        keeps=lambda user, at: _with_lines(CaseLine.unscoped.not_matched()),
    ),
    Queue(
        name="late",
        label="Late",
        empty="No clock has run out.",
        keeps=lambda user, at: is_late(at),
        is_open_work=True,
    ),
    Queue(
        name="proposals",
        label="For a second person",
        empty="No decision waits for a second person.",
        keeps=lambda user, at: Q(pk__in=Proposal.objects.filter(settled_at=None).values("case")),
    ),
    Queue(
        name="all",
        label="All",
        empty="There are no cases yet.",
        keeps=lambda user, at: Q(),
        waits=False,
    ),
)

_GRANTED = ~Q(remedy__in=["", Remedy.NONE])
_TO_SHIP = _GRANTED & Q(
    is_open=True, replacement_track__in=[ReplacementTrack.NONE, ReplacementTrack.ORDERED]
)
_BACK = Q(return_track=ReturnTrack.AWAITED)
_RECEIVED = Q(return_track=ReturnTrack.RECEIVED)

LINES = (
    Queue(
        name="to-ship",
        label="To ship",
        empty="Everything granted has left.",
        keeps=lambda user, at: _TO_SHIP,
        is_open_work=True,
    ),
    Queue(
        name="in-transit",
        label="On the way",
        empty="No replacement is on the way.",
        keeps=lambda user, at: Q(is_open=True, replacement_track=ReplacementTrack.SHIPPED),
        is_open_work=True,
    ),
    Queue(
        name="to-confirm",
        label="Deliveries to confirm",
        empty="No delivery is past its expected day.",
        keeps=lambda user, at: Q(
            is_open=True,
            replacement_track=ReplacementTrack.SHIPPED,
            expected_on__lte=clock.business_day(at),
        ),
        is_open_work=True,
    ),
    Queue(
        name="awaited",
        label="Returns awaited",
        empty="No faulty unit is awaited.",
        keeps=lambda user, at: _BACK,
    ),
    Queue(
        name="overdue",
        label="Returns overdue",
        empty="No faulty unit is overdue.",
        keeps=lambda user, at: _BACK & Q(return_due_on__lt=clock.business_day(at)),
    ),
    Queue(
        name="coming",
        label="Coming back",
        empty="No faulty unit is on its way back.",
        keeps=lambda user, at: Q(is_open=True, return_track=ReturnTrack.IN_TRANSIT),
        is_open_work=True,
    ),
    Queue(
        name="not-matched",
        label="Not matched",
        empty="Every unit that came back is the one expected.",
        keeps=lambda user, at: _RECEIVED & Q(is_mismatch=True),
    ),
    Queue(
        name="to-inspect",
        label="To inspect",
        empty="Every unit that came back is inspected.",
        keeps=lambda user, at: _RECEIVED & Q(is_open=True, is_mismatch=False),
        is_open_work=True,
    ),
    Queue(
        name="all",
        label="All",
        empty="There are no cases yet.",
        keeps=lambda user, at: Q(),
        waits=False,
    ),
)


FIRST_DUE = F("due_at").asc(nulls_last=True)
"""Before every other work: whose clock runs out first."""


def counts(
    queues: tuple[Queue, ...],
    rows: QuerySet[Any],
    open_rows: QuerySet[Any],
    user: User,
    at: datetime,
) -> dict[str, int]:
    """Count what each queue holds; those of open work in one reading of what is open."""
    together = {
        queue.name: Count("pk", filter=queue.keeps(user, at))
        for queue in queues
        if queue.is_open_work
    }
    found: dict[str, int] = open_rows.aggregate(**{_key(name): c for name, c in together.items()})
    return {
        queue.name: found[_key(queue.name)]
        if queue.name in together
        else rows.filter(queue.keeps(user, at)).count()
        for queue in queues
    }


def _key(name: str) -> str:
    return name.replace("-", "_")


def case_counts(user: User, at: datetime) -> dict[str, int]:
    return counts(CASES, Case.unscoped.all(), Case.unscoped.filter(OPEN), user, at)


def line_counts(user: User, at: datetime) -> dict[str, int]:
    rows = CaseLine.unscoped.all()
    return counts(LINES, rows, rows.filter(is_open=True), user, at)


def with_due(cases: QuerySet[Any]) -> QuerySet[Any]:
    """Add to each case the target of the clock that runs on it, as `due_at`."""
    runs = Choose(
        When(~OPEN | Q(paused_at__isnull=False), then=None),
        When(taken_at=None, then=F("response_due_at")),
        When(resolved_at=None, then=F("resolution_due_at")),
        default=None,
        output_field=DateTimeField(null=True),
    )
    return cases.annotate(due_at=runs)
