"""Checks of many serial numbers: answering them, and forgetting them by the timetable."""

from celery import shared_task

from partners import clock
from portal.checks import workflow


@shared_task(ignore_result=True)
def check_serials(*, job_id: int) -> None:
    """Answer the list of a check; a second run finds it taken or done."""
    workflow.work_on(job_id, at=clock.now())


@shared_task(ignore_result=True)
def forget_checks() -> None:
    """Delete the checks of a month ago; safe to run twice."""
    workflow.forget(at=clock.now())
