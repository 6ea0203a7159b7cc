"""When mail that can wait may arrive: quiet hours, and the Monday that collects a week."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

COLLECTED_AT = time(9)
"""When a week is closed, on Monday in the business zone."""
SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `begins` until `ends`, which may be the next morning; `ends` is no longer quiet."""

    begins: time = time(19)
    ends: time = time(8)
    is_on: bool = True
    weekends: bool = False

    def covers(self, local: datetime) -> bool:
        """Tell whether a local instant is quiet."""
        if not self.is_on:
            return False
        return self._is_weekend(local) or self._is_night(local.time())

    def _is_weekend(self, local: datetime) -> bool:
        return self.weekends and local.weekday() >= SATURDAY

    def _is_night(self, clock: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends

    def ends_after(self, local: datetime) -> tuple[date, time]:
        """Return the local day and time at which the quiet part around `local` ends."""
        tomorrow = local.date() + timedelta(days=1)
        if self._is_weekend(local):
            return tomorrow, time(0)
        return (local.date() if local.time() < self.ends else tomorrow), self.ends


def not_before(at: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    """Return `at`, or the end of the quiet hours in which it falls, in UTC.

    The hours are those that a clock on the wall shows. Where it shows the end twice,
    the second counts; where it skips the end, the quiet lasts as long as without.
    """
    while quiet.covers(at.astimezone(zone)):
        at = _latest(*quiet.ends_after(at.astimezone(zone)), zone)
    return at


def _latest(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the instant at which a clock in `zone` shows this, the later of two."""
    shown = datetime.combine(day, clock, tzinfo=zone)
    return max(shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def collected_at(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the first Monday, 09:00 in `zone`, that is not before `at`: its week's end."""
    local = at.astimezone(zone)
    monday = local.date() + timedelta(days=-local.weekday() % 7)
    if local.weekday() == 0 and local.time() > COLLECTED_AT:
        monday += timedelta(days=7)
    return closes_at(monday, zone)


def closes_at(monday: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which the week before `monday` is closed."""
    return _latest(monday, COLLECTED_AT, zone)
