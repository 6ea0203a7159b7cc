"""One night: batch after batch, each in its own transaction, then the notices go.

A run may be killed anywhere, started again, and run twice at once. What makes a
warranty start once is the primary key of its table; what makes its partner hear of it
once is the night's row, which every batch shares and only the closing takes alone.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef

from audit.trail import Actor
from jobs import workflow as jobs
from jobs.enums import JobKind, JobStatus
from jobs.models import Job
from jobs.progress import alive
from notifications import outbox
from warranty import policy
from warranty.models import Shipment, StartNight, Unit
from warranty.nights import portable, postgresql
from warranty.nights.batches import Batch, Found, Outcome, find

NOTICE = "warranty/started"
BATCH = 1000
"""How many shipments are handled together: some 20,000 units."""
TRIES = 3
CONTENTION = {"40001", "40P01"}
"""Serialization failure and deadlock, as PostgreSQL numbers them."""


class NotYet(ValueError):
    """The night was asked for a day that has not come."""


class ShipmentsMoved(Exception):
    """Dates of shipments were corrected while their units were being started."""

    def __init__(self, pks: set[int]) -> None:
        self.pks = pks
        super().__init__(f"{len(pks)} shipments were corrected meanwhile.")


@dataclass(frozen=True, slots=True)
class NightResult:
    """Units found due, warranties started, partners told, and how long it took."""

    due: int
    started: int
    partners: int
    seconds: float


@dataclass(slots=True)
class _Tally:
    due: int = 0
    started: Counter[int] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        self.due += outcome.due
        self.started.update(outcome.started)


def run_night(
    *, as_of: date, today: date, at: datetime, actor: Actor, batch: int = BATCH
) -> NightResult:
    """Start every warranty whose day 90 is `as_of` or earlier, dated by its rule.

    `today` names the notice on which the starts stand; when that has gone out they
    stand on tomorrow's. Source: policy section 2, W1 to W3.
    Raises: NotYet if `as_of` lies after `today`.
    """
    if as_of > today:
        raise NotYet(
            f"{policy.day_text(as_of)} has not come: today is {policy.day_text(today)}. "
            "Choose today or an earlier day."
        )
    job = jobs.open_job(JobKind.START_WARRANTIES, actor=actor, at=at)
    began = time.monotonic()
    tally = _Tally()
    with alive(job, at=at):
        try:
            for found in find(as_of=as_of, size=batch):
                tally.add(_patiently(found, today=today, at=at, actor=actor))
            close_nights(today=today, at=at)
        except Exception:
            _finish(job, JobStatus.FAILED, tally, began)
            raise
        return _finish(job, JobStatus.DONE, tally, began)


def _finish(job: Job, status: JobStatus, tally: _Tally, began: float) -> NightResult:
    """Write down how the run ended, and return it."""
    seconds = round(time.monotonic() - began, 3)
    result = NightResult(tally.due, tally.started.total(), len(tally.started), seconds)
    counts = {"due": result.due, "started": result.started, "partners": result.partners}
    finished_at = job.started_at + timedelta(seconds=seconds)
    jobs.finish_job(job, status, at=finished_at, counts=counts)
    return result


def _patiently(found: Found, *, today: date, at: datetime, actor: Actor) -> Outcome:
    """Handle a batch, again where another writer was in the way, three times in all.

    A shipment that was corrected meanwhile stays pending for the next run.
    """
    for _ in range(TRIES - 1):
        try:
            return _start(found, today=today, at=at, actor=actor)
        except ShipmentsMoved as moved:
            found = found.without(moved.pks)
        except OperationalError as problem:
            if getattr(problem.__cause__, "sqlstate", None) not in CONTENTION:
                raise
    return _start(found, today=today, at=at, actor=actor)


@transaction.atomic
def _start(found: Found, *, today: date, at: datetime, actor: Actor) -> Outcome:
    """Start the units of one batch with their events, and hold a notice per partner."""
    backend = postgresql if connection.vendor == "postgresql" else portable
    notice_on = _shared_night(today)
    batch = Batch(found=found, actor=actor, at=at, notice_on=notice_on)
    outcome = backend.start_units(batch)
    _settle(found)
    outbox.tell_all(
        NOTICE,
        keys={pk: f"warranties-started:{pk}:{notice_on}" for pk in outcome.started},
        context={"day": notice_on.isoformat()},
        at=at,
        held=True,
    )
    return outcome


def _shared_night(today: date) -> date:
    """Return the first day from `today` on whose notice is open, and keep it open.

    The lock is shared among batches; it ends with the transaction.
    """
    day = today
    while True:
        StartNight.objects.bulk_create([StartNight(day=day)], ignore_conflicts=True)
        if connection.vendor == "postgresql":
            postgresql.share_night(day)
        if StartNight.objects.filter(day=day, closed_at=None).exists():
            return day
        day += timedelta(days=1)


def _settle(found: Found) -> None:
    """Take the shipments off the list of those that may have a unit to start.

    They are locked first: who adds a unit or corrects a date writes to the same row,
    so that either this sees the change or that sets `pending` again.
    Raises: ShipmentsMoved.
    """
    ours = Shipment.unscoped.filter(pk__in=found.shipments)
    locked = ours.select_for_update(no_key=True).order_by("pk")
    dates = dict(locked.values_list("pk", "shipped_on"))
    moved = {pk for pk, shipped_on in found.shipments.items() if dates.get(pk) != shipped_on}
    if moved:
        raise ShipmentsMoved(moved)
    waiting = Unit.unscoped.filter(huawei_shipment=OuterRef("pk"), warranty=None)
    ours.filter(~Exists(waiting), pending=True).update(pending=False)


def close_nights(*, today: date, at: datetime) -> None:
    """Send the notices of every night up to today that is complete.

    A night of today on which nobody is told stays open for what comes later.
    """
    nights = StartNight.objects.filter(day__lte=today, closed_at=None)
    for day in nights.order_by("day").values_list("day", flat=True):
        with transaction.atomic():
            night = nights.select_for_update().filter(day=day).first()
            if night is None:
                continue
            told = outbox.release(NOTICE, context={"day": day.isoformat()}, at=at)
            if told or day < today:
                night.closed_at = at
                night.save()
