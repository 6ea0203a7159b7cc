"""What would follow from given dates: the rules of all apps put together, pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from catalog.policy import FIRST_YEAR, LAST_YEAR, day_text, is_plausible_day
from doa.judging import Question, WarrantyFacts, judge
from doa.policy import DoaVerdict, Failure, local_day
from doa.remedies import RemedyChoice
from support.policy import Window, start_verdict, support_anchor, support_window
from warranty.policy import (
    Cover,
    Reason,
    ShippedOnBeforeHuawei,
    SignedBeforeShipment,
    SignedInFuture,
    TermOutOfRange,
    Terms,
    check_onward_date,
    check_report_signature,
    check_term,
    cover,
    warranty_start,
)

ANY_LEVEL = "HiCare or CoCare"
"""The service level of a contract of which only is said that it is active."""


class InvalidQuestion(ValueError):
    """A question that contradicts itself or the calendar.

    `problems` names every field at fault with its sentences.
    """

    def __init__(self, problems: dict[str, list[str]]) -> None:
        super().__init__(" ".join(text for texts in problems.values() for text in texts))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The question. None means that a field was not given.

    `powered_on_at` and `failed_at` are instants with a zone, or dates where no
    time is known. `new` and `installation_purchased` are plain yes or no; equipment
    of which nothing is said is new.
    """

    huawei_shipped_on: date
    installation_purchased: bool
    distributor_shipped_on: date | None = None
    report_signed_on: date | Sequence[date] | None = None
    warranty_months: int | None = None
    support_start: date | None = None
    support_active: bool | None = None
    new: bool | None = None
    powered_on_at: datetime | date | None = None
    failed_at: datetime | date | None = None
    first_boot: bool | None = None
    delivery_project: bool | None = None
    pac_issued_on: date | None = None
    on: date | None = None

    @property
    def signatures(self) -> tuple[date, ...]:
        """Return the days of signature, one or several, as a tuple."""
        given = self.report_signed_on
        if given is None:
            return ()
        return (given,) if isinstance(given, date) else tuple(given)

    @property
    def describes_failure(self) -> bool:
        return bool(self.first_boot) or self.failed_at is not None

    def days(self) -> Iterator[tuple[str, date]]:
        """Yield every day and moment given, with the name of its field."""
        for name in _DATED_FIELDS:
            value: datetime | date | None = getattr(self, name)
            if value is not None:
                yield name, local_day(value)
        for day in self.signatures:
            yield "report_signed_on", day


