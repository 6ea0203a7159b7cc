"""References such as DOA-2026-00318, each given out once."""

from datetime import datetime

from django.db import IntegrityError, transaction

from doa.models import CaseCounter
from partners import clock


def next_reference(prefix: str, *, at: datetime) -> str:
    """Return the next reference of a kind in the year of `at`, in the caller's transaction.

    The counter stays locked until that ends, so that no number is given out twice, and one
    that came to nothing is given out again.
    """
    year = clock.business_day(at).year
    with transaction.atomic():
        counter = _locked(prefix, year) or _begun(prefix, year)
        counter.last += 1
        counter.save(update_fields=["last"])
    return str(counter)


def _locked(prefix: str, year: int) -> CaseCounter | None:
    return CaseCounter.objects.select_for_update().filter(prefix=prefix, year=year).first()


def _begun(prefix: str, year: int) -> CaseCounter:
    """Begin a year, or wait for who begins it at the same moment."""
    try:
        with transaction.atomic():
            return CaseCounter.objects.create(prefix=prefix, year=year)
    except IntegrityError:
        return CaseCounter.objects.select_for_update().get(prefix=prefix, year=year)
