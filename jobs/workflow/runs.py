"""A run's row from its beginning to its end, whatever becomes of it, and the signs of life."""

from collections.abc import Sequence
from datetime import datetime

from audit.trail import Actor
from jobs import progress
from jobs.enums import JobKind, JobStatus
from jobs.models import Heartbeat, Job
from jobs.problems import Problem
from partners.models import Organization

STOPPED = "The process of this run was stopped. Start the run again: nothing is done twice."
MAX_PROBLEMS = 100
"""How many refusals a job row keeps; the bad-rows file has them all."""


def open_job(
    kind: JobKind,
    *,
    actor: Actor,
    at: datetime,
    organization: Organization | None = None,
    file_name: str = "",
) -> Job:
    """Record that a run has begun, in a transaction of its own."""
    return Job.unscoped.create(
        kind=kind,
        organization=organization,
        actor_label=actor.label[:254],
        file_name=file_name[-200:],
        started_at=at,
        claimed_until=at + progress.LEASE,
    )


def finish_job(
    job: Job,
    status: JobStatus,
    *,
    at: datetime,
    counts: dict[str, int] | None = None,
    problems: Sequence[Problem] = (),
) -> None:
    """Record how a run ended: its counts, and the first hundred of its refusals."""
    job.status, job.finished_at = status, at
    job.counts = counts or {}
    job.problems = [problem._asdict() for problem in problems[:MAX_PROBLEMS]]
    job.save(update_fields=["status", "finished_at", "counts", "problems"])


def bury_dead_runs(*, at: datetime) -> int:
    """Mark runs whose process has died as failed, and return how many there were.

    What such a run had committed stays, and is not done again by the next one.
    """
    count = 0
    for job in Job.unscoped.filter(status=JobStatus.RUNNING).order_by("pk"):
        if not progress.is_abandoned(job, at=at):
            continue
        problem = Problem(None, "", STOPPED)._asdict()
        still = Job.unscoped.filter(pk=job.pk, status=JobStatus.RUNNING)
        count += still.update(status=JobStatus.FAILED, finished_at=at, problems=[problem])
    return count


def heartbeat(part: str, at: datetime) -> None:
    """Record that a part of the house was alive at `at`."""
    Heartbeat.objects.update_or_create(part=part, defaults={"seen_at": at})
