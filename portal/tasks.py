"""What workers do for the portal's pages: checks of many serial numbers, and exports."""

from celery import shared_task

from partners import clock
from portal.checks import workflow
from portal.export import work


@shared_task(ignore_result=True)
def check_serials(*, job_id: int) -> None:
    """Answer the list of a check; a second run finds it taken or done."""
    workflow.work_on(job_id, at=clock.now())


@shared_task(ignore_result=True)
def forget_checks() -> None:
    """Delete the checks of a month ago; safe to run twice."""
    workflow.forget(at=clock.now())


@shared_task(ignore_result=True)
def export_data(*, job_id: int) -> None:
    """Make an export; a second run finds it taken or done."""
    work.work_on(job_id, at=clock.now())
