"""The code of a statement: everything that it states, signed, so that no row is needed.

It is kept short because it is printed as a QR code. Codes signed with a former secret key
are read as long as `SECRET_KEY_FALLBACKS` names the key.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.signing import BadSignature, Signer
from django.utils.http import base36_to_int, int_to_base36

from warranty.enums import WarrantyStatus

_SALT = "portal.statement"
_LETTERS = {status: status.value[0] for status in WarrantyStatus}
_STATUSES = {letter: status for status, letter in _LETTERS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Cover by a contract of a service level, from the first day to the last."""

    level: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a statement says of a unit as of a day, and when it was made."""

    unit: int
    serial: str
    on: date
    made_on: date
    status: WarrantyStatus
    starts_on: date
    ends_on: date
    support: tuple[Term, ...]


def code_of(stated: Stated) -> str:
    days = (stated.on, stated.made_on, stated.starts_on, stated.ends_on)
    terms = (f"{int_to_base36(t.level)}-{_days((t.starts_on, t.ends_on))}" for t in stated.support)
    parts = (
        int_to_base36(stated.unit),
        _days(days),
        _LETTERS[stated.status],
        "~".join(terms),
        stated.serial,
    )
    return Signer(salt=_SALT).sign(".".join(parts))


def read_code(code: str) -> Stated | None:
    """Return what a statement said; nothing for a code that we did not sign."""
    try:
        text = Signer(salt=_SALT).unsign(code)
    except BadSignature:
        return None
    unit, days, letter, terms, serial = text.split(".", 4)
    on, made_on, starts_on, ends_on = _read_days(days)
    return Stated(
        unit=base36_to_int(unit),
        serial=serial,
        on=on,
        made_on=made_on,
        status=_STATUSES[letter],
        starts_on=starts_on,
        ends_on=ends_on,
        support=tuple(_read_term(term) for term in terms.split("~") if term),
    )


def _days(days: Iterable[date]) -> str:
    return "-".join(int_to_base36(day.toordinal()) for day in days)


def _read_days(text: str) -> list[date]:
    return [date.fromordinal(base36_to_int(day)) for day in text.split("-")]


def _read_term(text: str) -> Term:
    level, _, days = text.partition("-")
    starts_on, ends_on = _read_days(days)
    return Term(level=base36_to_int(level), starts_on=starts_on, ends_on=ends_on)
