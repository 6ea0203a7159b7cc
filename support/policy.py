"""When HiCare and CoCare support may start: pure rules (policy sections 1 and 3)."""

from dataclasses import dataclass
from datetime import date, timedelta

from catalog.policy import day_text
from warranty.enums import Leg
from warranty.policy import Terms, check_onward_date, last_covered_day
from warranty.reasons import Reason

START_POLICY = "Support Start Date Policy"


class SupportStartTooEarly(ValueError):
    """A support start before the day of shipment."""


class SupportStartTooLate(ValueError):
    """A support start after the last day of the window."""


class SupportStartPastService(ValueError):
    """A support start after the product's last day of service and support."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The shipment from which support counts.

    `is_provisional` says that a distributor's date is expected and unknown, so
    that the anchor may still move.
    """

    on: date
    leg: Leg
    is_provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days on which support may start; both ends are included."""

    anchor: Anchor
    earliest_on: date
    latest_on: date
    reasons: tuple[Reason, ...]


def support_anchor(
    *,
    huawei_shipped_on: date,
    distributor_shipped_on: date | None,
    is_distributor_date_expected: bool = False,
) -> Anchor:
    """Return the distributor's shipment where there is one, else Huawei's.

    Source: policy section 1; S1. Raises: ShippedOnBeforeHuawei.
    """
    if distributor_shipped_on is None:
        return Anchor(
            on=huawei_shipped_on, leg=Leg.HUAWEI, is_provisional=is_distributor_date_expected
        )
    check_onward_date(
        huawei_shipped_on=huawei_shipped_on, distributor_shipped_on=distributor_shipped_on
    )
    return Anchor(on=distributor_shipped_on, leg=Leg.DISTRIBUTOR)


def support_window(*, anchor: Anchor, terms: Terms) -> Window:
    """Return the days on which support may start: from day 0 to day 90 of the anchor.

    Source: policy section 3, S1 and S2.
    """
    return window_until(
        anchor=anchor, latest_on=anchor.on + timedelta(days=terms.support_window_days)
    )


def window_until(*, anchor: Anchor, latest_on: date) -> Window:
    """Return the window from the day of shipment to `latest_on`, in words."""
    by = "an authorised distributor" if anchor.leg is Leg.DISTRIBUTOR else "Huawei"
    first = f"A support contract starts on {day_text(anchor.on)}, the day of shipment by {by}."
    if anchor.is_provisional:
        first += " This is provisional: the distributor's shipment date is not known yet."
    second = (
        f"Its start may be any day from {day_text(anchor.on)} to {day_text(latest_on)}, "
        "both included. Once a chosen day has passed, only Huawei's service desk moves it."
    )
    return Window(
        anchor=anchor,
        earliest_on=anchor.on,
        latest_on=latest_on,
        reasons=(_cite("S1", first), _cite("S2", second)),
    )


def _cite(rule: str, sentence: str) -> Reason:
    return Reason(rule, sentence, f"{START_POLICY}, {rule}")


def check_start(*, starts_on: date, window: Window) -> None:
    """Accept a support start inside the window, its first and last day included.

    Source: policy section 3, S2. Raises: SupportStartTooEarly, SupportStartTooLate.
    """
    if starts_on < window.earliest_on:
        raise SupportStartTooEarly(
            f"Choose a start date on or after {day_text(window.earliest_on)}, "
            "which is the day of shipment."
        )
    if starts_on > window.latest_on:
        days = (window.latest_on - window.anchor.on).days
        raise SupportStartTooLate(
            f"Choose a start date on or before {day_text(window.latest_on)}, "
            f"which is {days} days after shipment."
        )


def start_verdict(*, starts_on: date, window: Window) -> tuple[bool, Reason]:
    """Tell whether support may start on this day, and why. Source: policy section 3, S2."""
    try:
        check_start(starts_on=starts_on, window=window)
    except (SupportStartTooEarly, SupportStartTooLate) as refusal:
        return False, _cite("S2", str(refusal))
    number = (starts_on - window.anchor.on).days
    sentence = f"{day_text(starts_on)} is day {number} after shipment, so support may start then."
    return True, _cite("S2", sentence)


def support_end(*, starts_on: date, months: int, end_of_service_on: date | None = None) -> date:
    """Return the last day of support, still covered.

    It is the end of the term, or the product's last day of service and support
    if that comes first. Source: policy section 3.
    Raises: TermOutOfRange; SupportStartPastService.
    """
    term_end = last_covered_day(starts_on=starts_on, months=months)
    if end_of_service_on is None:
        return term_end
    if starts_on > end_of_service_on:
        raise SupportStartPastService(
            "This product's end of service and support is "
            f"{day_text(end_of_service_on)}: nothing is covered after it. Leave the unit out."
        )
    return min(term_end, end_of_service_on)
