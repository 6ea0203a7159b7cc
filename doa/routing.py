"""To whom a failed unit leads: which unit is meant, and which distributor answers for it."""

from partners.enums import OrganizationKind
from partners.models import Organization
from warranty.models import ShipmentLine, Unit


def unit_meant(serial: str, part_number: str) -> Unit | None:
    """Return the unit that somebody names, in stock or not; none where it may be either of two."""
    units = Unit.unscoped.with_serial(serial)
    if part_number:
        units = units.filter(part_number__number=part_number)
    found = list(units.for_answer().with_first_signature()[:2])
    return found[0] if len(found) == 1 else None


def distributor_of(unit: Unit) -> Organization | None:
    """Return the distributor of the latest shipment of a unit that has one at an end.

    Source: policy section 4, D4.
    """
    lines = ShipmentLine.unscoped.filter(unit=unit).select_related(
        "shipment__shipped_by", "shipment__consignee"
    )
    onward = [line.shipment for line in lines.order_by("-shipment__shipped_on", "-pk")]
    for shipment in (*onward, unit.huawei_shipment):
        for end in (shipment.shipped_by, shipment.consignee):
            if end.kind == OrganizationKind.DISTRIBUTOR:
                return end
    return None
