"""What is covered, from when: shipments, units, reports, warranties, policy versions."""

from warranty.models.disputes import (
    Dispute,
    DisputeQuerySet,
    FormerSerial,
    FormerSerialQuerySet,
)
from warranty.models.nudges import Nudge
from warranty.models.replacements import UnitReplacement
from warranty.models.reports import (
    InstallationReport,
    InstallationReportQuerySet,
    ReportLine,
)
from warranty.models.shipments import (
    Shipment,
    ShipmentQuerySet,
)
from warranty.models.sights import Sight, seen_by
from warranty.models.units import (
    ShipmentLine,
    ShipmentLineQuerySet,
    Unit,
    UnitQuerySet,
)
from warranty.models.versions import (
    PolicyVersion,
    PolicyVersionQuerySet,
)
from warranty.models.warranties import (
    StartNight,
    Warranty,
    WarrantyQuerySet,
)

__all__ = [
    "Dispute",
    "DisputeQuerySet",
    "FormerSerial",
    "FormerSerialQuerySet",
    "InstallationReport",
    "InstallationReportQuerySet",
    "Nudge",
    "PolicyVersion",
    "PolicyVersionQuerySet",
    "ReportLine",
    "Shipment",
    "ShipmentLine",
    "ShipmentLineQuerySet",
    "ShipmentQuerySet",
    "Sight",
    "StartNight",
    "Unit",
    "UnitQuerySet",
    "UnitReplacement",
    "Warranty",
    "WarrantyQuerySet",
    "seen_by",
]
