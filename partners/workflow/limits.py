"""How often somebody may ask: counted in the database, so that it holds everywhere."""

from datetime import UTC, datetime, timedelta
from functools import cache

from django.db.models import F

from partners.models import RequestCount
from partners.prepared import Later, PreparedUpdate

MINUTE = timedelta(minutes=1)
COUNTS_KEPT = timedelta(hours=1)
"""How long the count of a caller who has gone quiet is kept."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def count_request(caller: str, *, limit: int, at: datetime, window: timedelta = MINUTE) -> bool:
    """Count one request of `caller`; tell whether it is within `limit` a window.

    The database counts, in one statement, so that the limit holds across
    processes and in a race. The usual request costs that one statement. Windows
    follow each other, so that twice the limit may fall into one that lies across two.
    """
    ends_at = window_ends(at, window)
    if _count_within()(caller=caller, ends_at=ends_at, limit=limit):
        return True
    mine = RequestCount.objects.filter(caller=caller)
    if mine.exclude(ends_at=ends_at).update(ends_at=ends_at, count=1):
        return True
    RequestCount.objects.filter(ends_at__lt=at - COUNTS_KEPT).delete()
    first = RequestCount(caller=caller, ends_at=ends_at, count=0)
    RequestCount.objects.bulk_create([first], ignore_conflicts=True)
    return bool(_count_within()(caller=caller, ends_at=ends_at, limit=limit))


def window_ends(at: datetime, window: timedelta = MINUTE) -> datetime:
    """Return when the window that `at` falls into is over, and counting begins anew."""
    return _EPOCH + ((at - _EPOCH) // window + 1) * window


def uncount_request(caller: str, *, at: datetime, window: timedelta = MINUTE) -> None:
    """Take back one request, as for a guess that was right: only the wrong ones count."""
    mine = RequestCount.objects.filter(caller=caller, ends_at=window_ends(at, window), count__gt=0)
    mine.update(count=F("count") - 1)


@cache
def _count_within() -> PreparedUpdate:
    """Count one more for a caller who is within the limit of this window."""
    within = RequestCount.objects.filter(
        caller=Later("caller"), ends_at=Later("ends_at"), count__lt=Later("limit")
    )
    return PreparedUpdate(within, count=F("count") + 1)
