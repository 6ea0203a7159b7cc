"""The service policies in words, with the numbers of one version: pure text.

Every rule that an answer names has a place here, under the same name.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from warranty.policy import Terms
from warranty.reasons import ordinal


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the name that answers give, and what it says."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """What one of the vendor's policies comes to; `anchor` is its place on the page."""

    anchor: str
    title: str
    rules: tuple[Rule, ...]


def sections(
    terms: Terms, *, return_business_days: int, is_term_sample: bool
) -> tuple[Section, ...]:
    """Return the policies of a version, in the order in which a unit meets them."""
    return (
        Section("days", "How days are counted", tuple(_days(terms))),
        Section("warranty", "Warranty Start Date Policy", tuple(_warranty(terms, is_term_sample))),
        Section("support", "Support Start Date Policy", tuple(_support(terms))),
        Section("doa", "Product Dead-on-Arrival Policy", tuple(_dead_on_arrival(terms))),
        Section("remedies", "Which remedy applies", tuple(_remedies())),
        Section("replaced", "Replaced units", tuple(_replaced(return_business_days))),
        Section("products", "Product Life Cycle Policy", tuple(_life_cycle())),
    )


def _days(terms: Terms) -> Iterator[Rule]:
    yield Rule(
        "day-0",
        "Day 0",
        f"The day of shipment is day 0. Day {terms.cap_days} is the date of shipment and "
        f"{terms.cap_days} calendar days; weekends and holidays count.",
    )
    yield Rule(
        "ends",
        "Last days",
        "An end is the last day covered. The day before the same date some months on is the last "
        "day of a term of so many months.",
    )
    yield Rule(
        "anchors",
        "Two shipments",
        "Warranty counts from the shipment by Huawei. Support counts from the shipment by an "
        "authorized distributor where there is one, and from Huawei's otherwise. Shipping a unit "
        "again never resets its warranty.",
    )


def _warranty(terms: Terms, is_term_sample: bool) -> Iterator[Rule]:
    day = f"day {terms.cap_days}"
    yield Rule(
        "W1",
        "No installation service",
        f"Warranty starts on the {ordinal(terms.cap_days)} day after shipment, also where a "
        "report exists.",
    )
    yield Rule(
        "W2",
        "Report signed in time",
        "Installation service was purchased and the accepted report was signed on or before "
        f"{day}: warranty starts on the day of signature. Of several reports the earliest "
        "signature counts, for the serial numbers that the report lists.",
    )
    yield Rule(
        "W3",
        "No report, or a late one",
        "Installation service was purchased and no accepted report was signed on or before "
        f"{day}: warranty starts on {day} by itself, dated {day} whenever that is recorded.",
    )
    sample = " This length is a sample value, not the vendor's." if is_term_sample else ""
    yield Rule(
        "term",
        "Term",
        f"The term is that of the product, and {terms.default_warranty_months} months where the "
        f"product names none.{sample}",
    )


def _support(terms: Terms) -> Iterator[Rule]:
    yield Rule("S1", "Start", "HiCare and CoCare start on the date of shipment.")
    yield Rule(
        "S2",
        "A later start",
        "The start may be moved to any day from the date of shipment to day "
        f"{terms.support_window_days} after it, both included, for each unit of a contract.",
    )


def _dead_on_arrival(terms: Terms) -> Iterator[Rule]:
    yield Rule("D1", "First boot", "The unit failed when it was first started.")
    yield Rule(
        "D2",
        "Early failure",
        f"The unit failed within {terms.doa_hours} hours after it was first powered on. Exactly "
        f"{terms.doa_hours} hours is inside.",
    )
    yield Rule(
        "D3",
        "Before acceptance",
        "The unit belongs to a Huawei delivery project and failed before the Preliminary "
        "Acceptance Certificate was issued.",
    )
    yield Rule(
        "D4",
        "Who is referred",
        "End customers, VARs and GAPs turn to the distributor of the unit's latest shipment.",
    )
    yield Rule(
        "D5",
        "Who applies",
        f"Distributors and VAPs apply by calling the TAC on {terms.tac_number}. The application "
        "waits for the call.",
    )


def _remedies() -> Iterator[Rule]:
    yield Rule(
        "doa_replacement", "1. DOA replacement", "The unit is dead on arrival by D1, D2 or D3."
    )
    yield Rule(
        "warranty_exchange",
        "2. Warranty exchange",
        "The warranty is running, or has not started. A fault before the start does not move it.",
    )
    yield Rule(
        "support_replacement",
        "3. HiCare or CoCare replacement",
        "A contract is active. Its service level is shown beside an exchange under warranty.",
    )
    yield Rule(
        "none", "4. No remedy", "A repair can be quoted, and a date that is wrong can be disputed."
    )


def _replaced(return_business_days: int) -> Iterator[Rule]:
    yield Rule(
        "replacement-clock",
        "The new unit",
        "A DOA replacement has a fresh clock from its own shipment. A unit exchanged under "
        "warranty or support takes over what was left of the term, begun or not. The unit that "
        "went back is closed.",
    )
    yield Rule(
        "return",
        "The faulty unit",
        f"It goes back within {return_business_days} business days after the replacement was "
        "delivered; the day after delivery is the first. This period is a sample value, not the "
        "vendor's.",
    )


def _life_cycle() -> Iterator[Rule]:
    yield Rule(
        "life-cycle",
        "Milestones",
        "A product has up to four milestones: general availability; end of marketing, the first "
        "day on which orders are refused; end of full support, the last day of full support; and "
        "end of service and support, after whose day all services stop.",
    )
    yield Rule(
        "milestone-dates",
        "How exactly a date is known",
        "A milestone is known to the day or to the month, is to be announced, or is not announced. "
        "A month counts as its last day, and for general availability as its first. Not announced "
        "does not mean supported.",
    )
    yield Rule(
        "milestone-cover",
        "Cover that was sold",
        "An announcement never shortens a contract that was sold. Where service and support end "
        "before a warranty or a contract does, both dates are shown.",
    )
