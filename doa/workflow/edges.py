"""Steps as data: an edge of a case, and an edge of one track of one of its lines."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit import trail
from audit.transitions import IllegalTransition, Transition
from doa.models import Case, CaseLine
from doa.reckoning import reckon

Who = Callable[[Case, Any], bool]


def _always(record: Any, user: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEdge(Transition):
    """A step of a whole case. `is_ready(case, user)` tells what its status does not."""

    name: str
    is_ready: Callable[[Case, Any], bool] = _always

    def allows(self, record: Case, user: Any) -> bool:
        return (
            record.status in self.sources
            and self.is_permitted(record, user)
            and self.is_ready(record, user)
        )

    def require(self, record: Case, user: Any) -> None:
        """Raises: PermissionDenied; IllegalTransition if the case has left `sources`."""
        Transition.require(self, record, user)  # slots make another class of this one
        if not self.is_ready(record, user):
            raise IllegalTransition(record)

    @contextmanager
    def on(self, record: Case, *, user: Any, at: datetime, **detail: Any) -> Iterator[Case]:
        """Lock the case, yield it for the effect, then save it with its event.

        Raises: PermissionDenied; IllegalTransition if it has left `sources`.
        """
        with transaction.atomic():
            case = Case.unscoped.select_for_update().get(pk=record.pk)
            self.require(case, user)
            before = case.status
            yield case
            if self.target is not None:
                case.status = self.target
            case.changed_at = at
            reckon(case)
            case.save()
            said = {"before": before, "after": str(case.status)}
            trail.record(self.event, case, actor=user.actor(), at=at, **detail, **said)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEdge:
    """A step of one line on one of its two tracks, which never wait for each other.

    Where `target` is None the effect sets the track, or leaves it.
    """

    name: str
    event: str
    track: str
    sources: frozenset[str]
    target: str | None
    statuses: frozenset[str]
    is_permitted: Who
    is_ready: Callable[[CaseLine], bool]

    def allows(self, line: CaseLine, user: Any) -> bool:
        """Tell whether a page may offer this step to `user`."""
        return self._starts_from(line) and self.is_permitted(line.case, user)

    def _starts_from(self, line: CaseLine) -> bool:
        here = getattr(line, self.track) in self.sources and line.case.status in self.statuses
        return here and self.is_ready(line)

    def require(self, line: CaseLine, user: Any) -> None:
        """Raises: PermissionDenied; IllegalTransition if the line has left `sources`."""
        if not self.is_permitted(line.case, user):
            raise PermissionDenied("Your role does not include this step.")
        if not self._starts_from(line):
            state = getattr(line, f"get_{self.track}_display")()
            if line.case.status not in self.statuses or not line.is_granted:
                state = line.case.get_status_display()
            raise IllegalTransition(line, state=state, about=line.case)

    @contextmanager
    def on(self, line: CaseLine, *, user: Any, at: datetime, **detail: Any) -> Iterator[CaseLine]:
        """Lock the case and its line, yield the line for the effect, save both with the event.

        Raises: PermissionDenied; IllegalTransition.
        """
        with transaction.atomic():
            case = Case.unscoped.select_for_update().get(pk=line.case_id)
            locked = CaseLine.unscoped.select_for_update().get(pk=line.pk)
            locked.case = case
            self.require(locked, user)
            before = getattr(locked, self.track)
            yield locked
            if self.target is not None:
                setattr(locked, self.track, self.target)
            locked.is_open = locked.is_open and not locked.is_at_end
            locked.save()
            case.changed_at = at
            case.save()
            said = {"line": locked.pk, "unit": locked.unit.serial, "track": self.track}
            said |= {"before": before, "after": str(getattr(locked, self.track))}
            trail.record(self.event, case, actor=user.actor(), at=at, **detail, **said)
