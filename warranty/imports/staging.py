"""The staging tables of a shipments file, and the choice between the two twins.

`postgresql` loads by COPY and writes events in the statement that makes their
records; `portable` does the same anywhere, with the ORM. The checks, and whatever
both databases say alike, are common.
"""

from collections.abc import Collection, Iterable
from types import ModuleType
from typing import Any

from django.db import connection

from warranty.imports import portable, postgresql
from warranty.imports.rows import Staged

LINES = """
CREATE TEMP TABLE import_line (
    line integer NOT NULL,
    number varchar(40) NOT NULL,
    leg varchar(11) NOT NULL,
    shipped_on date NOT NULL,
    shipped_by_id bigint NOT NULL,
    consignee_id bigint NOT NULL,
    serial varchar(32) NOT NULL,
    part_number_id bigint NOT NULL,
    service boolean NOT NULL,
    end_customer varchar(120) NOT NULL,
    site_country varchar(2) NOT NULL,
    purchase_order varchar(40) NOT NULL
)"""
HEADS = """
CREATE TEMP TABLE import_head AS
SELECT h.*, w.id AS shipment_id, w.id IS NULL AS is_new
FROM (
    SELECT leg, number, min(line) AS line, count(*) AS lines,
        min(shipped_on) AS shipped_on, max(shipped_on) AS last_shipped_on,
        min(shipped_by_id) AS shipped_by_id, max(shipped_by_id) AS last_shipped_by_id,
        min(consignee_id) AS consignee_id, max(consignee_id) AS last_consignee_id
    FROM import_line GROUP BY leg, number
) h
LEFT JOIN warranty_shipment w ON w.shipped_by_id = h.shipped_by_id AND w.number = h.number"""
_AT_ONCE = 10_000
"""How many lines one statement removes."""
TABLES = ("import_line", "import_head", "import_unit", "import_passed_on")


def twin() -> ModuleType:
    """Return how this database loads and records best."""
    return postgresql if connection.vendor == "postgresql" else portable


def load(rows: Iterable[Staged], by: ModuleType) -> None:
    """Stage the rows, and one head for each shipment among them."""
    drop()
    with connection.cursor() as cursor:
        cursor.execute(LINES)
        by.load(cursor, rows)
        _make_heads(cursor, by)


def _make_heads(cursor: Any, by: ModuleType) -> None:
    cursor.execute("DROP TABLE IF EXISTS import_head")
    by.analyse(cursor, "import_line")
    cursor.execute(HEADS)
    by.analyse(cursor, "import_head")


def remove(lines: Collection[int], by: ModuleType) -> None:
    """Take these lines off again, and with them the heads of which nothing is left."""
    ordered = sorted(lines)
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), _AT_ONCE):
            some = ordered[start : start + _AT_ONCE]
            places = ", ".join(["%s"] * len(some))
            cursor.execute(f"DELETE FROM import_line WHERE line IN ({places})", some)  # noqa: S608
        _make_heads(cursor, by)


def drop() -> None:
    """Remove the staging tables, if a run in this transaction has left any."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")


def query(sql: str, params: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return cursor.fetchall()


def execute(sql: str, params: Iterable[Any] = ()) -> int:
    """Run one statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return cursor.rowcount


def summary() -> tuple[int, int, int]:
    """Return how many rows are staged, how many of them onward, and the new shipments."""
    rows = query(
        """
        SELECT coalesce(sum(lines), 0),
            coalesce(sum(CASE WHEN leg = 'distributor' THEN lines ELSE 0 END), 0),
            coalesce(sum(CASE WHEN is_new THEN 1 ELSE 0 END), 0)
        FROM import_head"""
    )
    staged, onward, new = rows[0]
    return int(staged), int(onward), int(new)


def analyse(by: ModuleType, table: str) -> None:
    with connection.cursor() as cursor:
        by.analyse(cursor, table)
