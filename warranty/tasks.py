"""The clock's own act: daily after local midnight, and when a worker starts."""

from celery import shared_task

from audit import trail
from partners import clock
from warranty import nights, uploads
from warranty.workflow import nudges


@shared_task(ignore_result=True)
def start_due_warranties() -> None:
    """Start what is due today or has been due for longer; safe to run twice at once."""
    at = clock.now()
    today = clock.business_day(at)
    nights.run_night(as_of=today, today=today, at=at, actor=trail.SYSTEM)


@shared_task(ignore_result=True)
def work_on_upload(*, job_id: int) -> None:
    """Preview or save an uploaded file, whichever is next; a second run finds it taken."""
    uploads.work_on(job_id, at=clock.now())


@shared_task(ignore_result=True)
def send_nudges() -> None:
    """Remind partners of missing reports; safe to run twice at once, or late."""
    at = clock.now()
    nudges.send_nudges(as_of=clock.business_day(at), at=at)
