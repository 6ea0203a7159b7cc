"""The sweeping, by the timetable."""

from celery import shared_task

from documents import workflow
from partners import clock


@shared_task
def sweep_documents() -> None:
    """Delete what nothing rests on; safe to run twice."""
    workflow.sweep(at=clock.now())
