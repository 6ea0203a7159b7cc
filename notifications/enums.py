"""The states of a message."""

from django.db.models import TextChoices


class MessageStatus(TextChoices):
    HELD = "held", "Held until its list is complete"
    QUEUED = "queued", "Waiting to be sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    BOUNCED = "bounced", "Came back"
    SKIPPED = "skipped", "Not sent, with a reason"
