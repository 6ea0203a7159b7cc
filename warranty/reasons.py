"""The sentences that explain a warranty's dates, each with its rule: pure text."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from catalog.policy import day_text
from warranty.enums import WarrantyRule

START_POLICY = "Warranty Start Date Policy"
TERM_POLICY = "Warranty term"
REPLACED_POLICY = "Replaced units"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an answer is as it is: the rule, a sentence a user reads, its source."""

    rule: str
    sentence: str
    cite: str

    def as_dict(self) -> dict[str, str]:
        return {"rule": self.rule, "sentence": self.sentence, "cite": self.cite}


def ordinal(number: int) -> str:
    """Return "1st", "2nd", "3rd", "11th", "90th" and so on."""
    teen = 11 <= number % 100 <= 13
    suffix = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def months_text(months: int) -> str:
    return "1 month" if months == 1 else f"{months} months"


def day_number(*, shipped_on: date, day: date) -> int:
    """Return N where `day` is day N after shipment; the day of shipment is day 0."""
    return (day - shipped_on).days


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentences about a start speak of; `signed_on` is the signature that counts."""

    shipped_on: date
    signed_on: date | None
    cap: date
    today: date
    cap_days: int

    def day(self, day: date) -> str:
        return f"day {day_number(shipped_on=self.shipped_on, day=day)}"


def _not_purchased(facts: Facts) -> Iterator[str]:
    verb = "started" if facts.cap <= facts.today else "starts"
    yield (
        f"Warranty {verb} on {day_text(facts.cap)}, the {ordinal(facts.cap_days)} day after "
        "shipment. Installation service was not purchased, so a report does not change this date."
    )
    if facts.signed_on is not None:
        yield (
            f"The report signed on {day_text(facts.signed_on)} ({facts.day(facts.signed_on)}) "
            "is filed with the unit and changes nothing."
        )


def _signed_in_time(facts: Facts) -> Iterator[str]:
    if facts.signed_on is None:
        return
    number, cap = facts.day(facts.signed_on), f"day {facts.cap_days}"
    compared = f"is before {cap}" if facts.signed_on < facts.cap else "is the last day that counts"
    yield (
        f"Warranty started on {day_text(facts.signed_on)}, the day the installation report was "
        f"signed. Installation service was purchased and {number} {compared}."
    )


def _not_signed_in_time(facts: Facts) -> Iterator[str]:
    cap = day_text(facts.cap)
    if facts.signed_on is not None:
        yield (
            f"This report was signed on {facts.day(facts.signed_on)}. "
            f"Warranty stays at day {facts.cap_days}, {cap}."
        )
    elif facts.cap <= facts.today:
        yield (
            f"Warranty started automatically on {cap}, the {ordinal(facts.cap_days)} day after "
            "shipment. Installation service was purchased and no accepted report was signed "
            "by then."
        )
    else:
        yield (
            "Warranty has not started. It starts when an installation report is signed, "
            f"and on {cap} (day {facts.cap_days}) at the latest."
        )


_SENTENCES = {
    WarrantyRule.W1: _not_purchased,
    WarrantyRule.W2: _signed_in_time,
    WarrantyRule.W3: _not_signed_in_time,
}


def _signatures_aside(facts: Facts, signatures: Collection[date]) -> Iterator[str]:
    """Say of each signature that does not count, or that came later, what became of it."""
    days = sorted(set(signatures))
    if any(facts.signed_on is not None and facts.signed_on < d <= facts.today for d in days):
        yield "Of several accepted reports the earliest signature counts."
    for day in days:
        if day < facts.shipped_on:
            yield (
                f"The report signed on {day_text(day)} does not count: "
                f"Huawei shipped the unit on {day_text(facts.shipped_on)}."
            )
        elif day > facts.today:
            yield (
                f"The report signed on {day_text(day)} does not count yet: "
                f"the day asked about is {day_text(facts.today)}."
            )


def start_reasons(
    rule: WarrantyRule, facts: Facts, signatures: Collection[date]
) -> tuple[Reason, ...]:
    """Return why warranty starts when it does, the deciding sentence first."""
    sentences = [*_SENTENCES[rule](facts), *_signatures_aside(facts, signatures)]
    cite = f"{START_POLICY}, {rule.value}"
    return tuple(Reason(rule.value, sentence, cite) for sentence in sentences)


def void_reason(why: str) -> Reason:
    """Return the sentence about a voided warranty; `why` is what staff gave, or empty."""
    because = f" Reason: {why}" if why else ""
    return Reason("", f"This warranty was voided by Huawei.{because}", "Voided warranty")


def term_reason(*, months: int, ends_on: date, on: date) -> Reason:
    """Return the sentence about the end; `ends_on` is the last day covered."""
    verb = "ended" if ends_on < on else "ends"
    return Reason(
        "",
        f"The term is {months_text(months)}. It {verb} on {day_text(ends_on)}, "
        "which is the last day covered.",
        TERM_POLICY,
    )


def inherited_reasons(
    rule: WarrantyRule, serial: str, starts_on: date, ends_on: date, on: date
) -> Iterator[Reason]:
    """Yield why an exchanged unit has the dates of the unit that it replaced."""
    verb = "starts" if starts_on > on else "started"
    yield Reason(
        rule.value,
        f"This unit replaced {serial} and goes on with its warranty, which {verb} on "
        f"{day_text(starts_on)}. Its own shipment starts no new term.",
        REPLACED_POLICY,
    )
    verb = "ended" if ends_on < on else "ends"
    yield Reason("", f"It {verb} on {day_text(ends_on)}, the last day covered.", REPLACED_POLICY)
