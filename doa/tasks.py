"""The clock's own acts on cases and referrals; a lost or doubled run does no harm."""

from celery import shared_task

from doa.workflow import public_referrals, referrals, reminding
from partners import clock


@shared_task(ignore_result=True)
def end_referrals() -> None:
    """End what no distributor answered in time, and forget what nobody confirmed."""
    at = clock.now()
    referrals.expire_due(at=at)
    public_referrals.forget_unconfirmed(at=at)


@shared_task(ignore_result=True)
def mind_the_clocks() -> None:
    """Recall, warn, cancel and throw away whatever is due."""
    reminding.mind(at=clock.now())
