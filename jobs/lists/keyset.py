"""Pages by key: a page costs the same wherever it lies, and what is added shifts nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.db.models import F, Q

_SALT = "jobs.lists"
CHUNK = 1000


class UnknownPlace(ValueError):
    """An address names a place in the list that this house did not write."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of rows by one column, then by key; rows without a value come last."""

    field: str
    is_descending: bool = False
    may_be_empty: bool = False

    def sorted(self, rows: Any, *, backwards: bool = False) -> Any:
        """Return `rows` in this order, or from its end."""
        down = self.is_descending != backwards
        last = {} if not self.may_be_empty else {"nulls_first" if backwards else "nulls_last": True}
        column = F(self.field).desc(**last) if down else F(self.field).asc(**last)
        return rows.order_by(column, "-pk" if down else "pk")

    def beyond(self, value: Any, key: int, *, backwards: bool) -> Q:
        """Match the rows after the one with this value and key, or before it."""
        way = "lt" if self.is_descending != backwards else "gt"
        empty = Q(**{f"{self.field}__isnull": True})
        further = Q(**{f"pk__{way}": key})
        if value is None:
            return (empty & further) | ~empty if backwards else empty & further
        here = Q(**{f"{self.field}__{way}e": value}) & (
            Q(**{f"{self.field}__{way}": value}) | further
        )
        return here | empty if self.may_be_empty and not backwards else here


@dataclass(frozen=True, slots=True)
class Page:
    """The keys of some rows, and the places where the pages beside it begin."""

    keys: Sequence[int]
    earlier: str = ""
    later: str = ""


def page_of(rows: Any, order: Order, *, place: str, size: int) -> Page:
    """Return the page of a queryset that begins at `place`, the first without one.

    Raises: UnknownPlace.
    """
    backwards, at = _read(place, order) if place else (False, None)
    if at is not None:
        rows = rows.filter(order.beyond(*at, backwards=backwards))
    found = list(order.sorted(rows, backwards=backwards).values_list(order.field, "pk")[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    has_earlier = has_more if backwards else at is not None
    has_later = has_more if not backwards else True
    return Page(
        [key for _, key in found],
        _place(order, "b", found[0]) if has_earlier else "",
        _place(order, "a", found[-1]) if has_later else "",
    )


def every(rows: Any, order: Order) -> Iterator[list[int]]:
    """Yield the keys of all rows in order, a chunk at a time; memory stays flat."""
    at = None
    while True:
        rest = rows if at is None else rows.filter(order.beyond(*at, backwards=False))
        found = list(order.sorted(rest).values_list(order.field, "pk")[:CHUNK])
        if found:
            yield [key for _, key in found]
        if len(found) < CHUNK:
            return
        at = found[-1]


def _place(order: Order, way: str, at: tuple[Any, int]) -> str:
    value = at[0].isoformat() if isinstance(at[0], date) else at[0]
    return signing.dumps([order.field, order.is_descending, way, value, at[1]], salt=_SALT)


def _read(place: str, order: Order) -> tuple[bool, tuple[Any, int]]:
    try:
        field, is_descending, way, value, key = signing.loads(place, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise UnknownPlace from None
    if (field, is_descending) != (order.field, order.is_descending):
        raise UnknownPlace
    return way == "b", (value, key)
