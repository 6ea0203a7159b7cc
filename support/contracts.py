"""What a contract may do with its dates: pure rules (policy section 3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from catalog.policy import day_text
from support.enums import ContractStatus
from support.policy import START_POLICY, Window
from warranty.policy import last_covered_day
from warranty.reasons import Reason, months_text

RENEWAL_GRACE_MONTHS = 3
"""For how many months after it was due a renewal still begins on the day it was due."""
RENEWAL_POLICY = "Support Start Date Policy, renewal"
DAY = timedelta(days=1)


class StartFixed(ValueError):
    """A start that a partner can no longer move; the message says who can."""


class RenewalLapsed(ValueError):
    """A renewal that comes too late for anybody but staff."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def overlap(self, other: "Span") -> "Span | None":
        """Return the days that both have, or None."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Span(first, last) if first <= last else None


def contract_status(
    *, starts_on: date, ends_on: date, on: date, cancelled_on: date | None = None
) -> ContractStatus:
    """Return how cover from `starts_on` to `ends_on` stands on a day; both days are covered.

    From the day on which it is cancelled it covers nothing. Source: policy sections 0 and 3.
    """
    if cancelled_on is not None and cancelled_on <= on:
        return ContractStatus.CANCELLED
    if on < starts_on:
        return ContractStatus.FUTURE
    return ContractStatus.ACTIVE if on <= ends_on else ContractStatus.EXPIRED


def check_movable(
    *,
    starts_on: date,
    is_chosen: bool,
    is_served: bool,
    is_renewal: bool,
    is_moved: bool,
    window: Window,
    today: date,
) -> None:
    """Accept that a partner chooses or moves the start today.

    A start that nobody has chosen yet is the day of shipment, and may be chosen until the
    window closes. A chosen one may be moved until its own day is over. After service was
    used, in a renewal, and for a unit that replaced another, it stays.
    Source: policy section 3, S2. Raises: StartFixed.
    """
    staff = "Ask Huawei's service desk, which may move it with a reason."
    if is_renewal:
        raise StartFixed("A renewal starts the day after the contract before it ends.")
    if is_moved:
        raise StartFixed(f"The unit replaced another, so its start stays. {staff}")
    if is_served:
        raise StartFixed(f"Service was used under this contract, so its start stays. {staff}")
    if is_chosen and starts_on < today:
        raise StartFixed(f"The start on {day_text(starts_on)} has passed. {staff}")
    if window.latest_on < today:
        raise StartFixed(
            f"The last day to choose a start was {day_text(window.latest_on)}. "
            f"Support counts from {day_text(starts_on)}. {staff}"
        )


def renewal_due_on(*, ended_on: date) -> date:
    """Return the day on which a renewal starts: the day after the last covered one."""
    return ended_on + DAY


def renewal_last_on(*, ended_on: date) -> date:
    """Return the last day on which a renewal is still back-dated: 3 months after it was due.

    It bears the day number of the due day, or is the 1st of the following month where
    that day does not exist. Source: policy sections 0 and 3.
    """
    due_on = renewal_due_on(ended_on=ended_on)
    return last_covered_day(starts_on=due_on, months=RENEWAL_GRACE_MONTHS) + DAY


def check_renewal(*, ended_on: date, today: date) -> None:
    """Accept a renewal that is registered today, up to 3 months late.

    Source: policy section 3. Raises: RenewalLapsed.
    """
    last_on = renewal_last_on(ended_on=ended_on)
    if today > last_on:
        raise RenewalLapsed(
            f"Support ended on {day_text(ended_on)} and could be renewed until "
            f"{day_text(last_on)}. Ask Huawei's service desk, which may reinstate it."
        )


def moved_start(*, starts_on: date, is_chosen: bool, window: Window) -> date:
    """Return the start after the day of shipment has become another.

    A start that nobody has chosen follows the shipment; a chosen one stays where the new
    window allows it, else it takes the window's nearest day. Source: policy section 3.
    """
    if not is_chosen:
        return window.earliest_on
    return min(max(starts_on, window.earliest_on), window.latest_on)


def gaps(spans: Iterable[Span]) -> list[Span]:
    """Return the days without cover between the first day and the last of these spans."""
    found, reached = [], None
    for span in sorted(spans, key=lambda span: span.first):
        if reached is not None and span.first > reached + DAY:
            found.append(Span(reached + DAY, span.first - DAY))
        reached = span.last if reached is None else max(reached, span.last)
    return found


def overlaps(spans: Iterable[Span]) -> list[Span]:
    """Return the days that two or more of these spans cover, each stretch once."""
    spans, found = list(spans), list[Span]()
    edges = {day for span in spans for day in (span.first, span.last + DAY)}
    for first, after in pairwise(sorted(edges)):
        if sum(span.first <= first <= span.last for span in spans) < 2:
            continue
        touches = found and found[-1].last + DAY == first
        begin = found.pop().first if touches else first
        found.append(Span(begin, after - DAY))
    return found


def line_reasons(
    *,
    window: Window,
    starts_on: date,
    ends_on: date,
    months: int,
    is_chosen: bool,
    is_renewal: bool,
    is_moved: bool = False,
) -> tuple[Reason, ...]:
    """Return why the support of one unit runs from when to when."""
    start = _start_reason(
        window=window, starts_on=starts_on, is_chosen=is_chosen, is_renewal=is_renewal
    )
    end = _end_reason(starts_on=starts_on, ends_on=ends_on, months=months)
    return (start, MOVED, end) if is_moved else (start, end)


MOVED = Reason(
    "",
    "This unit replaced another, whose support moved here. The start and the end stayed.",
    "Replaced units",
)


def _end_reason(*, starts_on: date, ends_on: date, months: int) -> Reason:
    term_ends_on = last_covered_day(starts_on=starts_on, months=months)
    if ends_on < term_ends_on:
        sentence = (
            f"The term of {months_text(months)} would last until {day_text(term_ends_on)}. "
            f"Support ends on {day_text(ends_on)} with the product's end of service and support."
        )
        return Reason("", sentence, "Support term")
    return Reason(
        "",
        f"The term is {months_text(months)}. Support ends on {day_text(ends_on)}, "
        "which is the last day covered.",
        "Support term",
    )


def past_service(*, ends_on: date, service_ends_on: date | None) -> str:
    """Warn of cover sold past the product's end of service and support, or say nothing.

    Source: policy sections 3 and 7: what was sold is never silently shortened.
    """
    if service_ends_on is None or ends_on <= service_ends_on:
        return ""
    return (
        f"The contract runs until {day_text(ends_on)}, past the product's end of service and "
        f"support on {day_text(service_ends_on)}. Ask Huawei's service desk what is served."
    )


def _start_reason(*, window: Window, starts_on: date, is_chosen: bool, is_renewal: bool) -> Reason:
    if is_renewal:
        return Reason(
            "",
            f"This is a renewal. It starts on {day_text(starts_on)}, after the contract before it.",
            RENEWAL_POLICY,
        )
    number = (starts_on - window.anchor.on).days
    if is_chosen:
        return Reason(
            "S2",
            f"The start was chosen: {day_text(starts_on)}, day {number} after shipment on "
            f"{day_text(window.anchor.on)}. The last day to choose was "
            f"{day_text(window.latest_on)}.",
            f"{START_POLICY}, S2",
        )
    return window.reasons[0]
