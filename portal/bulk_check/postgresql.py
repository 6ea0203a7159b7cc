"""Finding many units on PostgreSQL: one COPY, one join, one cursor, whatever their number."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from portal.bulk_check.asking import Asked, chunks
from portal.bulk_check.facts import COLUMNS, Found

BLOCK = 2_000
"""Lines that one COPY message holds."""
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
FETCHED = 10_000
"""Rows that the cursor brings at a time."""


def find(asked: Iterable[Asked], units: Any) -> Iterator[Found]:
    """Yield every asked line in order, with those of `units` that have its serial number."""
    # Named here too, so that no other unit's signature is ever looked for.
    wanted = units.filter(serial__in=RawSQL("SELECT serial FROM portal_asked", ()))
    inner, params = wanted.values_list(*COLUMNS).query.sql_with_params()
    names = ", ".join(f"c{n}" for n in range(len(COLUMNS)))
    with transaction.atomic():
        _stage(asked)
        with connection.chunked_cursor() as cursor:
            # Materialized: looked into from outside, the planner would read what concerns
            # a unit for every unit there is, and choose among them afterwards.
            cursor.execute(
                f"WITH found ({names}) AS MATERIALIZED ({inner})"  # noqa: S608 (compiled by Django)
                " SELECT a.line, a.typed, a.serial, found.*"
                " FROM portal_asked a LEFT JOIN found ON found.c0 = a.serial"
                " ORDER BY a.line, found.c1",
                params,
            )
            yield from _by_line(cursor)


def _by_line(cursor: Any) -> Iterator[Found]:
    """Yield one after another what the cursor brings in the order of the lines."""
    last: Found | None = None
    while rows := cursor.fetchmany(FETCHED):
        for row in rows:
            if last is None or last[0].line != row[0]:
                if last is not None:
                    yield last
                last = Asked(*row[:3]), []
            if row[3] is not None:
                last[1].append(row[4:])
    if last is not None:
        yield last


def _copied(row: Asked) -> str:
    """Return a line as COPY reads it."""
    typed = row.typed if row.typed.isalnum() else row.typed.translate(_ESCAPES)
    return f"{row.line}\t{typed}\t{row.serial}\n"


def _stage(asked: Iterable[Asked]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.portal_asked")
        cursor.execute(
            'CREATE TEMP TABLE portal_asked (line bigint, typed text, serial text COLLATE "C")'
            " ON COMMIT DROP"
        )
        with cursor.copy("COPY portal_asked FROM STDIN") as copy:
            for block in chunks(asked, BLOCK):
                copy.write("".join(map(_copied, block)))
        cursor.execute("ANALYZE portal_asked")
