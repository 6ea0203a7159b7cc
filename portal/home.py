"""What the first page after sign-in shows: what needs you, and what is coming."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import DatabaseError, connection, transaction

from doa.models import Case
from doa.rows import rows_of
from doa.workflow import may_apply
from partners.models import Organization
from portal import coverage_counts
from portal.day90 import DAYS_AHEAD, approaches, next_day, shipments_ahead, starting_by_day
from portal.needs import SOON, Asker, Kind, Need, kinds

logger = logging.getLogger(__name__)

LISTED = 8
"""How many shipments the list of those without a report shows, the nearest first."""
NEWEST = 5
"""How many of the latest starts, and of the open cases, are shown."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the page; a part that the database did not answer is lost alone."""

    value: Any = None
    is_lost: bool = False


def overview(asker: Asker) -> dict[str, Any]:
    """Return the parts of the page, each loaded by itself."""
    organization, today = asker.organization, asker.today
    needs, some_are_lost = _needs(asker)
    parts: dict[str, Callable[[], Any]] = {
        "approaching": lambda: _approaching(organization, today),
        "starting": lambda: starting_by_day(organization, today=today, days=SOON),
        "started": lambda: coverage_counts.last_started(organization, NEWEST),
    }
    if may_apply(organization):
        parts["cases"] = lambda: _open_cases(organization)
    if not organization.is_huawei:  # whose units are too many to count on each visit
        parts["coverage"] = lambda: _coverage(organization, today, asker.at)
    if not needs:
        parts["next_day"] = lambda: next_day(organization, today=today)
    loaded = {name: _part(load) for name, load in parts.items()}
    return {"needs": needs, "some_are_lost": some_are_lost, "today": today, **loaded}


def _needs(asker: Asker) -> tuple[list[Need], bool]:
    """Return what needs somebody, and whether a kind of it could not be asked."""
    parts = [_part(partial(_all, find, asker)) for find in kinds()]
    return [need for p in parts for need in p.value or ()], any(p.is_lost for p in parts)


def _all(find: Kind, asker: Asker) -> list[Need]:
    return list(find(asker))


def _part(load: Callable[[], Any]) -> Part:
    """Load one part; what the database refuses there stays there."""
    try:
        with _within_transaction():
            return Part(load())
    except DatabaseError:
        logger.exception("A part of the home page could not be loaded.")
        return Part(is_lost=True)


def _within_transaction() -> AbstractContextManager[Any]:
    """Return a savepoint where there is a transaction, which a failed statement would end.

    A request has none: there each statement fails alone, and reading locks nothing.
    """
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _coverage(organization: Organization, today: date, at: datetime) -> dict[str, Any]:
    """Count the units by state, in the order and colours of the bar."""
    counts = coverage_counts.counts_of(organization, today=today, at=at)
    states = [
        ("ok", "Covered today", counts.covered),
        ("info", "Warranty not started", counts.not_started),
        ("wait", "Warranty ended", counts.ended),
        ("stop", "Warranty void", counts.void),
    ]
    segments = _segments(states, counts.total)
    counted_at = counts.counted_at if counts.counted_at != at else None
    return {"total": counts.total, "states": segments, "counted_at": counted_at}


def _segments(states: list[tuple[str, str, int]], total: int) -> list[dict[str, Any]]:
    """Lay the states side by side on a bar of 1,000 units of width."""
    segments, left = [], 0
    for tone, label, count in states:
        width = round(1000 * count / total) if total else 0
        segments.append(
            {"tone": tone, "label": label, "count": count, "left": left, "width": width}
        )
        left += width
    return segments


def _open_cases(organization: Organization) -> list[dict[str, Any]]:
    found = Case.objects.for_organization(organization).open().for_list()
    return rows_of(found[:NEWEST])


def _approaching(organization: Organization, today: date) -> list[Any]:
    ahead = shipments_ahead(organization, today=today, days=DAYS_AHEAD, are_waiting=True)
    return approaches(ahead[:LISTED], organization, today=today)
