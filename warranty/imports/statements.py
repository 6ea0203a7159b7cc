"""What both twins say alike: from the staging tables into the lasting ones."""

from dataclasses import dataclass
from datetime import datetime

from audit.trail import Actor


@dataclass(frozen=True, slots=True)
class Stamp:
    """In whose name and when a file is imported."""

    actor: Actor
    at: datetime


ADD_SHIPMENTS = """
INSERT INTO warranty_shipment (number, leg, shipped_on, shipped_by_id, consignee_id, pending)
SELECT number, leg, shipped_on, shipped_by_id, consignee_id, leg = 'huawei'
FROM import_head WHERE is_new ORDER BY line"""

FIND_SHIPMENTS = """
UPDATE import_head SET shipment_id = w.id FROM warranty_shipment w
WHERE is_new AND w.shipped_by_id = import_head.shipped_by_id AND w.number = import_head.number"""

WAIT_AGAIN = """
UPDATE warranty_shipment SET pending = TRUE
WHERE id IN (
    SELECT h.shipment_id FROM import_head h
    JOIN import_line l ON l.leg = h.leg AND l.number = h.number
    LEFT JOIN warranty_unit u ON u.serial = l.serial AND u.part_number_id = l.part_number_id
    WHERE h.leg = 'huawei' AND NOT h.is_new AND u.id IS NULL
)"""
"""A shipment that gets further units has starts to come, whatever became of the others.

Also where it is pending already: writing the row makes a night that is about to take the
shipment off its list wait for these units.
"""

ADD_UNITS = """
INSERT INTO warranty_unit (serial, part_number_id, huawei_shipment_id, consignee_id,
    installation_service, end_customer, site_country, purchase_order)
SELECT l.serial, l.part_number_id, h.shipment_id, l.consignee_id,
    l.service, l.end_customer, l.site_country, l.purchase_order
FROM import_line l
JOIN import_head h ON h.leg = l.leg AND h.number = l.number
WHERE l.leg = 'huawei' AND NOT EXISTS (
    SELECT 1 FROM warranty_unit u
    WHERE u.serial = l.serial AND u.part_number_id = l.part_number_id)"""

FIND_PASSED_ON = """
CREATE TEMP TABLE import_passed_on AS
SELECT u.id AS unit_id, u.serial, h.shipment_id
FROM import_line l
JOIN import_head h ON h.leg = l.leg AND h.number = l.number
JOIN warranty_unit u ON u.serial = l.serial AND u.part_number_id = l.part_number_id
WHERE l.leg = 'distributor' AND NOT EXISTS (
    SELECT 1 FROM warranty_shipmentline p
    WHERE p.unit_id = u.id AND p.shipment_id = h.shipment_id)"""

ADD_PASSED_ON = """
INSERT INTO warranty_shipmentline (unit_id, shipment_id)
SELECT unit_id, shipment_id FROM import_passed_on"""

HAND_OVER = """
UPDATE warranty_unit SET distributor_shipment_id = latest.shipment_id,
    consignee_id = latest.consignee_id
FROM (
    SELECT p.unit_id, w.id AS shipment_id, w.consignee_id, row_number() OVER (
        PARTITION BY p.unit_id ORDER BY w.shipped_on DESC, w.id DESC) AS place
    FROM warranty_shipmentline p
    JOIN warranty_shipment w ON w.id = p.shipment_id
    WHERE p.unit_id IN (SELECT unit_id FROM import_passed_on)
) latest
WHERE latest.unit_id = warranty_unit.id AND latest.place = 1
    AND (warranty_unit.distributor_shipment_id IS NULL
        OR warranty_unit.distributor_shipment_id <> latest.shipment_id)"""
"""The latest shipment by date, then by number of entry, says who holds a unit."""

SHIPPED, PASSED_ON, RECORDED = "unit.shipped", "unit.passed_on", "shipment.recorded"
