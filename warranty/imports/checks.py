"""What only the whole file, or the database, can tell about its rows."""

from collections.abc import Callable, Iterator
from typing import Any

from jobs.imports import MAX_KEPT, Refusals
from partners.models import Organization
from warranty.imports.staging import query

Found = tuple[Any, ...]
Said = tuple[str, str]

TWICE_BY_HUAWEI = """
SELECT l.line, f.line FROM import_line l
JOIN (
    SELECT serial, part_number_id, min(line) AS line FROM import_line
    WHERE leg = 'huawei' GROUP BY serial, part_number_id HAVING count(*) > 1
) f ON f.serial = l.serial AND f.part_number_id = l.part_number_id
WHERE l.leg = 'huawei' AND l.line > f.line ORDER BY l.line LIMIT %s"""

TWICE_ONWARD = """
SELECT l.line, f.line FROM import_line l
JOIN (
    SELECT serial, part_number_id, number, min(line) AS line FROM import_line
    WHERE leg = 'distributor' GROUP BY serial, part_number_id, number HAVING count(*) > 1
) f ON f.serial = l.serial AND f.part_number_id = l.part_number_id AND f.number = l.number
WHERE l.leg = 'distributor' AND l.line > f.line ORDER BY l.line LIMIT %s"""

CONTRADICTING = """
SELECT l.line, f.line, l.number, l.shipped_on <> f.shipped_on, l.shipped_by_id <> f.shipped_by_id
FROM import_head h
JOIN import_line f ON f.line = h.line
JOIN import_line l ON l.leg = h.leg AND l.number = h.number
WHERE (h.shipped_on <> h.last_shipped_on OR h.shipped_by_id <> h.last_shipped_by_id
        OR h.consignee_id <> h.last_consignee_id)
    AND (l.shipped_on <> f.shipped_on OR l.shipped_by_id <> f.shipped_by_id
        OR l.consignee_id <> f.consignee_id)
ORDER BY l.line LIMIT %s"""

SHIPMENT_KNOWN_OTHERWISE = """
SELECT l.line, l.number, w.leg <> l.leg, w.shipped_on <> l.shipped_on, w.shipped_on, c.code
FROM import_head h
JOIN warranty_shipment w ON w.id = h.shipment_id
JOIN partners_organization c ON c.id = w.consignee_id
JOIN import_line l ON l.leg = h.leg AND l.number = h.number
WHERE w.leg <> l.leg OR w.shipped_on <> l.shipped_on OR w.consignee_id <> l.consignee_id
ORDER BY l.line LIMIT %s"""

UNIT_SHIPPED_OTHERWISE = """
SELECT l.line, l.serial, w.number, w.shipped_on
FROM import_line l
JOIN warranty_unit u ON u.serial = l.serial AND u.part_number_id = l.part_number_id
JOIN warranty_shipment w ON w.id = u.huawei_shipment_id
WHERE l.leg = 'huawei' AND (w.number <> l.number OR w.shipped_by_id <> l.shipped_by_id)
ORDER BY l.line LIMIT %s"""

FORMER_SERIAL = """
SELECT l.line, l.serial, u.serial
FROM import_line l
JOIN warranty_formerserial f ON f.serial = l.serial
JOIN warranty_unit u ON u.id = f.unit_id AND u.part_number_id = l.part_number_id
JOIN warranty_shipment w ON w.id = u.huawei_shipment_id
WHERE l.leg = 'huawei' AND w.number = l.number AND w.shipped_by_id = l.shipped_by_id
    AND NOT EXISTS (SELECT 1 FROM warranty_unit o
        WHERE o.serial = l.serial AND o.part_number_id = l.part_number_id)
ORDER BY l.line LIMIT %s"""
"""The old paper again, after a serial number on it was corrected."""

SERVICE_TAKEN_BACK = """
SELECT l.line, l.serial
FROM import_line l
JOIN warranty_unit u ON u.serial = l.serial AND u.part_number_id = l.part_number_id
WHERE l.leg = 'huawei' AND NOT l.service AND u.installation_service
    AND (l.serial, l.part_number_id) NOT IN (
        SELECT serial, part_number_id FROM import_line WHERE leg = 'distributor' AND service)
ORDER BY l.line LIMIT %s"""

