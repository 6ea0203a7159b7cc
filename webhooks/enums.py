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
    PING = "ping", "A test"


class DeliveryStatus(TextChoices):
    QUEUED = "queued", "Waiting"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"
