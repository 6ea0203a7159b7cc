"""The clock's own act: what is due comes out, and whoever waits for its mail is told."""

from celery import shared_task

from lifecycle import workflow
from partners import clock


@shared_task(ignore_result=True)
def publish_due_announcements() -> None:
    """Publish at the hour, and catch up on hours that were missed; safe to run twice at once."""
    workflow.publish_due(at=clock.now())
