"""What an installation report does to a unit, before and after it counts: pure rules.

The dates come from `warranty.policy`; here they become the sentences of policy section 2.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from catalog.policy import day_text
from warranty.enums import EffectKind
from warranty.policy import (
    SignedBeforeShipment,
    Terms,
    cap_on,
    check_report_signature,
    day_number,
    last_covered_day,
    warranty_start,
)

NAMED = 10
"""How many units a refusal names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The start of one unit without the report and with it, and why.

    `counted_on` is the earliest signature that counts without it. `today` is the day of
    asking, or of acceptance. Both ends are covered days.
    """

    kind: EffectKind
    shipped_on: date
    signed_on: date
    counted_on: date | None
    cap_on: date
    cap_days: int
    before: date
    after: date
    ends_before: date
    ends_after: date
    today: date

    @property
    def changes(self) -> bool:
        return self.kind in (EffectKind.STARTS, EffectKind.MOVES)

    @property
    def tone(self) -> str:
        """Return the colour family of the effect."""
        return _TONES.get(self.kind, "wait")

    @property
    def headline(self) -> str:
        """Say in half a sentence what becomes of the start."""
        return _HEADLINES[self.kind](self)

    @property
    def note(self) -> str:
        """Say why, or what follows."""
        return _NOTES[self.kind](self)

    @property
    def undone(self) -> str:
        """Say in half a sentence what becomes of the start when the report is withdrawn."""
        if not self.changes:
            return f"warranty stays as it is, {self.start(self.before)}"
        if self.before <= self.today:
            return f"warranty moves from {self.start(self.after)} to {self.start(self.before)}"
        return f"warranty waits again, until {self.start(self.before)} at the latest"

    @property
    def undone_tone(self) -> str:
        return "warn" if self.changes else "wait"

    def start(self, day: date) -> str:
        """Return a day as day N after Huawei's shipment: 30 Apr 2026 (day 45)."""
        return f"{day_text(day)} ({self.day(day)})"

    def day(self, day: date) -> str:
        return f"day {day_number(shipped_on=self.shipped_on, day=day)}"

    @property
    def starts(self) -> str:
        return "started" if self.before <= self.today else "starts"


def _moves(effect: Effect) -> str:
    return (
        f"warranty has started on {effect.start(effect.before)} and moves back to "
        f"{effect.start(effect.after)}, which shortens cover"
    )


def _moves_note(effect: Effect) -> str:
    return (
        f"Cover then ends on {day_text(effect.ends_after)} instead of "
        f"{day_text(effect.ends_before)}. What was decided meanwhile stands."
    )


def _starts_note(effect: Effect) -> str:
    return (
        f"The term ends on {day_text(effect.ends_after)}. Without this report warranty starts "
        f"on {effect.start(effect.before)}."
    )


def _late_note(effect: Effect) -> str:
    return (
        f"This report was signed on {effect.day(effect.signed_on)}, after day {effect.cap_days}. "
        "It is filed with the unit."
    )


def _earlier_note(effect: Effect) -> str:
    if effect.counted_on is None:
        return ""
    how = "by an earlier signature" if effect.counted_on < effect.signed_on else "by this date"
    return f"Already covered {how}: the report signed on {day_text(effect.counted_on)} counts."


_TONES = {EffectKind.STARTS: "ok", EffectKind.MOVES: "warn", EffectKind.VOID: "stop"}
_HEADLINES = {
    EffectKind.STARTS: lambda e: f"warranty starts on {e.start(e.after)}",
    EffectKind.MOVES: _moves,
    EffectKind.LATE: lambda e: f"warranty stays at {e.start(e.before)}",
    EffectKind.SAME_DAY: lambda e: f"warranty stays at {e.start(e.before)}",
    EffectKind.EARLIER: lambda e: f"no effect, warranty {e.starts} on {e.start(e.before)}",
    EffectKind.NOT_PURCHASED: lambda e: f"no effect, warranty {e.starts} on {e.start(e.before)}",
    EffectKind.VOID: lambda e: "no effect, the warranty is void",
}
_NOTES = {
    EffectKind.STARTS: _starts_note,
    EffectKind.MOVES: _moves_note,
    EffectKind.LATE: _late_note,
    EffectKind.SAME_DAY: lambda e: (
        f"This report was signed on day {e.cap_days}, the last day that counts."
    ),
    EffectKind.EARLIER: _earlier_note,
    EffectKind.NOT_PURCHASED: lambda e: (
        "Installation service was not purchased, so a report does not change this date."
    ),
    EffectKind.VOID: lambda e: (
        "Huawei has voided this warranty. The report is filed with the unit."
    ),
}


