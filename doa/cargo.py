"""When a cargo claim is in time: a pure rule (policy section 4)."""

from datetime import date, timedelta

CARGO_DAYS = 3
"""Within how many days after delivery dented, missing or wrong goods are reported."""


class NotDelivered(ValueError):
    """A day on which the goods cannot have arrived; the message says what to do."""


def latest_report(delivered_on: date) -> date:
    """Return the last day in time. Reading: the day of delivery is day 0."""
    return delivered_on + timedelta(days=CARGO_DAYS)


def is_late(delivered_on: date, reported_on: date) -> bool:
    """Tell whether a claim comes after the days that the policy gives.

    Reading: a late claim is taken and marked, and staff decide it.
    """
    return reported_on > latest_report(delivered_on)


def check_delivery(delivered_on: date, *, shipped_on: date | None, today: date) -> None:
    """Refuse a day after today, or before the goods left. Raises: NotDelivered."""
    if delivered_on > today:
        raise NotDelivered("This day is still to come. Enter the day on which it arrived.")
    if shipped_on is not None and delivered_on < shipped_on:
        raise NotDelivered(
            "This day is before the shipment. Enter the day on which the delivery arrived."
        )
