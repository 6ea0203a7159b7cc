"""Delivery as a task: a hint, or the timetable's look; any number may run."""

from datetime import timedelta

from celery import shared_task

from partners import clock
from webhooks import delivery

LONGEST_RUN = timedelta(seconds=50)


@shared_task(ignore_result=True)
def deliver_due() -> None:
    """Send what is due until nothing is left or the time is up."""
    stop_at = clock.now() + LONGEST_RUN
    while (at := clock.now()) < stop_at and delivery.deliver_next(at=at):
        pass
