"""Queries that are compiled once and asked with other values each time.

Django compiles a queryset anew on every use, which for a short query with many joins
costs several times what the database does. What is asked on every request is prepared.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from django.db import connections
from django.db.models import Expression, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery


class Later(Expression):
    """Stands in a prepared query for a value that is given, by name, with each use."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class LaterOrganization(Later):
    """An organization of which only this is known beforehand: whether it is Huawei."""

    def __init__(self, name: str, *, is_huawei: bool) -> None:
        super().__init__(name)
        self.is_huawei = is_huawei


def laters(name: str, count: int) -> list[Later]:
    """Return places for up to `count` values of one kind, for an `__in`."""
    return [Later(f"{name}{n}") for n in range(count)]


def spread(name: str, values: Sequence[Any], count: int) -> dict[str, Any]:
    """Return 1 to `count` values for the places of `laters()`, the last one in all that are left.

    Raises: ValueError for none, or for more than there are places.
    """
    if not 0 < len(values) <= count:
        raise ValueError(f"{len(values)} values do not fit {count} places.")
    return {f"{name}{n}": values[min(n, len(values) - 1)] for n in range(count)}


def _filled(parameters: Sequence[Any], values: dict[str, Any], connection: Any) -> list[Any]:
    """Return the parameters of a statement with the values in their places."""
    adapted = {name: connection.ops.adapt_unknown_value(values[name]) for name in values}
    return [adapted[p.name] if isinstance(p, Later) else p for p in parameters]


class Prepared:
    """A queryset of models with `Later` in its filters; calling it gives its objects.

    One of `values_list()` gives tuples.
    """

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self._queryset: Any = queryset

    def __call__(self, **values: Any) -> list[Any]:
        sql, parameters = self._statement
        connection = connections[self._queryset.db]
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(parameters, values, connection))
            rows = self._converted(cursor.fetchall(), connection)
        if self._queryset._fields is not None:  # its own word for values_list()
            return [tuple(row) for row in rows]
        return list(self._objects(rows, connection))

    @cached_property
    def _compiler(self) -> Any:
        return self._queryset.query.get_compiler(self._queryset.db)

    @cached_property
    def _statement(self) -> tuple[str, Sequence[Any]]:
        statement: tuple[str, Sequence[Any]] = self._compiler.as_sql()
        return statement

    @cached_property
    def _converters(self) -> list[tuple[int, list[Any], Any]]:
        found = self._compiler.get_converters([column[0] for column in self._compiler.select])
        return [(place, *converters) for place, converters in found.items()]

    @cached_property
    def _shape(self) -> tuple[Any, list[str], slice, list[Any], list[tuple[str, int]]]:
        """Return how a row becomes an object, as `ModelIterable` of Django has it."""
        select, info = self._compiler.select, self._compiler.klass_info
        first, last = info["select_fields"][0], info["select_fields"][-1] + 1
        names = [column[0].target.attname for column in select[first:last]]
        related_objects: Any = get_related_populators  # the types are those of a later Django
        related = related_objects(info, select, self._queryset.db)
        annotations = list(self._compiler.annotation_col_map.items())
        return info["model"], names, slice(first, last), related, annotations

    def _converted(self, rows: Iterable[Sequence[Any]], connection: Any) -> Iterator[Any]:
        if not self._converters:
            yield from rows
            return
        for row in rows:
            values = list(row)
            for place, converters, expression in self._converters:
                for convert in converters:
                    values[place] = convert(values[place], expression, connection)
            yield values

    def _objects(self, rows: Iterable[Sequence[Any]], connection: Any) -> Iterator[Any]:
        model, names, own, related, annotations = self._shape
        for values in rows:
            found = model.from_db(connection.alias, names, values[own])
            for populator in related:
                populator.populate(values, found)
            for name, place in annotations:
                setattr(found, name, values[place])
            yield found


class ByKeys:
    """What belongs to any of some keys, a page of them or many: two statements, compiled once.

    `asked` makes the queryset for the places of the keys, which it puts in an `__in` of
    plain values: `pk__in`, or `unit__pk__in` rather than `unit__in`.
    """

    SIZES = (50, 1000)
    """How many keys the two statements take; a page of a list has up to the first."""

    def __init__(self, asked: Callable[[Any], QuerySet[Any]]) -> None:
        self._prepared = {size: Prepared(asked(laters("key", size))) for size in self.SIZES}

    def __call__(self, keys: Collection[Any], **values: Any) -> list[Any]:
        """Return what belongs to any of the keys; no query for none."""
        rest, found = list(keys), []
        while rest:
            size = next((n for n in self.SIZES if n >= len(rest)), self.SIZES[-1])
            asked, rest = rest[:size], rest[size:]
            found += self._prepared[size](**values, **spread("key", asked, size))
        return found


class PreparedCount:
    """How many rows a queryset has, which says itself where counting ends; calling it counts."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        self._queryset = queryset.values("pk")

    def __call__(self, **values: Any) -> int:
        sql, parameters = self._statement
        connection = connections[self._queryset.db]
        with connection.cursor() as cursor:
            counted = f"SELECT COUNT(*) FROM ({sql}) counted"  # noqa: S608 (compiled by Django)
            cursor.execute(counted, _filled(parameters, values, connection))
            return int(cursor.fetchone()[0])

    @cached_property
    def _statement(self) -> tuple[str, Sequence[Any]]:
        compiler = self._queryset.query.get_compiler(self._queryset.db)
        statement: tuple[str, Sequence[Any]] = compiler.as_sql()
        return statement


class PreparedUpdate:
    """An update of a queryset; calling it gives the number of rows that it changed."""

    def __init__(self, queryset: QuerySet[Any], **changes: Any) -> None:
        self._database = queryset.db
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(changes)
        self._query = query

    def __call__(self, **values: Any) -> int:
        sql, parameters = self._statement
        connection = connections[self._database]
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(parameters, values, connection))
            return int(cursor.rowcount)

    @cached_property
    def _statement(self) -> tuple[str, Sequence[Any]]:
        statement: tuple[str, Sequence[Any]] = self._query.get_compiler(self._database).as_sql()
        return statement
