"""Contracts keep in step with the shipments from which they count; holders are reminded."""

from celery import shared_task

from partners import clock
from support import orders, workflow
from support.enums import Recall


@shared_task(ignore_result=True)
def follow_shipments() -> None:
    """Move what counts from an outdated day of shipment; a lost run is made up by the next."""
    workflow.follow_shipments(at=clock.now())


@shared_task(ignore_result=True)
def send_recalls() -> None:
    """Remind holders of starts to choose and of ends; safe to run twice at once, or late."""
    at = clock.now()
    for about in Recall:
        workflow.send_recalls(about, as_of=clock.business_day(at), at=at)


@shared_task(ignore_result=True)
def register_contract(*, job_id: int) -> None:
    """Register a large contract; a second run finds it taken or done."""
    orders.work_on(job_id, at=clock.now())
