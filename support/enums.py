"""The words of support: families, coverage windows, events, states of a contract."""

from django.db.models import TextChoices


class Family(TextChoices):
    HICARE = "hicare", "HiCare"
    COCARE = "cocare", "CoCare"


class CoverageWindow(TextChoices):
    BUSINESS_HOURS = "9x5", "Business hours"
    AROUND_THE_CLOCK = "24x7", "Around the clock"


class ServiceEvent(TextChoices):
    """What a service level promises a time for."""

    SHIP = "Ship", "Replacement leaves the depot"
    DELIVER = "", "Replacement arrives"
    RETURN_FOR_REPAIR = "Return", "Repaired unit is sent back"


class AmountUnit(TextChoices):
    BUSINESS_DAYS = "BD", "Business days"
    HOURS = "H", "Hours"


class ContractStatus(TextChoices):
    """How a contract or a line of it stands on a day; derived from dates, never stored."""

    FUTURE = "future", "Not started"
    ACTIVE = "active", "Active"
    EXPIRED = "expired", "Ended"
    CANCELLED = "cancelled", "Cancelled"


class Recall(TextChoices):
    """What a holder of contracts is reminded of."""

    START = "start", "Start not chosen"
    END = "end", "Cover ending"


class PaperKind(TextChoices):
    """What a service document says."""

    DESCRIPTION = "description", "Service description"
    GUIDE = "guide", "User guide"
