"""Pages by key: a page costs the same wherever it lies, and what is added shifts nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import F, IntegerField, Q, Subquery

_SALT = "jobs.lists"
CHUNK = 1000
At = tuple[Any, int]
"""A row's value in the column that sorts, and its key."""


class _CountOf(Subquery):
    """How many rows a queryset has, which says itself where counting ends."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


class UnknownPlace(ValueError):
    """An address names a place in the list that this house did not write."""


class PlaceGone(LookupError):
    """A place was written by this house, and the row that it names does not match any more."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of rows by one column, then by key; rows without a value come last.

    The index of one that `is_of_all` knows no organization, so a short list is sorted anew.
    """

    field: str
    is_descending: bool = False
    may_be_empty: bool = False
    is_of_all: bool = False

    @property
    def column(self) -> str:
        """Return what the field is called in the table that holds it."""
        return self.field.rpartition("__")[2]

    def parts(
        self, rows: Any, at: At | None, *, backwards: bool = False, filled: Any = None
    ) -> Iterator[tuple[Any, str]]:
        """Yield the rows after `at`, or before it, in this order, with the name of the field.

        Rows with a value and rows without are asked for apart, so that an index in the order
        of the column can answer. `filled` are those with a value, from the table that holds it.
        """
        was_empty = at is not None and at[0] is None
        if backwards and was_empty:
            yield self._empty(rows, at, backwards), self.field
        if backwards or not was_empty:
            name = self.field if filled is None else self.column
            yield self._filled(rows if filled is None else filled, name, at, backwards), name
        if self.may_be_empty and not backwards:
            yield self._empty(rows, at, backwards), self.field

    def _goes_down(self, backwards: bool) -> bool:
        return self.is_descending != backwards

    def _filled(self, rows: Any, name: str, at: At | None, backwards: bool) -> Any:
        down = self._goes_down(backwards)
        if self.may_be_empty:
            rows = rows.filter(**{f"{name}__isnull": False})
        if at is not None and at[0] is not None:
            way = "lt" if down else "gt"
            further = Q(**{f"{name}__{way}": at[0]}) | Q(**{f"pk__{way}": at[1]})
            rows = rows.filter(Q(**{f"{name}__{way}e": at[0]}) & further)
        column = F(name).desc() if down else F(name).asc()
        return rows.order_by(column, "-pk" if down else "pk")

    def _empty(self, rows: Any, at: At | None, backwards: bool) -> Any:
        down = self._goes_down(backwards)
        rows = rows.filter(**{f"{self.field}__isnull": True})
        if at is not None and at[0] is None:
            rows = rows.filter(**{f"pk__{'lt' if down else 'gt'}": at[1]})
        return rows.order_by("-pk" if down else "pk")


@dataclass(frozen=True, slots=True)
class Page:
    """The keys of some rows, the places where the pages beside it begin, and all rows counted."""

    keys: Sequence[int]
    earlier: str = ""
    later: str = ""
    total: int = 0


def page_of(
    rows: Any, order: Order, *, place: str, size: int, counted: Any = None, filled: Any = None
) -> Page:
    """Return the page of a queryset that begins at `place`, the first without one.

    `counted` is a queryset whose rows are counted by the same question: its `total`, which
    is 0 without one, and where the page is empty. `filled` are the rows that have a value
    to sort by, from the table that holds it, with the same keys. Raises: UnknownPlace.
    """
    backwards, at = _read(place, order) if place else (False, None)
    extra = {} if counted is None else {"total_rows": _CountOf(counted)}
    how = {"also": extra, "backwards": backwards, "filled": filled}
    given = _first(rows.annotate(**extra), order, at, size + 1, **how)
    total = given[0][2] if given and extra else 0
    found = [(value, key) for value, key, *_ in given]
    has_more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    has_earlier = has_more if backwards else at is not None
    has_later = has_more or backwards
    return Page(
        [key for _, key in found],
        _place(order, "b", found[0]) if has_earlier else "",
        _place(order, "a", found[-1]) if has_later else "",
        total,
    )


def gathered(rows: Any, order: Order, *, most: int) -> list[At]:
    """Return value and key of up to `most` rows of a queryset, in this order.

    They are found in any order and sorted then: the database reads by what narrows the
    rows, where for the first ones in order it might read on past every other row.
    """
    compiler = rows.order_by().values_list(order.field, "pk")[:most].query.get_compiler(rows.db)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:  # what is asked for contradicts itself
        return []
    way = "DESC" if order.is_descending else "ASC"
    in_order = f"SELECT * FROM ({sql}) few ORDER BY 1 {way} NULLS LAST, 2 {way}"  # noqa: S608
    with connections[rows.db].cursor() as cursor:
        cursor.execute(in_order, parameters)
        found = cursor.fetchall()
    return list(compiler.results_iter(results=[found], tuple_expected=True))


def page_among(found: Sequence[At], order: Order, *, place: str, size: int) -> Page:
    """Return the page of rows that are `gathered()` which begins at `place`.

    Raises: UnknownPlace; PlaceGone if the row at which it begins is not among them any more.
    """
    begin, end = 0, size
    if place:
        backwards, (_, key) = _read(place, order)
        at = next((n for n, (_, other) in enumerate(found) if other == key), None)
        if at is None:
            raise PlaceGone
        begin, end = (max(at - size, 0), at) if backwards else (at + 1, at + 1 + size)
    shown = found[begin:end]
    if not shown:
        return Page([])
    return Page(
        [key for _, key in shown],
        _place(order, "b", shown[0]) if begin else "",
        _place(order, "a", shown[-1]) if end < len(found) else "",
    )


def every(rows: Any, order: Order) -> Iterator[list[int]]:
    """Yield the keys of all rows in order, a chunk at a time; memory stays flat."""
    at = None
    while True:
        found = _first(rows, order, at, CHUNK)
        if found:
            yield [key for _, key in found]
        if len(found) < CHUNK:
            return
        at = found[-1]


def _first(
    rows: Any,
    order: Order,
    at: At | None,
    most: int,
    *,
    also: Iterable[str] = (),
    backwards: bool = False,
    filled: Any = None,
) -> list[Any]:
    """Return value and key of the first rows after `at`, or of the last before it.

    What is asked for `also` follows them.
    """
    found: list[Any] = []
    for part, name in order.parts(rows, at, backwards=backwards, filled=filled):
        found += part.values_list(name, "pk", *also)[: most - len(found)]
        if len(found) == most:
            break
    return found


def _place(order: Order, way: str, at: At) -> str:
    value = at[0].isoformat() if isinstance(at[0], date) else at[0]
    return signing.dumps([order.field, order.is_descending, way, value, at[1]], salt=_SALT)


def _read(place: str, order: Order) -> tuple[bool, At]:
    try:
        field, is_descending, way, value, key = signing.loads(place, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise UnknownPlace from None
    if (field, is_descending) != (order.field, order.is_descending):
        raise UnknownPlace
    return way == "b", (value, key)
