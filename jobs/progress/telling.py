"""The thread that tells how far a run is, and what others learn of it."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import ModuleType
from typing import Protocol

from django.db import DatabaseError, connection

from jobs.models import Job
from jobs.progress import files, rows
from jobs.progress.signs import Sign

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
"""After this without a sign the worker of a job is taken for dead."""
PATIENCE = 10.0
"""Seconds that the last sign may take; a database that is gone must not hold up the end."""
INTERVAL = 1.0
"""Seconds between two signs."""


class Counted(Protocol):
    """What knows how far it is: a table that is read, a tally of what is written."""

    @property
    def count(self) -> int: ...

    @property
    def total(self) -> int: ...


@dataclass(slots=True)
class Tally:
    """How many units are done, of how many."""

    total: int = 0
    count: int = 0


@dataclass(slots=True)
class Meter:
    """What a run is at: the table it reads or the tally it keeps, and the time since it began."""

    at: datetime
    table: Counted | None = None
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Return how long the run has taken so far."""
        return round(time.monotonic() - self.began, 2)

    @property
    def now(self) -> datetime:
        """Return the instant that the run began with, gone on by its own clock."""
        return self.at + timedelta(seconds=self.seconds)

    def sign(self) -> Sign:
        read, total = (self.table.count, self.table.total) if self.table else (0, 0)
        return Sign(rows_read=read, rows_total=total, claimed_until=self.now + LEASE)


@dataclass(frozen=True, slots=True)
class Seen:
    """How many rows were read, of how many; 0 where that is not known."""

    rows_read: int
    rows_total: int

    @property
    def is_reading(self) -> bool:
        return self.rows_total == 0 or self.rows_read < self.rows_total


def twin() -> ModuleType:
    """Return how this database lets others see what a transaction has not committed."""
    return rows if connection.vendor == "postgresql" else files


@contextmanager
def alive(job: Job, *, at: datetime) -> Iterator[Meter]:
    """Tell every second how far the job is, until the block ends.

    The block holds the transaction whole: the thread may wait for its commit.
    """
    meter, over = Meter(at), threading.Event()
    teller = threading.Thread(target=_tell, args=(job, meter, over), daemon=True)
    teller.start()
    try:
        yield meter
    finally:
        over.set()
        teller.join(PATIENCE)
        twin().forget(job)


def _tell(job: Job, meter: Meter, over: threading.Event) -> None:
    """Send a sign each second; one that is lost costs nothing before the lease ends."""
    try:
        while not over.wait(INTERVAL):
            try:
                twin().tell(job, meter.sign())
            except (DatabaseError, OSError) as problem:
                logger.warning("Job %s could not say how far it is: %r", job.pk, problem)
                connection.close()
    finally:
        connection.close()


def seen(job: Job) -> Seen:
    """Return how far a job was when it was last heard of."""
    sign = twin().last(job)
    return Seen(sign.rows_read, sign.rows_total)


def is_abandoned(job: Job, *, at: datetime) -> bool:
    """Tell whether nobody works on the job, or its worker was not heard of for too long."""
    if job.claimed_until is None:
        return True
    until = twin().last(job).claimed_until or job.claimed_until
    return max(until, job.claimed_until) <= at