_DATED_FIELDS = (
    "huawei_shipped_on",
    "distributor_shipped_on",
    "support_start",
    "powered_on_at",
    "failed_at",
    "pac_issued_on",
    "on",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfAnswer:
    """The answer, section by section; what was not asked is None."""

    policy_version: str
    warranty: Cover
    support: Window
    start_ok: bool | None
    start_reason: Reason | None
    doa: DoaVerdict | None
    remedy: RemedyChoice

    @property
    def own_remedy_reasons(self) -> list[Reason]:
        """Return why this remedy, without repeating why it is or is not dead on arrival."""
        told = self.doa.reasons if self.doa else ()
        return [reason for reason in self.remedy.reasons if reason not in told]

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as the API gives it: ISO dates, plain words."""
        return {
            "policy_version": self.policy_version,
            "warranty": warranty_dict(self.warranty),
            "support": self._support_dict(),
            "doa": self._doa_dict(),
            "remedy": {
                "kind": self.remedy.kind.value,
                "reasons": reason_dicts(self.remedy.reasons),
            },
        }

    def _support_dict(self) -> dict[str, Any]:
        asked = (self.start_reason,) if self.start_reason else ()
        return {
            "anchor_on": self.support.anchor.on.isoformat(),
            "anchor_from": self.support.anchor.leg.value,
            "earliest_on": self.support.earliest_on.isoformat(),
            "latest_on": self.support.latest_on.isoformat(),
            "start_ok": self.start_ok,
            "reasons": reason_dicts((*self.support.reasons, *asked)),
        }

    def _doa_dict(self) -> dict[str, Any]:
        if self.doa is None:
            return {"eligible": None, "rule": None, "flags": [], "reasons": []}
        return {
            "eligible": self.doa.is_eligible,
            "rule": self.doa.rule.value if self.doa.rule else None,
            "flags": [flag.as_dict() for flag in self.doa.flags],
            "reasons": reason_dicts(self.doa.reasons),
        }


def reason_dicts(reasons: Sequence[Reason]) -> list[dict[str, str]]:
    return [reason.as_dict() for reason in reasons]


def warranty_dict(cover: Cover) -> dict[str, Any]:
    """Return a warranty as the API gives it; its dates are covered days, in ISO form."""
    return {
        "status": cover.status.value,
        "starts_on": cover.starts_on.isoformat(),
        "ends_on": cover.ends_on.isoformat(),
        "rule": cover.rule.value,
        "cap_on": cover.cap_on.isoformat(),
        "reasons": reason_dicts(cover.reasons),
    }


def what_if(question: WhatIf, *, terms: Terms, today: date) -> WhatIfAnswer:
    """Return what the policy makes of the given dates on `question.on`, or today.

    Every signature given counts as that of an accepted report, unless it lies
    after the day asked about.

    Source: policy sections 1 to 5. Raises: InvalidQuestion with all problems.
    """
    problems = _problems(question, today=today)
    if problems:
        raise InvalidQuestion(problems)
    on = question.on or today
    warranty = _warranty(question, on=on, terms=terms)
    anchor = support_anchor(
        huawei_shipped_on=question.huawei_shipped_on,
        distributor_shipped_on=question.distributor_shipped_on,
    )
    window = support_window(anchor=anchor, terms=terms)
    start_ok, start_reason = None, None
    if question.support_start is not None:
        start_ok, start_reason = start_verdict(starts_on=question.support_start, window=window)
    verdict = judge(
        Question(
            failure=_failure(question),
            warranty=WarrantyFacts(starts_on=warranty.starts_on, ends_on=warranty.ends_on),
            levels=(ANY_LEVEL,) if question.support_active else (),
            on=on,
        ),
        terms=terms,
    )
    return WhatIfAnswer(
        policy_version=terms.version,
        warranty=warranty,
        support=window,
        start_ok=start_ok,
        start_reason=start_reason,
        doa=verdict.doa,
        remedy=verdict.choice,
    )


def _warranty(question: WhatIf, *, on: date, terms: Terms) -> Cover:
    start = warranty_start(
        shipped_on=question.huawei_shipped_on,
        installation_service=question.installation_purchased,
        signatures=question.signatures,
        today=on,
        terms=terms,
    )
    return cover(
        start=start, months=question.warranty_months or terms.default_warranty_months, on=on
    )


def _failure(question: WhatIf) -> Failure | None:
    if not question.describes_failure:
        return None
    return Failure(
        shipped_on=question.huawei_shipped_on,
        failed_at=question.failed_at,
        powered_on_at=question.powered_on_at,
        first_boot=bool(question.first_boot),
        delivery_project=bool(question.delivery_project),
        pac_issued_on=question.pac_issued_on,
        is_new=question.new is not False,
    )


def _problems(question: WhatIf, *, today: date) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    checks = (
        _calendar_problems(question),
        _order_problems(question),
        _paper_problems(question, today=today),
    )
    for field, sentence in (problem for check in checks for problem in check):
        if sentence not in found.setdefault(field, []):
            found[field].append(sentence)
    return found


def _calendar_problems(question: WhatIf) -> Iterator[tuple[str, str]]:
    """Yield years out of range and instants without a zone."""
    for field, day in question.days():
        if not is_plausible_day(day):
            yield field, f"Give a day between {FIRST_YEAR} and {LAST_YEAR}."
    for field in ("powered_on_at", "failed_at"):
        moment = getattr(question, field)
        if isinstance(moment, datetime) and moment.utcoffset() is None:
            yield field, "Give the time with its zone, such as 2026-02-01T23:30:00-05:00."


def _order_problems(question: WhatIf) -> Iterator[tuple[str, str]]:
    """Yield what cannot have happened before Huawei's shipment, or before power-on."""
    shipped_on = question.huawei_shipped_on
    for field in ("powered_on_at", "failed_at", "pac_issued_on"):
        moment = getattr(question, field)
        if moment is not None and local_day(moment) < shipped_on:
            yield field, f"Give a day on or after Huawei's shipment on {day_text(shipped_on)}."
    failed, powered = question.failed_at, question.powered_on_at
    if question.first_boot and failed and powered and local_day(failed) < local_day(powered):
        yield "failed_at", "A unit cannot fail at first boot before its first power-on."


def _paper_problems(question: WhatIf, *, today: date) -> Iterator[tuple[str, str]]:
    """Yield what the rules of shipments, reports and terms refuse."""
    shipped_on, onward = question.huawei_shipped_on, question.distributor_shipped_on
    latest = max(question.on or today, today)
    try:
        if onward is not None:
            check_onward_date(huawei_shipped_on=shipped_on, distributor_shipped_on=onward)
    except ShippedOnBeforeHuawei as refusal:
        yield "distributor_shipped_on", str(refusal)
    for signed_on in question.signatures:
        try:
            check_report_signature(signed_on=signed_on, shipped_on=shipped_on, today=latest)
        except (SignedBeforeShipment, SignedInFuture) as refusal:
            yield "report_signed_on", str(refusal)
    try:
        if question.warranty_months is not None:
            check_term(question.warranty_months)
    except TermOutOfRange as refusal:
        yield "warranty_months", str(refusal)
