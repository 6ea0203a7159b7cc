"""The sign of life: sent by the scheduler, run by a worker, it proves both."""

from celery import shared_task

from jobs import workflow
from partners import clock


@shared_task
def beat() -> None:
    """Record that scheduler and worker are alive; safe to run twice."""
    at = clock.now()
    workflow.heartbeat("beat", at)
    workflow.heartbeat("worker", at)
