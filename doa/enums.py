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


class CaseStatus(TextChoices):
    """Where a case stands. Each state but the last two has somebody who acts next."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for your call"
    REGISTERED = "registered", "Registered"
    IN_REVIEW = "in_review", "With TAC"
    INFO_NEEDED = "info_needed", "Waiting for you"
    DECIDED = "decided", "Decided"
    FULFILLING = "fulfilling", "Being replaced"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"

    @property
    def is_open(self) -> bool:
        """Tell whether a case in this state keeps its units from another case."""
        return self not in {self.DRAFT, self.CLOSED, self.CANCELLED}


class FailureKind(TextChoices):
    """When a unit failed, as the applicant is asked."""

    FIRST_BOOT = "first_boot", "At first boot"
    LATER = "later", "Later, after it had run"
    NEVER_ON = "never_on", "Before it was powered on"


class Symptom(TextChoices):
    """What is seen of a failure, to choose from."""

    NO_POWER = "no_power", "Does not power on"
    NO_BOOT = "no_boot", "Powers on but does not boot"
    RESTARTS = "restarts", "Restarts by itself"
    NO_LINK = "no_link", "Ports show no link"
    FAN_OR_POWER = "fan_or_power", "Fan or power module alarm"
    SELF_TEST = "self_test", "Fails its self-test"
    OTHER = "other", "Something else"


class Intake(TextChoices):
    """By which way a case came in."""

    PORTAL = "portal", "Portal"
    PHONE = "phone", "Telephone"
    API = "api", "API"
    REFERRAL = "referral", "Referral"


class ReplacementTrack(TextChoices):
    """How far the replacement of a line is."""

    NONE = "none", "Not ordered"
    ORDERED = "ordered", "Ordered"
    SHIPPED = "shipped", "Shipped"
    DELIVERED = "delivered", "Delivered"


class ReturnTrack(TextChoices):
    """How far the faulty unit is on its way back."""

    NOT_DUE = "not_due", "Not due"
    AWAITED = "awaited", "Awaited"
    IN_TRANSIT = "in_transit", "In transit"
    RECEIVED = "received", "Received"
    INSPECTED = "inspected", "Inspected"
    WAIVED = "waived", "Waived"


class Finding(TextChoices):
    """What the inspection of a returned unit found."""

    FAULT_CONFIRMED = "fault_confirmed", "Fault confirmed"
    NO_FAULT_FOUND = "no_fault_found", "No fault found"
    DAMAGE = "damage", "Damage"


class ClosingCode(TextChoices):
    """How a case ended."""

    REPLACED = "replaced", "Replaced"
    REFUSED = "refused", "Refused"
    PARTLY_REPLACED = "partly_replaced", "Partly replaced"
    RESOLVED_OTHERWISE = "resolved_otherwise", "Resolved otherwise"


class FileKind(TextChoices):
    """What a file of a case shows."""

    LABEL_PHOTO = "label_photo", "Photo of the serial number label"
    LOG = "log", "Console log"
    LED_PHOTO = "led_photo", "Photo of the LEDs"
    OTHER = "other", "Other file"


class ReferralStatus(TextChoices):
    """How far the distributor is with a unit that was referred."""

    UNCONFIRMED = "unconfirmed", "Not confirmed yet"
    OPEN = "open", "With the distributor"
    ADOPTED = "adopted", "Taken up"
    DECLINED = "declined", "Declined"
    EXPIRED = "expired", "Expired"


class ClaimKind(TextChoices):
    """What is claimed that is not dead on arrival (policy section 4)."""

    CARGO = "cargo", "Cargo claim"
    SPARE_PART = "spare_part", "Spare part dead on arrival"

    @property
    def prefix(self) -> str:
        """How the reference of such a claim begins; a spare part has its own RMA."""
        return "CLM" if self is ClaimKind.CARGO else "RMA"


class CargoTrouble(TextChoices):
    """What is wrong with goods as they arrived."""

    DENTED = "dented", "Dented or damaged"
    MISSING = "missing", "Missing from the delivery"
    WRONG = "wrong", "Wrong goods"


class ClaimStatus(TextChoices):
    """Where a claim stands."""

    OPEN = "open", "With Huawei"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"
    SETTLED = "settled", "Settled"


class ClockStep(TextChoices):
    """What a clock tells somebody; a later step of one kind stands for the earlier ones."""

    CALL = "call", "Call awaited"
    ANSWER = "answer", "Answer awaited"
    RESPONSE = "response", "Response clock"
    RESOLUTION = "resolution", "Resolution clock"
    RETURN = "return", "Return due"
    BILLING = "billing", "Billing to be decided"
