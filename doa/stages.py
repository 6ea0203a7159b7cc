"""How far a case is: the stages that every case goes through, and the clock that runs on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from doa import calendars
from doa.enums import CaseStatus, ReplacementTrack
from doa.models import Case, CaseLine
from doa.models.lines import RETURNED
from doa.standing import Standing
from partners import clock
from support.business_time import business_time_between


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: `state` is done, now or ahead; `note` is a day or a few words."""

    name: str
    state: str
    note: str = ""


def stages_of(case: Case, lines: Sequence[CaseLine], standing: Standing) -> list[Stage]:
    """Return the stages; the first that is not done is where the case is."""
    granted = [line for line in lines if line.is_granted]
    is_refused = case.decided_at is not None and not granted
    sent = [line.shipped_at for line in granted if line.shipped_at]
    is_sent = bool(granted) and all(
        line.replacement_track in (ReplacementTrack.SHIPPED, ReplacementTrack.DELIVERED)
        for line in granted
    )
    is_back = bool(granted) and all(line.return_track in RETURNED for line in granted)
    known = [
        ("Applied", case.submitted_at is not None, case.submitted_at),
        ("Call registered", case.registered_at is not None, case.registered_at),
        ("TAC diagnosis", case.decided_at is not None, case.taken_at),
        ("Decision", case.decided_at is not None, case.decided_at),
    ]
    if not is_refused:
        known += [
            ("Replacement sent", is_sent, max(sent, default=None)),
            ("Faulty unit returned", is_back, None),
        ]
    return list(_stages(case, known, standing))


def _stages(
    case: Case, known: list[tuple[str, bool, datetime | None]], standing: Standing
) -> list[Stage]:
    found, is_before = [], True
    has_ended = case.status in (CaseStatus.CLOSED, CaseStatus.CANCELLED)
    for name, is_done, at in known:
        if is_done:
            note = f"{clock.business_day(at):%-d %b}" if at else ""
            found.append(Stage(name, "done", note))
        elif is_before and not has_ended:
            found.append(Stage(name, "now", standing.label))
            is_before = False
        else:
            found.append(Stage(name, "ahead"))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A clock of a case: working time left or over, of how much, and whose hours those are."""

    title: str
    left: timedelta
    whole: timedelta
    is_paused: bool
    is_late: bool
    due_at: datetime
    hours: str

    @property
    def used(self) -> int:
        """Return how much is used, of 1,000."""
        if not self.whole:
            return 1000
        part = 1 - self.left / self.whole if not self.is_late else 1
        return max(0, min(1000, round(1000 * part)))

    @property
    def tone(self) -> str:
        if self.is_late:
            return "stop"
        return "warn" if self.is_paused else "info"


def running_clock(case: Case, *, at: datetime) -> Running | None:
    """Return the clock that runs towards the next promise, or None where none does."""
    if case.status in (CaseStatus.CLOSED, CaseStatus.CANCELLED):
        return None
    if case.response_due_at and case.taken_at is None and case.registered_at:
        return _clock("TAC response clock", case, case.registered_at, case.response_due_at, at)
    if case.resolution_due_at and case.resolved_at is None and case.registered_at:
        begins = case.decided_at or case.registered_at
        return _clock("Resolution clock", case, begins, case.resolution_due_at, at)
    return None


def _clock(title: str, case: Case, begins: datetime, due_at: datetime, at: datetime) -> Running:
    calendar = calendars.of_case(case, at=at)
    row = calendars.calendar_of(case)
    seen_at = case.paused_at or at
    is_late = due_at < seen_at
    ends = (due_at, seen_at) if is_late else (seen_at, due_at)
    return Running(
        title=title,
        left=business_time_between(calendar, *ends),
        whole=business_time_between(calendar, begins, due_at),
        is_paused=case.is_paused,
        is_late=is_late,
        due_at=due_at,
        hours=f"{row.hours} {at.astimezone(calendar.zone):%Z}",
    )
