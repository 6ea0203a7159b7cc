"""The words of a product's life: its milestones, how exactly each is known, where it stands."""

from django.db.models import TextChoices


class MilestoneKind(TextChoices):
    """In the order in which they come. EOS is always spelt out: elsewhere it means end of sale."""

    GA = "ga", "General availability"
    EOM = "eom", "End of marketing"
    EOFS = "eofs", "End of full support"
    EOS = "eos", "End of service and support"


class Precision(TextChoices):
    """How exactly a milestone is known."""

    DAY = "day", "Day"
    MONTH = "month", "Month"
    TO_BE_ANNOUNCED = "to_be_announced", "To be announced"
    NOT_ANNOUNCED = "not_announced", "Not announced"


class LifecycleStatus(TextChoices):
    """Where a product stands on a day."""

    NOT_ANNOUNCED = "not_announced", "Not announced"
    NOT_YET_AVAILABLE = "not_yet_available", "Not yet available"
    AVAILABLE = "available", "Available"
    END_ANNOUNCED = "end_announced", "End announced"
    END_OF_MARKETING = "end_of_marketing", "Past end of marketing"
    END_OF_FULL_SUPPORT = "end_of_full_support", "Past end of full support"
    END_OF_SERVICE_AND_SUPPORT = (
        "end_of_service_and_support",
        "Past end of service and support",
    )
