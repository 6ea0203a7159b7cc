"""Delivery as a task: a hint that mail waits, or the timetable's look every half minute."""

from datetime import timedelta

from celery import shared_task

from notifications import delivery
from partners import clock

LONGEST_RUN = timedelta(seconds=50)


@shared_task(ignore_result=True)
def deliver_due_messages() -> None:
    """Send what is due until nothing is left or the time is up; any number may run."""
    stop_at = clock.now() + LONGEST_RUN
    while (at := clock.now()) < stop_at and delivery.deliver_next(at=at):
        pass
