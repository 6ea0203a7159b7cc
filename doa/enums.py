"""The words of dead on arrival: rules, remedies and flags."""

from django.db.models import TextChoices


class DoaRule(TextChoices):
    """The clause under which a unit is dead on arrival (policy section 4)."""

    D1 = "D1", "D1: failed at first boot"
    D2 = "D2", "D2: failed within 48 hours of first power-on"
    D3 = "D3", "D3: failed before the PAC in a delivery project"


class Remedy(TextChoices):
    """What is offered for a failed unit, in the order of policy section 5."""

    DOA_REPLACEMENT = "doa_replacement", "DOA replacement"
    WARRANTY_EXCHANGE = "warranty_exchange", "Warranty exchange"
    SUPPORT_REPLACEMENT = "support_replacement", "Support replacement"
    NONE = "none", "None"


class DoaFlag(TextChoices):
    """What a person must look at before a verdict is relied on."""

    CONFIRM_TIMES = "confirm_times", "Times to be confirmed"
    CONFIRM_POWER_ON = "confirm_power_on", "Power-on to be confirmed"
    SAME_DAY_AS_PAC = "same_day_as_pac", "PAC and failure on the same day"
    PAC_IGNORED = "pac_ignored", "PAC ignored"
    LATE = "late", "Long after shipment"
    CARGO_CLAIM = "cargo_claim", "Cargo claim"
    SPARE_PART = "spare_part", "Spare part"
