"""The words of announcements: where a version stands, and what it is to a holder."""

from django.db.models import TextChoices


class AnnouncementStatus(TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    SCHEDULED = "scheduled", "Scheduled"
    PUBLISHED = "published", "Published"
    REVISED = "revised", "Revised"
    WITHDRAWN = "withdrawn", "Withdrawn"

    @property
    def is_open(self) -> bool:
        """Tell whether the version is still on its way to the public."""
        return self in (self.DRAFT, self.IN_REVIEW, self.SCHEDULED)


class HoldingChange(TextChoices):
    """What a version means to one holder, compared with the version before it."""

    NEW = "new", "Affected for the first time"
    CHANGED = "changed", "Something changed"
    RELEASED = "released", "No longer affected"
    SAME = "same", "Nothing changed"

    @property
    def is_news(self) -> bool:
        return self is not HoldingChange.SAME


class MilestonesAfter(TextChoices):
    """What becomes of the milestones when an announcement is withdrawn."""

    KEEP = "keep", "They stay as they stand"
    TAKE_BACK = "take_back", "They go back to what stood before this announcement"
