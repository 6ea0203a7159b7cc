"""Announcements of what ends when, whom they concern, and who asked for news."""

from lifecycle.models.announcements import (
    Affected,
    AnnouncedMilestone,
    Announcement,
    AnnouncementQuerySet,
    Attachment,
    Dates,
    part_numbers_of,
)
from lifecycle.models.holdings import Holding, Subscription

__all__ = [
    "Affected",
    "AnnouncedMilestone",
    "Announcement",
    "AnnouncementQuerySet",
    "Attachment",
    "Dates",
    "Holding",
    "Subscription",
    "part_numbers_of",
]
