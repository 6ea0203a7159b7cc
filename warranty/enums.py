"""The words of warranty: legs, rules and states."""

from django.db.models import TextChoices


class Leg(TextChoices):
    """Who made a shipment. Warranty counts from Huawei's leg alone."""

    HUAWEI = "huawei", "By Huawei"
    DISTRIBUTOR = "distributor", "By a distributor"


class ReportStatus(TextChoices):
    """Where an installation report stands. Only an accepted one counts."""

    SUBMITTED = "submitted", "Submitted"
    ACCEPTED = "accepted", "Accepted"
    SENT_BACK = "sent_back", "Sent back"
    WITHDRAWN = "withdrawn", "Withdrawn"


class EffectKind(TextChoices):
    """What a report does to the start of one unit's warranty (policy section 2)."""

    STARTS = "starts", "Warranty starts"
    MOVES = "moves", "Warranty start moves back"
    LATE = "late", "Signed after day 90"
    SAME_DAY = "same_day", "Signed on day 90"
    EARLIER = "earlier", "Covered by an earlier signature"
    NOT_PURCHASED = "not_purchased", "Installation service not purchased"
    VOID = "void", "Warranty is void"


class DisputeSubject(TextChoices):
    """Which fact about a unit a partner says is wrong."""

    HUAWEI_SHIPMENT = "huawei_shipment", "Date of Huawei's shipment"
    DISTRIBUTOR_SHIPMENT = "distributor_shipment", "Date of the distributor's shipment"
    INSTALLATION_SERVICE = "installation_service", "Installation service"
    REPORT = "report", "Signature of the installation report"
    SERIAL = "serial", "Serial number"
    PART_NUMBER = "part_number", "Part number"

    @property
    def is_day(self) -> bool:
        """Tell whether the fact is a day; the others are a yes or no, or a text."""
        return self in (self.HUAWEI_SHIPMENT, self.DISTRIBUTOR_SHIPMENT, self.REPORT)


class DisputeStatus(TextChoices):
    """Where a dispute stands. Accepting one corrects the record."""

    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    ANSWERED = "answered", "Answered"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ReplacementKind(TextChoices):
    """Under which remedy a unit took the place of another (policy sections 5 and 6)."""

    DOA_REPLACEMENT = "doa_replacement", "DOA replacement"
    WARRANTY_EXCHANGE = "warranty_exchange", "Warranty exchange"
    SUPPORT_REPLACEMENT = "support_replacement", "Support replacement"

    @property
    def inherits_term(self) -> bool:
        """Tell whether the new unit goes on with the term of the old one."""
        return self != self.DOA_REPLACEMENT


class WarrantyRule(TextChoices):
    """The clause that dated a warranty start (policy section 2)."""

    W1 = "W1", "W1: installation service not purchased"
    W2 = "W2", "W2: report signed in time"
    W3 = "W3", "W3: no report signed in time"


class WarrantyStatus(TextChoices):
    """The state of a warranty on a day."""

    PENDING = "pending", "Not started"
    ACTIVE = "active", "Active"
    EXPIRED = "expired", "Expired"
    VOID = "void", "Void"


class CoverStatus(TextChoices):
    """The answer to a check of one serial number."""

    COVERED = "covered", "Covered"
    NOT_STARTED = "not_started", "Not started"
    NOT_COVERED = "not_covered", "Not covered"
    UNKNOWN = "unknown", "Unknown serial number"
    INVALID = "invalid", "Not a serial number"
