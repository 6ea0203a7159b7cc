"""Mail at the desk: what was sent, what waits, what failed."""

from datetime import datetime
from typing import Any

from django.contrib import admin

from notifications import outbox
from notifications.enums import MessageStatus
from notifications.models import Message
from partners.desk import ConfirmForm, DeskAdmin, Operation
from partners.models import User


def _retry(message: Message, values: dict[str, Any], user: User, at: datetime) -> str:
    outbox.retry(message, at=at)
    return f"Waiting to be sent to {message.recipient} again."


@admin.register(Message)
class MessageAdmin(DeskAdmin):
    list_display = ["queued_at", "template", "recipient", "organization", "status", "attempts"]
    list_filter = ["status", "template"]
    list_select_related = ["organization"]
    search_fields = ["recipient__startswith", "organization__code"]
    ordering = ["-pk"]
    operations = (
        Operation(
            name="retry",
            label="Try again",
            explanation="Queues the message again, for the same address.",
            form_class=ConfirmForm,
            perform=_retry,
            is_offered=lambda message, user: message.status == MessageStatus.FAILED,
        ),
    )
