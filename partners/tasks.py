"""Work outside of requests: forgetting replies that nobody may ask for again."""

from celery import shared_task

from partners import clock, workflow


@shared_task
def forget_expired_replies() -> int:
    """Delete the replies of keys whose time is over; return how many went."""
    return workflow.forget_replies(at=clock.now())
