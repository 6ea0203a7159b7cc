"""What is dead on arrival: pure rules (policy section 4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil

from catalog.policy import day_text
from doa.enums import DoaFlag, DoaRule
from warranty.policy import Terms
from warranty.reasons import Reason

DOA_POLICY = "Product Dead-on-Arrival Policy"
LONG_AFTER_SHIPMENT = timedelta(days=90)
"""A failure later than this after Huawei's shipment is flagged, never refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What is known about a failure.

    `powered_on_at` and `failed_at` are instants with a zone, or dates where no
    time is known. `shipped_on` is Huawei's shipment; `pac_issued_on` is None while
    the PAC is not issued. New equipment is neither used before, nor already
    replaced, nor a spare part.
    """

    shipped_on: date
    failed_at: datetime | date | None
    powered_on_at: datetime | date | None = None
    first_boot: bool = False
    delivery_project: bool = False
    pac_issued_on: date | None = None
    is_new: bool = True
    is_spare_part: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a person must look at: a stable code and a sentence."""

    code: DoaFlag
    sentence: str

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code.value, "sentence": self.sentence}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoaVerdict:
    """Whether a unit is dead on arrival: the first rule that holds, or None."""

    rule: DoaRule | None
    flags: tuple[Flag, ...]
    reasons: tuple[Reason, ...]

    @property
    def is_eligible(self) -> bool:
        return self.rule is not None


@dataclass(frozen=True, slots=True)
class _Test:
    """The outcome of one rule."""

    rule: DoaRule
    holds: bool
    sentence: str
    flag: Flag | None = None

    @property
    def reason(self) -> Reason:
        return _cite(self.rule.value, self.sentence)


def _cite(rule: str, sentence: str) -> Reason:
    return Reason(rule, sentence, f"{DOA_POLICY}, {rule}" if rule else DOA_POLICY)


def doa_verdict(*, failure: Failure, terms: Terms) -> DoaVerdict:
    """Return whether the unit is dead on arrival, under which rule, and why.

    D1 at first boot; D2 within 48 elapsed hours of first power-on, the last
    second included; D3 before the PAC in a delivery project. Any one suffices.
    Equipment that is not new never is; a failure before power-on is a cargo claim.

    Source: policy section 4.
    """
    aside = list(_flags_aside(failure))
    barred = _barred(failure)
    if barred is not None:
        reason, flag = barred
        return DoaVerdict(
            rule=None, flags=tuple([flag, *aside] if flag else aside), reasons=(reason,)
        )
    tests = (_at_first_boot(failure), _within_hours(failure, terms), _before_pac(failure))
    met = next((test for test in tests if test.holds), None)
    if met is None:
        return DoaVerdict(rule=None, flags=tuple(aside), reasons=tuple(t.reason for t in tests))
    flags = [met.flag, *aside] if met.flag else aside
    return DoaVerdict(rule=met.rule, flags=tuple(flags), reasons=(met.reason,))


def _barred(failure: Failure) -> tuple[Reason, Flag | None] | None:
    """Return why no rule can hold, with its flag, or None."""
    if failure.is_spare_part:
        text = "A spare part that arrives dead is reported as F003, under its own RMA."
        return _cite("", text), Flag(DoaFlag.SPARE_PART, text)
    if not failure.is_new:
        text = (
            "The unit is not new equipment: it was used or replaced before, or is a spare part. "
            "Only new equipment can be dead on arrival."
        )
        return _cite("", text), None
    if _failed_before_power_on(failure):
        text = (
            "It failed before any power-on. Dented, missing or wrong goods are a cargo claim: "
            "report them within 3 days."
        )
        return _cite("", text), Flag(DoaFlag.CARGO_CLAIM, text)
    return None


def _failed_before_power_on(failure: Failure) -> bool:
    """Tell whether the failure came before power-on, or without any.

    Reading: in a delivery project a power-on that is merely not recorded leaves
    D3 open, to be confirmed.
    """
    failed, powered = failure.failed_at, failure.powered_on_at
    if failed is None:
        return False
    if powered is None:
        return not failure.first_boot and not failure.delivery_project
    if isinstance(failed, datetime) and isinstance(powered, datetime):
        return failed.astimezone(UTC) < powered.astimezone(UTC)
    return local_day(failed) < local_day(powered)


