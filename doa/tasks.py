"""The clock's own acts on referrals; each may be lost or doubled, and the next one goes on."""

from celery import shared_task

from doa.workflow import public_referrals, referrals
from partners import clock


@shared_task(ignore_result=True)
def end_referrals() -> None:
    """End what no distributor answered in time, and forget what nobody confirmed."""
    at = clock.now()
    referrals.expire_due(at=at)
    public_referrals.forget_unconfirmed(at=at)
