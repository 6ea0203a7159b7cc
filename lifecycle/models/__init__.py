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
from lifecycle.models.plans import MAX_NOTE, ReplacementPlan

__all__ = [
    "MAX_NOTE",
    "Affected",
    "AnnouncedMilestone",
    "Announcement",
    "AnnouncementQuerySet",
    "Attachment",
    "Dates",
    "Holding",
    "ReplacementPlan",
    "Subscription",
    "part_numbers_of",
]
