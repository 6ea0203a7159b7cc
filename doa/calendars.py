"""In which calendar the clocks of a case run."""

from datetime import datetime

from doa.models import Case
from support.business_time import BusinessCalendar
from support.models import Calendar

DEPOT = "US depot (sample)"
"""The calendar of a case that no contract covers."""


def calendar_of(case: Case) -> Calendar:
    """Return the calendar of the service level of a case, else that of the depot."""
    return case.level.calendar if case.level else Calendar.objects.get(name=DEPOT)


def of_case(case: Case, *, at: datetime) -> BusinessCalendar:
    """Return the calendar of a case for arithmetic that begins at about `at`."""
    return calendar_of(case).around(at)