def local_day(moment: datetime | date) -> date:
    """Return the calendar day of a moment in its own zone."""
    return moment.date() if isinstance(moment, datetime) else moment


def elapsed_text(elapsed: timedelta) -> str:
    """Return a length as people read it: "71 hours", or "48 h 0 min 1 s"."""
    seconds = ceil(elapsed.total_seconds())
    hours, rest = divmod(seconds, 3600)
    if rest == 0:
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{hours} h {rest // 60} min {rest % 60} s"


def _at_first_boot(failure: Failure) -> _Test:
    if failure.first_boot:
        return _Test(DoaRule.D1, True, "It failed at first boot, so no hours are counted.")
    return _Test(DoaRule.D1, False, "It did not fail at first boot.")


def _within_hours(failure: Failure, terms: Terms) -> _Test:
    """D2. Instants count in UTC; dates alone count as power-on date + 2 days, marked."""
    failed, powered = failure.failed_at, failure.powered_on_at
    if failed is None or powered is None:
        text = "The hours after power-on are not known."
        return _Test(DoaRule.D2, False, text)
    if isinstance(failed, datetime) and isinstance(powered, datetime):
        elapsed = failed.astimezone(UTC) - powered.astimezone(UTC)
        holds = elapsed <= timedelta(hours=terms.doa_hours)
        inside = "not more than the limit of" if holds else "and the limit is"
        text = f"It failed {elapsed_text(elapsed)} after first power-on, {inside} {terms.doa_hours}"
        return _Test(DoaRule.D2, holds, f"{text} hours.")
    latest = local_day(powered) + timedelta(days=ceil(terms.doa_hours / 24))
    holds = local_day(failed) <= latest
    side = "not after" if holds else "after"
    text = (
        f"It was powered on on {day_text(local_day(powered))} and failed on "
        f"{day_text(local_day(failed))}, {side} {day_text(latest)}."
    )
    flag = Flag(DoaFlag.CONFIRM_TIMES, "Only dates are known: TAC must confirm the times.")
    return _Test(DoaRule.D2, holds, text, flag)


def _before_pac(failure: Failure) -> _Test:
    """D3. The PAC has a date and no time, so its own day is inside, marked."""
    if not failure.delivery_project:
        return _Test(DoaRule.D3, False, "It does not belong to a Huawei delivery project.")
    if failure.failed_at is None:
        return _Test(DoaRule.D3, False, "The day of failure is not known.")
    failed_on, pac = local_day(failure.failed_at), failure.pac_issued_on
    if pac is None:
        text = "It belongs to a Huawei delivery project and the PAC is not issued."
        return _Test(DoaRule.D3, True, text, _unconfirmed(failure))
    holds = failed_on <= pac
    side = "before" if failed_on < pac else "the day of" if holds else "after"
    text = (
        f"It belongs to a Huawei delivery project and failed on {day_text(failed_on)}, {side} "
        f"the PAC{'' if failed_on == pac else ' of ' + day_text(pac)}."
    )
    if failed_on == pac:
        said = "The PAC and the failure are on the same day: TAC must confirm the times."
        return _Test(DoaRule.D3, holds, text, Flag(DoaFlag.SAME_DAY_AS_PAC, said))
    return _Test(DoaRule.D3, holds, text, _unconfirmed(failure))


def _unconfirmed(failure: Failure) -> Flag | None:
    if failure.powered_on_at is not None:
        return None
    said = "No power-on is recorded: TAC must confirm that the unit was powered on."
    return Flag(DoaFlag.CONFIRM_POWER_ON, said)


def _flags_aside(failure: Failure) -> Iterator[Flag]:
    """Yield the flags that no rule raises by itself."""
    if failure.pac_issued_on is not None and not failure.delivery_project:
        yield Flag(
            DoaFlag.PAC_IGNORED,
            "The PAC is ignored: the unit does not belong to a Huawei delivery project.",
        )
    if failure.failed_at is None:
        return
    since = local_day(failure.failed_at) - failure.shipped_on
    if since > LONG_AFTER_SHIPMENT:
        yield Flag(DoaFlag.LATE, f"It failed {since.days} days after shipment, more than 90.")
