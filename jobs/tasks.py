"""The sign of life, sent by the scheduler and run by a worker; and what was left lying."""

from celery import shared_task

from jobs import workflow
from partners import clock


@shared_task
def beat() -> None:
    """Record that scheduler and worker are alive; safe to run twice."""
    at = clock.now()
    workflow.heartbeat("beat", at)
    workflow.heartbeat("worker", at)


@shared_task
def drive_jobs() -> None:
    """Go on with uploads whose task or worker was lost, and end runs that have died."""
    at = clock.now()
    workflow.bury_dead_runs(at=at)
    for job in workflow.waiting_for_a_worker(at=at):
        workflow.hint(job)
