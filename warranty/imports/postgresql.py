"""Loading and recording on PostgreSQL: COPY in, events in the statement of their record."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db import connection

from warranty.imports import statements
from warranty.imports.rows import Staged
from warranty.imports.statements import Stamp

_ONE_AT_A_TIME = 7_290_090
"""The advisory lock of shipment imports: two at once would add the same shipment twice."""
_BLOCK = 1000
"""How many rows are sent to the server together."""

_TOLD = """told AS MATERIALIZED (
    SELECT h.shipment_id, h.number, jsonb_build_object(
        'shipment', h.number, 'shipped_on', h.shipped_on,
        'shipped_by', s.code, 'consignee', c.code) AS detail
    FROM import_head h
    JOIN partners_organization s ON s.id = h.shipped_by_id
    JOIN partners_organization c ON c.id = h.consignee_id
    WHERE {heads}
)"""

_EVENTS = """INSERT INTO audit_event (name, at, actor_kind, actor_id, actor_label,
    organization_id, record_type, record_id, record_label, detail)
SELECT %s, %s, %s, %s, %s, %s, %s, """

_ADD_UNITS = f"""
WITH {_TOLD.format(heads="h.leg = 'huawei'")},
made AS ({statements.ADD_UNITS} RETURNING id, serial, huawei_shipment_id)
{_EVENTS} made.id, made.serial, told.detail
FROM made JOIN told ON told.shipment_id = made.huawei_shipment_id"""

_TELL_SHIPMENTS = f"""
WITH {_TOLD.format(heads="h.is_new")}
{_EVENTS} told.shipment_id, told.number, told.detail FROM told"""

_TELL_PASSED_ON = f"""
WITH {_TOLD.format(heads="h.leg = 'distributor'")}
{_EVENTS} p.unit_id, p.serial, told.detail
FROM import_passed_on p JOIN told ON told.shipment_id = p.shipment_id"""


def lock() -> None:
    """Wait until no other import of shipments runs; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])


def load(cursor: Any, rows: Iterable[Staged]) -> None:
    """COPY the rows, rendered a block at a time: three times as fast as one by one."""
    rendered = map(_line, rows)
    with cursor.copy("COPY import_line FROM STDIN") as copy:
        while block := "".join(islice(rendered, _BLOCK)):
            copy.write(block)


def _line(row: Staged) -> str:
    """Return a row as COPY reads it; no cell holds a tab or a line break (`jobs.tabular`)."""
    text = "\t".join(map(str, row))
    return (text.replace("\\", "\\\\") if "\\" in text else text) + "\n"


def analyse(cursor: Any, table: str) -> None:
    """Tell the planner what came; without it the next joins, and COMMIT, may never end."""
    cursor.execute(f"ANALYZE {table}")


def add_units(stamp: Stamp) -> int:
    return _run(_ADD_UNITS, statements.SHIPPED, "warranty.unit", stamp)


def tell_shipments(stamp: Stamp) -> None:
    _run(_TELL_SHIPMENTS, statements.RECORDED, "warranty.shipment", stamp)


def tell_passed_on(stamp: Stamp) -> None:
    _run(_TELL_PASSED_ON, statements.PASSED_ON, "warranty.unit", stamp)


def _run(sql: str, name: str, record_type: str, stamp: Stamp) -> int:
    actor = stamp.actor
    values: list[Any] = [name, stamp.at, actor.kind, actor.id, actor.label[:254]]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, actor.organization_id, record_type])
        return cursor.rowcount
