"""Finding many units on PostgreSQL: one COPY, one join, one cursor, whatever their number."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from portal.bulk_check.asking import Asked, chunks
from portal.bulk_check.facts import COLUMNS, Found, Sources

BLOCK = 2_000
"""Lines that one COPY message holds."""
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
WITH_SERVICE = COLUMNS.index("installation_service")
"""The column of those units alone of which a signature decides anything."""
PAGE = 5_000
"""Rows that the cursor brings at a time, to be answered together."""


def find(asked: Iterable[Asked], sources: Sources) -> Iterator[list[Found]]:
    """Yield what was found for every asked line, in order, page by page."""
    query, params = _join(sources)
    with transaction.atomic():
        _stage(asked)
        with connection.chunked_cursor() as cursor:
            cursor.execute(query, params)
            yield from _pages(cursor)


def _join(sources: Sources) -> tuple[str, tuple[Any, ...]]:
    """Return the query that brings everything, and its parameters.

    The units asked about are gathered first, by plain joins, and only for them is looked
    for what some have: where few have it that costs next to nothing, and where many do it
    is one join and not a search for each unit.
    """
    wanted = sources.units.filter(serial__in=RawSQL("SELECT serial FROM portal_asked", ()))
    units, of_units = wanted.values_list(*COLUMNS).query.sql_with_params()
    signatures, of_signatures = _of_found(sources.signatures, f"WHERE c{WITH_SERVICE}")
    support, of_support = _of_found(sources.support)
    names = ", ".join(f"c{n}" for n in range(len(COLUMNS)))
    values = ", ".join(f"c{n}" for n in range(2, len(COLUMNS)))
    # Materialized: looked into from outside, the planner would read what concerns
    # a unit for every unit there is, and choose among them afterwards.
    return (
        f"WITH found ({names}) AS MATERIALIZED ({units}),"  # noqa: S608 (compiled by Django)
        f" signature (unit, signed_on) AS ({signatures}), support (unit, words) AS ({support})"
        f" SELECT line, typed, serial, {values}, signed_on, words FROM portal_asked"
        " LEFT JOIN found ON c1 = serial LEFT JOIN signature ON signature.unit = c0"
        " LEFT JOIN support ON support.unit = c0 ORDER BY line, c2",
        (*of_units, *of_signatures, *of_support),
    )


def _of_found(rows: Any, which: str = "") -> tuple[str, tuple[Any, ...]]:
    """Return the query for the first row of each unit that was found, and its parameters.

    `which` keeps some of what was found, so that no other unit is looked for.
    """
    found = RawSQL(f"SELECT c0 FROM found {which}", ())  # noqa: S608, S611 (a column of ours)
    query, params = rows.filter(unit__in=found).distinct("unit").query.sql_with_params()
    return query, params


def _pages(cursor: Any) -> Iterator[list[Found]]:
    """Yield what the cursor brings by pages; what was found for a line stays together."""
    held: list[Found] = []
    while rows := cursor.fetchmany(PAGE):
        page = held + rows
        last = page[-1][0]
        whole = len(page)
        while whole and page[whole - 1][0] == last:
            whole -= 1
        held = page[whole:]
        if whole:
            yield page[:whole]
    if held:
        yield held


def _copied(row: Asked) -> str:
    """Return a line as COPY reads it."""
    line, typed, serial = row
    if not typed.isalnum():
        typed = typed.translate(_ESCAPES)
    return f"{line}\t{typed}\t{serial}\n"


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
        cursor.execute("ANALYZE portal_asked (serial)")
