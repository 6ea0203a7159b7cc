"""When a warranty starts and ends, and why: pure rules (policy sections 0 to 2)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from catalog.policy import day_text
from warranty import reasons
from warranty.enums import WarrantyRule, WarrantyStatus
from warranty.reasons import Facts, Reason, day_number, start_reasons

__all__ = [
    "MAX_MONTHS",
    "MIN_MONTHS",
    "Cover",
    "Reason",
    "ShippedOnBeforeHuawei",
    "SignedBeforeShipment",
    "SignedInFuture",
    "StartDecision",
    "TermOutOfRange",
    "Terms",
    "cap_on",
    "check_onward_date",
    "check_report_signature",
    "check_term",
    "cover",
    "day_number",
    "day_text",
    "inherited_cover",
    "inherited_end",
    "last_covered_day",
    "warranty_start",
    "warranty_status",
]

MIN_MONTHS, MAX_MONTHS = 1, 600
"""The shortest and the longest term in months, both allowed."""


class SignedBeforeShipment(ValueError):
    """A report signed before Huawei shipped the unit."""


class SignedInFuture(ValueError):
    """A report signed after today."""


class ShippedOnBeforeHuawei(ValueError):
    """A distributor's shipment dated before Huawei's."""


class TermOutOfRange(ValueError):
    """A term shorter than 1 month or longer than 600."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The numbers of one policy version (policy section 8).

    `cap_days` and `support_window_days` count from the day of shipment, day 0;
    `doa_hours` are elapsed hours from first power-on. The last day and the last
    second belong to each.
    """

    version: str
    cap_days: int = 90
    support_window_days: int = 90
    doa_hours: int = 48
    default_warranty_months: int = 12
    tac_number: str = "1-877-9HUAWEI"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartDecision:
    """The first day of warranty and what decided it.

    `signed_on` is the earliest signature that counts, whether or not it decided.
    A `starts_on` after the day of asking under W3 is the latest day, not a promise.
    """

    starts_on: date
    rule: WarrantyRule
    cap_on: date
    signed_on: date | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """A warranty as it stands on a day; `starts_on` and `ends_on` are both covered."""

    status: WarrantyStatus
    starts_on: date
    ends_on: date
    rule: WarrantyRule
    cap_on: date
    reasons: tuple[Reason, ...]


def cap_on(*, shipped_on: date, terms: Terms) -> date:
    """Return the latest day on which warranty may start: day 90 after Huawei's shipment.

    The day of shipment is day 0; weekends and holidays count.
    Source: policy sections 0 and 2.
    """
    return shipped_on + timedelta(days=terms.cap_days)


def check_report_signature(*, signed_on: date, shipped_on: date, today: date) -> None:
    """Accept a signature from the day of Huawei's shipment to today, both included.

    Source: policy section 2. Raises: SignedBeforeShipment, SignedInFuture.
    """
    if signed_on < shipped_on:
        raise SignedBeforeShipment(
            f"The report was signed on {day_text(signed_on)}, before Huawei shipped the unit "
            f"on {day_text(shipped_on)}. Enter the date written on the report."
        )
    if signed_on > today:
        raise SignedInFuture(
            f"The report is dated {day_text(signed_on)}, after today, {day_text(today)}. "
            "Enter the date written on the report."
        )


def check_onward_date(*, huawei_shipped_on: date, distributor_shipped_on: date) -> None:
    """Accept a distributor's shipment on the day of Huawei's or later.

    Source: policy section 1. Raises: ShippedOnBeforeHuawei.
    """
    if distributor_shipped_on < huawei_shipped_on:
        raise ShippedOnBeforeHuawei(
            f"The distributor's shipment is dated {day_text(distributor_shipped_on)}, before "
            f"Huawei's on {day_text(huawei_shipped_on)}. Correct the date that is wrong."
        )


def check_term(months: int) -> None:
    """Accept a term of 1 to 600 months. Source: policy section 2. Raises: TermOutOfRange."""
    if not MIN_MONTHS <= months <= MAX_MONTHS:
        raise TermOutOfRange(
            f"A term has {MIN_MONTHS} to {MAX_MONTHS} months. You entered {months}."
        )


def last_covered_day(*, starts_on: date, months: int) -> date:
    """Return the last day of a term of `months` months; it is still covered.

    The day after it bears the same day number N months on, or is the 1st of the
    following month where that day does not exist. The months are counted at
    once, never chained.

    Source: policy section 0, term arithmetic. Raises: TermOutOfRange.
    """
    check_term(months)
    years, month = divmod(starts_on.month - 1 + months, 12)
    year = starts_on.year + years
    try:
        bound = date(year, month + 1, starts_on.day)
    except ValueError:  # 29 February or the 31st: December has 31 days, so no year ends here
        bound = date(year, month + 2, 1)
    return bound - timedelta(days=1)


def inherited_end(*, ends_on: date, replaced_on: date, floor_days: int) -> date:
    """Return the last covered day of a unit that goes on with the term of another.

    The end stays, unless less than `floor_days` of it are left on the day of
    replacement, day 0. A term that is over by then stays over.
    Source: policy section 6.
    """
    if not floor_days or ends_on < replaced_on:
        return ends_on
    return max(ends_on, replaced_on + timedelta(days=floor_days))


def warranty_start(
    *,
    shipped_on: date,
    installation_service: bool,
    signatures: Collection[date],
    today: date,
    terms: Terms,
) -> StartDecision:
    """Return the first day of warranty and why.

    W1: installation service not purchased: day 90 exactly, whatever was signed.
    W2: purchased and signed on or before day 90: the day of the earliest signature.
    W3: purchased otherwise: day 90, automatically.
    `signatures` are those of accepted reports for this unit; one before Huawei's
    shipment or after `today` does not count.

    Source: policy section 2.
    """
    cap = cap_on(shipped_on=shipped_on, terms=terms)
    valid = [day for day in signatures if shipped_on <= day <= today]
    signed_on = min(valid, default=None)
    if not installation_service:
        rule, starts_on = WarrantyRule.W1, cap
    elif signed_on is not None and signed_on <= cap:
        rule, starts_on = WarrantyRule.W2, signed_on
    else:
        rule, starts_on = WarrantyRule.W3, cap
    facts = Facts(shipped_on, signed_on, cap, today, terms.cap_days)
    return StartDecision(
        starts_on=starts_on,
        rule=rule,
        cap_on=cap,
        signed_on=signed_on,
        reasons=start_reasons(rule, facts, signatures),
    )


def warranty_status(
    *, starts_on: date, ends_on: date, on: date, is_void: bool = False
) -> WarrantyStatus:
    """Return the state of a warranty on a day; its first and last day are covered.

    Source: policy sections 0 and 2.
    """
    if is_void:
        return WarrantyStatus.VOID
    if on < starts_on:
        return WarrantyStatus.PENDING
    return WarrantyStatus.ACTIVE if on <= ends_on else WarrantyStatus.EXPIRED


def cover(
    *, start: StartDecision, months: int, on: date, is_void: bool = False, void_reason: str = ""
) -> Cover:
    """Return the warranty that follows from a start, as it stands `on` a day, and why.

    Source: policy sections 0 and 2. Raises: TermOutOfRange.
    """
    ends_on = last_covered_day(starts_on=start.starts_on, months=months)
    status = warranty_status(starts_on=start.starts_on, ends_on=ends_on, on=on, is_void=is_void)
    void = [reasons.void_reason(void_reason)] if is_void else []
    end = reasons.term_reason(months=months, ends_on=ends_on, on=on)
    return Cover(
        status=status,
        starts_on=start.starts_on,
        ends_on=ends_on,
        rule=start.rule,
        cap_on=start.cap_on,
        reasons=(*void, *start.reasons, end),
    )


def inherited_cover(
    *,
    starts_on: date,
    ends_on: date,
    rule: WarrantyRule,
    serial: str,
    on: date,
    is_void: bool = False,
    void_reason: str = "",
) -> Cover:
    """Return the warranty of a unit that goes on with the term of unit `serial`.

    Source: policy section 6.
    """
    void = [reasons.void_reason(void_reason)] if is_void else []
    return Cover(
        status=warranty_status(starts_on=starts_on, ends_on=ends_on, on=on, is_void=is_void),
        starts_on=starts_on,
        ends_on=ends_on,
        rule=rule,
        cap_on=starts_on,
        reasons=(*void, *reasons.inherited_reasons(rule, serial, starts_on, ends_on, on)),
    )
