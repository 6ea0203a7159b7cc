"""The sweeping of sessions, by the timetable."""

from celery import shared_task

from accounts import workflow
from partners import clock


@shared_task
def forget_ended_sessions() -> None:
    """Delete sessions that have ended by the clock; safe to run twice."""
    workflow.forget_ended_sessions(at=clock.now())
