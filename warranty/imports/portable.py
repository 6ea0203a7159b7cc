"""Loading and recording on any database: the same steps, with events from the trail."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connection

from audit import trail
from audit.models import Event
from warranty.imports import statements
from warranty.imports.rows import Staged
from warranty.imports.statements import Stamp
from warranty.models import Shipment, Unit

_LOAD = "INSERT INTO import_line VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"

_FIND_NEW_UNITS = """
CREATE TEMP TABLE import_new AS
SELECT l.serial, l.part_number_id FROM import_line l
LEFT JOIN warranty_unit u ON u.serial = l.serial AND u.part_number_id = l.part_number_id
WHERE l.leg = 'huawei' AND u.id IS NULL"""

_TOLD = """
h.number, h.shipped_on, s.code, c.code
FROM import_head h
JOIN partners_organization s ON s.id = h.shipped_by_id
JOIN partners_organization c ON c.id = h.consignee_id"""

_NEW_UNITS = f"""SELECT u.id, u.serial, {_TOLD}
JOIN warranty_unit u ON u.huawei_shipment_id = h.shipment_id
JOIN import_new n ON n.serial = u.serial AND n.part_number_id = u.part_number_id
WHERE h.leg = 'huawei' ORDER BY u.id"""
_NEW_SHIPMENTS = f"SELECT h.shipment_id, h.number, {_TOLD} WHERE h.is_new ORDER BY h.line"
_PASSED_ON = f"""SELECT p.unit_id, p.serial, {_TOLD}
JOIN import_passed_on p ON p.shipment_id = h.shipment_id
WHERE h.leg = 'distributor' ORDER BY p.unit_id, h.line"""


def lock() -> None:
    """Nothing to wait for: the embedded database has one writer at a time."""


def load(cursor: Any, rows: Iterable[Staged]) -> None:
    cursor.executemany(_LOAD, rows)


def analyse(cursor: Any, table: str) -> None:
    cursor.execute(f"ANALYZE {table}")


def add_units(stamp: Stamp) -> int:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS import_new")
        cursor.execute(_FIND_NEW_UNITS)
        cursor.execute(statements.ADD_UNITS)
        told = _tell(statements.SHIPPED, Unit, _NEW_UNITS, stamp)
        cursor.execute("DROP TABLE import_new")
    return told


def tell_shipments(stamp: Stamp) -> None:
    _tell(statements.RECORDED, Shipment, _NEW_SHIPMENTS, stamp)


def tell_passed_on(stamp: Stamp) -> None:
    _tell(statements.PASSED_ON, Unit, _PASSED_ON, stamp)


def _tell(name: str, model: type[Unit] | type[Shipment], sql: str, stamp: Stamp) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall()
    trail.record_all(_events(name, model, rows, stamp))
    return len(rows)


def _events(
    name: str, model: type[Unit] | type[Shipment], rows: list[tuple[Any, ...]], stamp: Stamp
) -> Iterator[Event]:
    field = "serial" if model is Unit else "number"
    for pk, label, number, shipped_on, shipped_by, consignee in rows:
        day = shipped_on.isoformat() if isinstance(shipped_on, date) else shipped_on
        detail = {"shipment": number, "shipped_on": day}
        detail |= {"shipped_by": shipped_by, "consignee": consignee}
        record = model(pk=pk, **{field: label})
        yield trail.event(name, record, actor=stamp.actor, at=stamp.at, detail=detail)
