"""The words of webhooks: what is told to programs, and how far a delivery is."""

from django.db.models import TextChoices


class Event(TextChoices):
    """What an organization's program may be told of."""

    CASE_SUBMITTED = "case.submitted", "A case is handed in"
    CASE_REGISTERED = "case.registered", "The call of a case is registered"
    CASE_INFO_NEEDED = "case.info_needed", "The TAC needs information"
    CASE_DECIDED = "case.decided", "Lines of a case are decided"
    CASE_SHIPPED = "case.shipped", "A replacement is shipped"
    CASE_RECEIVED = "case.received", "A faulty unit has arrived"
    CASE_CLOSED = "case.closed", "A case is closed"
    CASE_CANCELLED = "case.cancelled", "A case is cancelled"
    REFERRAL_RECEIVED = "referral.received", "A unit is referred to you"
    REFERRAL_ADOPTED = "referral.adopted", "Your referral is taken up"
    REFERRAL_DECLINED = "referral.declined", "Your referral is declined"
    REFERRAL_EXPIRED = "referral.expired", "Your referral has run out"
    REFERRAL_ENDED = "referral.ended", "The case of your referral has ended"
    CLAIM_REPORTED = "claim.reported", "A claim is reported"
    CLAIM_ACCEPTED = "claim.accepted", "A claim is accepted"
    CLAIM_REFUSED = "claim.refused", "A claim is refused"
    CLAIM_SETTLED = "claim.settled", "A claim is settled"
    CLAIM_MESSAGE = "claim.message", "We write to you about a claim"
    PING = "ping", "A test"


class DeliveryStatus(TextChoices):
    QUEUED = "queued", "Waiting"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"
