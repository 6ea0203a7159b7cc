"""What a partner may claim against a fact on file: pure checks, one per kind of fact."""

from datetime import date

from catalog.policy import (
    InvalidDay,
    InvalidSerial,
    TextTooLong,
    UnreadableText,
    clean_text,
    day_text,
    parse_day,
    valid_serial,
)
from warranty.enums import DisputeSubject

LONGEST_PART_NUMBER = 40


class ClaimRefused(ValueError):
    """A claim that says what is on file already, or that cannot be right."""


def check_claim(subject: DisputeSubject, claimed: str, *, on_file: str, today: date) -> str:
    """Return the claim as it is stored; `on_file` is the stored form of what is known.

    An empty claim about a report says that the report does not count.
    Raises: ClaimRefused.
    """
    if subject == DisputeSubject.INSTALLATION_SERVICE:
        return "no" if on_file == "yes" else "yes"
    if subject == DisputeSubject.REPORT and not claimed.strip():
        return ""
    try:
        value = _read(subject, claimed)
    except (InvalidDay, InvalidSerial, UnreadableText, TextTooLong) as problem:
        raise ClaimRefused(str(problem)) from None
    if value == on_file:
        raise ClaimRefused(f"{in_words(subject, value)} is on file already. Enter what is right.")
    if subject.is_day and value > today.isoformat():
        raise ClaimRefused(
            f"{in_words(subject, value)} is after today, {day_text(today)}. "
            "Enter the date on your papers."
        )
    return value


def _read(subject: DisputeSubject, claimed: str) -> str:
    if subject.is_day:
        return parse_day(claimed).isoformat()
    if subject == DisputeSubject.SERIAL:
        return valid_serial(claimed)
    number = clean_text(claimed, LONGEST_PART_NUMBER)
    if not number:
        raise ClaimRefused("Enter the part number. It is on the label of the unit.")
    return number


def in_words(subject: DisputeSubject, value: str) -> str:
    """Return the stored form of a fact as people read it."""
    if subject == DisputeSubject.INSTALLATION_SERVICE:
        return "Purchased" if value == "yes" else "Not purchased"
    if subject == DisputeSubject.REPORT and not value:
        return "The report does not count"
    return day_text(date.fromisoformat(value)) if subject.is_day else value