ONWARD_WITHOUT_UNIT = """
SELECT l.line, l.serial
FROM import_line l
LEFT JOIN warranty_unit u ON u.serial = l.serial AND u.part_number_id = l.part_number_id
LEFT JOIN warranty_shipment w ON w.id = u.huawei_shipment_id
LEFT JOIN import_line f ON f.leg = 'huawei' AND f.serial = l.serial
    AND f.part_number_id = l.part_number_id
WHERE l.leg = 'distributor' AND f.line IS NULL AND (u.id IS NULL OR NOT {is_in_scope})
ORDER BY l.line LIMIT %s"""

ONWARD_TOO_EARLY = """
SELECT l.line, l.serial, coalesce(w.shipped_on, f.shipped_on)
FROM import_line l
LEFT JOIN warranty_unit u ON u.serial = l.serial AND u.part_number_id = l.part_number_id
LEFT JOIN warranty_shipment w ON w.id = u.huawei_shipment_id
LEFT JOIN import_line f ON f.leg = 'huawei' AND f.serial = l.serial
    AND f.part_number_id = l.part_number_id
WHERE l.leg = 'distributor' AND l.shipped_on < coalesce(w.shipped_on, f.shipped_on)
    AND (f.line IS NOT NULL OR {is_in_scope})
ORDER BY l.line LIMIT %s"""

IN_SCOPE = """EXISTS (
    SELECT 1 FROM warranty_sight g WHERE g.organization_id = %s AND g.unit_id = u.id)"""


def check_staged(refuse: Refusals, *, onward: int, own: Organization | None) -> None:
    """Refuse what contradicts itself, or what the database knows otherwise."""
    _ask(refuse, CONTRADICTING, _contradicting)
    _ask(refuse, SHIPMENT_KNOWN_OTHERWISE, _known_otherwise)
    _ask(refuse, TWICE_BY_HUAWEI, _twice)
    _ask(refuse, UNIT_SHIPPED_OTHERWISE, _shipped_otherwise)
    _ask(refuse, FORMER_SERIAL, _former_serial)
    _ask(refuse, SERVICE_TAKEN_BACK, _service_taken_back)
    if onward:
        scope = IN_SCOPE if own else "TRUE"
        params = [own.pk] if own else []
        _ask(refuse, TWICE_ONWARD, _twice)
        _ask(refuse, ONWARD_WITHOUT_UNIT.format(is_in_scope=scope), _without_unit, params)
        _ask(refuse, ONWARD_TOO_EARLY.format(is_in_scope=scope), _too_early, params)


def _ask(
    refuse: Refusals, sql: str, said: Callable[..., Said], params: list[int] | None = None
) -> None:
    rows: Iterator[Found] = iter(query(sql, [*(params or []), MAX_KEPT]))
    for line, *values in rows:
        refuse(line, *said(*values))


def _twice(first: int) -> Said:
    return "serial_number", f"The unit is on line {first} already. Keep one of both lines."


def _contradicting(first: int, number: str, other_day: bool, other_shipper: bool) -> Said:
    column = "shipped_on" if other_day else "shipped_by" if other_shipper else "consignee"
    return column, f"{number} has another {column} on line {first}. A shipment has one: decide."


def _known_otherwise(
    number: str, other_leg: bool, other_day: bool, day: object, consignee: str
) -> Said:
    if other_leg:
        return "leg", f"{number} is recorded with the other leg. Correct the number or the leg."
    if other_day:
        return "shipped_on", (
            f"{number} is recorded as shipped on {day}. "
            "Correct the shipment date with a reason, or the file."
        )
    return "consignee", f"{number} is recorded as shipped to {consignee}. Correct the file."


def _shipped_otherwise(serial: str, number: str, day: object) -> Said:
    return "serial_number", (
        f"{serial} was shipped by Huawei in {number} on {day}. "
        "A unit is shipped by Huawei once: correct that shipment instead."
    )


def _former_serial(serial: str, corrected: str) -> Said:
    return "serial_number", (
        f"{serial} was corrected to {corrected} in this shipment. Write the corrected number."
    )


def _service_taken_back(serial: str) -> Said:
    return "installation_service", (
        f"{serial} is recorded with installation service. "
        "Correct the unit with a reason, or write yes."
    )


def _without_unit(serial: str) -> Said:
    return "serial_number", (
        f"{serial} with this part number has no shipment by Huawei here. "
        "Check both numbers. If they are right, Huawei's own shipment has to be recorded first."
    )


def _too_early(serial: str, day: object) -> Said:
    return "shipped_on", (
        f"Huawei shipped {serial} on {day}. A distributor ships it on that day or later."
    )
