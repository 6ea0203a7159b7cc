"""Service levels by their code, and what they promise for a request: pure rules."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from support.business_time import (
    BusinessCalendar,
    add_business_days,
    add_business_time,
    business_day_of,
)
from support.enums import AmountUnit, CoverageWindow, ServiceEvent

_CODE = re.compile(r"(9x5|24x7)x(NBD|[1-9]\d?BD|[1-9]\d?H)(?:-(Ship|Return))?")
NEXT_BUSINESS_DAY = "NBD"


class UnknownLevel(ValueError):
    """A code that is not a service level; the message says how one is written."""


@dataclass(frozen=True, slots=True)
class Promise:
    """When something happens at the latest: on a business day, or at an instant."""

    on: date | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A coverage window, an event, and how soon it follows a request."""

    window: CoverageWindow
    event: ServiceEvent
    amount: int
    unit: AmountUnit

    @property
    def code(self) -> str:
        """Return the code as contracts write it: 9x5xNBD-Ship, 24x7x4H."""
        is_next = self.unit is AmountUnit.BUSINESS_DAYS and self.amount == 1
        amount = NEXT_BUSINESS_DAY if is_next else f"{self.amount}{self.unit.value}"
        suffix = f"-{self.event.value}" if self.event.value else ""
        return f"{self.window.value}x{amount}{suffix}"

    @property
    def in_words(self) -> str:
        """Return the promise as a sentence: what happens, and how soon."""
        if self.unit is AmountUnit.HOURS:
            soon = f"within {self.amount} hours of the request"
        elif self.amount == 1:
            soon = "on the next business day"
        else:
            soon = f"within {self.amount} business days"
        return f"{self.event.label} {soon}."


def parse_level(code: str) -> Level:
    """Return the level of a code such as 9x5xNBD-Ship, 9x5xNBD, 24x7x4H, 9x5x10BD-Ship.

    Source: policy section 3. Raises: UnknownLevel.
    """
    match = _CODE.fullmatch(code.strip())
    if match is None:
        raise UnknownLevel(
            f"{code.strip()!r} is not a service level. Write window, amount and event: "
            "9x5xNBD-Ship, 9x5xNBD, 24x7x4H or 9x5x30BD-Return."
        )
    window, amount, event = match.groups(default="")
    if amount == NEXT_BUSINESS_DAY:
        amount = "1BD"
    unit = AmountUnit.HOURS if amount.endswith("H") else AmountUnit.BUSINESS_DAYS
    return Level(
        window=CoverageWindow(window),
        event=ServiceEvent(event),
        amount=int(amount.removesuffix(unit.value)),
        unit=unit,
    )


def promised(level: Level, calendar: BusinessCalendar, *, requested_at: datetime) -> Promise:
    """Return by when the event of `level` happens for a request made at `requested_at`.

    Business days count from the business day for which the request counts, by the
    depot's cut-off and in its zone; hours count in the calendar's open time.
    Raises: NeverOpen.
    """
    if level.unit is AmountUnit.HOURS:
        hours = timedelta(hours=level.amount)
        return Promise(at=add_business_time(calendar, requested_at, hours))
    day = business_day_of(calendar, requested_at)
    return Promise(on=add_business_days(calendar, day, level.amount))