def report_effect(
    *,
    shipped_on: date,
    installation_service: bool,
    signed_on: date,
    counted_on: date | None,
    months: int,
    is_void: bool,
    today: date,
    terms: Terms,
) -> Effect:
    """Return what a report signed on `signed_on` does to one unit, once it is accepted.

    `counted_on` is the earliest accepted signature besides it. A start that lies on or
    before `today` has happened, whether or not the night has recorded it yet.

    Source: policy section 2. Raises: TermOutOfRange.
    """

    def start(signatures: Collection[date]) -> date:
        return warranty_start(
            shipped_on=shipped_on,
            installation_service=installation_service,
            signatures=signatures,
            today=today,
            terms=terms,
        ).starts_on

    counted = [counted_on] if counted_on else []
    cap = cap_on(shipped_on=shipped_on, terms=terms)
    before, after = start(counted), start([*counted, signed_on])
    return Effect(
        kind=_kind(installation_service, is_void, signed_on, counted_on, cap, before, after, today),
        shipped_on=shipped_on,
        signed_on=signed_on,
        counted_on=counted_on,
        cap_on=cap,
        cap_days=terms.cap_days,
        before=before,
        after=after,
        ends_before=last_covered_day(starts_on=before, months=months),
        ends_after=last_covered_day(starts_on=after, months=months),
        today=today,
    )


def _kind(
    installation_service: bool,
    is_void: bool,
    signed_on: date,
    counted_on: date | None,
    cap: date,
    before: date,
    after: date,
    today: date,
) -> EffectKind:
    if is_void:
        return EffectKind.VOID
    if not installation_service:
        return EffectKind.NOT_PURCHASED
    if counted_on is not None and counted_on <= min(signed_on, cap):
        return EffectKind.EARLIER
    if signed_on > cap:
        return EffectKind.LATE
    if before == after:
        return EffectKind.SAME_DAY
    return EffectKind.MOVES if before <= today else EffectKind.STARTS


def could_change(
    *, shipped_on: date, installation_service: bool, starts_on: date, is_void: bool, today: date
) -> bool:
    """Tell whether any report could still change this unit's start, now on `starts_on`."""
    return installation_service and not is_void and shipped_on < starts_on and shipped_on <= today


@dataclass(frozen=True, slots=True)
class Group:
    """Units to which a report does the same."""

    effect: Effect
    serials: tuple[str, ...]

    @property
    def count(self) -> str:
        return "1 unit" if len(self.serials) == 1 else f"{len(self.serials):,} units"

    @property
    def headline(self) -> str:
        return f"{self.count}: {self.effect.headline}"

    @property
    def undone(self) -> str:
        return f"{self.count}: {self.effect.undone}"


def grouped(effects: Iterable[tuple[str, Effect]]) -> list[Group]:
    """Put serial numbers with the same effect together: what changes first, then by date."""
    together: dict[Effect, list[str]] = {}
    for serial, effect in effects:
        together.setdefault(effect, []).append(serial)
    order = list(EffectKind)
    groups = [Group(effect, tuple(serials)) for effect, serials in together.items()]
    return sorted(groups, key=lambda g: (order.index(g.effect.kind), g.effect.after, g.serials))


def check_signature(shipments: Iterable[tuple[str, date]], *, signed_on: date, today: date) -> None:
    """Accept a signature for units, each with its serial number and Huawei's shipment.

    Source: policy section 2. Raises: SignedInFuture; SignedBeforeShipment, which names
    the units that had not been shipped.
    """
    early = sorted((serial, day) for serial, day in shipments if day > signed_on)
    if not early or signed_on > today:
        check_report_signature(signed_on=signed_on, shipped_on=signed_on, today=today)
        return
    named = ", ".join(f"{serial} (shipped {day_text(day)})" for serial, day in early[:NAMED])
    more = f" and {len(early) - NAMED} more" if len(early) > NAMED else ""
    raise SignedBeforeShipment(
        f"The report was signed on {day_text(signed_on)}, before Huawei shipped {named}{more}. "
        "Enter the date written on the report, or leave these units out."
    )
