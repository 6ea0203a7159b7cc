"""The clocks of a stored case: when it is to be taken and resolved, its pauses left out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from doa import calendars, clocks
from doa.clocks import Clock
from doa.models import Case
from support.business_time import BusinessCalendar, Pause


class Running(NamedTuple):
    """A clock that has started: from when, for how much opening time, without its pauses."""

    clock: Clock
    calendar: BusinessCalendar
    start: datetime
    amount: timedelta
    pauses: Sequence[Pause]

    @property
    def due_at(self) -> datetime:
        return clocks.due_at(self.calendar, self.start, self.amount, self.pauses)

    @property
    def warned_at(self) -> datetime:
        return clocks.warned_at(self.calendar, self.start, self.amount, self.pauses)


def reckon(case: Case) -> None:
    """Write down by when a case is to be taken and resolved, as it stands in this step.

    While it waits for its applicant the targets stand still. A target that is met stays.
    """
    if case.is_paused or not case.is_open:
        return
    for running in clocks_of(case):
        if running.clock is Clock.RESPONSE:
            case.response_due_at = running.due_at
        else:
            case.resolution_due_at = running.due_at


def clocks_of(case: Case) -> list[Running]:
    """Return the clocks of a case that run: begun, and not met yet."""
    start = case.reopened_at or case.registered_at
    if start is None:
        return []
    calendar = calendars.of_case(case, at=start)
    pauses = [(pause.began_at, pause.ended_at) for pause in case.pauses.all()]
    running = []
    if case.taken_at is None:
        amount = clocks.response_time(case.level.response_hours if case.level else None)
        running.append(Running(Clock.RESPONSE, calendar, start, amount, pauses))
    if case.resolved_at is None:
        amount = clocks.resolution_time(
            calendar,
            start,
            level=case.level.level if case.level else None,
            remedies=[line.remedy for line in case.lines.all()],
        )
        running.append(Running(Clock.RESOLUTION, calendar, start, amount, pauses))
    return running


def target(case: Case, clock: Clock) -> tuple[datetime | None, datetime | None]:
    """Return by when a clock is to be met, and when it was."""
    if clock is Clock.RESPONSE:
        return case.response_due_at, case.taken_at
    return case.resolution_due_at, case.resolved_at
