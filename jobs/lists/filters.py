"""What a list is asked for in its address: filters, an order and a place, or what is wrong."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any, ClassVar, NamedTuple

import django_filters as filters
from django.db.models import Q
from django.forms import DateInput, Form, IntegerField
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from jobs.lists.keyset import Order
from jobs.models import SavedView
from partners.models import Organization

SORT, PLACE = "sort", "at"


class View(NamedTuple):
    """A saved view: a tab that is a link with fixed filters."""

    label: str
    given: Mapping[str, str] = {}


class Chip(NamedTuple):
    """A filter in force, in words, and the address of the list without it."""

    label: str
    value: str
    url: str


class ListFilter(filters.FilterSet):
    """Narrows rows by the address; `today` is the business day of the question.

    What its fields offer is fixed when the house starts, so that a form is drawn once for
    each way in which it is filled. A filter may be left out for some readers. A filter that
    gathers what it keeps asks row by row instead where `is_walked`.
    """

    is_walked = False
    gathering: ClassVar[frozenset[str]] = frozenset()
    """The filters that do one thing gathered and another walked."""

    def __init__(self, data: QueryDict, rows: Any, *, organization: Any, today: date) -> None:
        self.organization, self.today = organization, today
        super().__init__(data, rows)

    def walked(self) -> Any:
        """Return the rows for one who goes along their order and finds one soon, wherever."""
        given = (self.form.cleaned_data.get(name) for name in self.gathering)
        if all(value in (None, "") for value in given):
            return self.qs
        self.is_walked = True
        try:
            return self.filter_queryset(self.queryset.all())
        finally:
            self.is_walked = False

    def get_form_class(self) -> type[Form]:
        return _form_class(type(self), tuple(self.filters))


@cache
def _form_class(narrowed: type[ListFilter], names: tuple[str, ...]) -> type[Form]:
    # A filter keeps the field it has made, and every look at the list copies the filters.
    fields = {name: deepcopy(narrowed.base_filters[name]).field for name in names}
    return type("ListForm", (narrowed._meta.form,), fields)


@lru_cache(maxsize=256)
def _drawn(form_class: type[Form], given: tuple[tuple[str, str], ...]) -> SafeString:
    form = form_class(dict(given))
    return render_to_string("components/fields.html", {"form": form})


class Asked:
    """One look at a list. What cannot be read is named in `problems`, and shows nothing."""

    def __init__(
        self, data: QueryDict, narrowed: ListFilter, orders: Mapping[str, Order], usual: str
    ) -> None:
        self.data, self.narrowed, self.orders = data, narrowed, orders
        self.sort = data.get(SORT) or usual
        self.place = data.get(PLACE, "")
        self.problems = list(self._problems())

    @property
    def form(self) -> Any:
        return self.narrowed.form

    @property
    def order(self) -> Order:
        return self.orders[self.sort]

    def _problems(self) -> Iterator[str]:
        known = {*self.narrowed.filters, SORT, PLACE}
        for name in self.data:
            if name not in known:
                yield f"This list has no filter “{name[:40]}”. Choose from the filters below."
            elif len(self.data.getlist(name)) > 1:
                yield f"The address has “{name}” twice. Keep one of them."
        if self.sort not in self.orders:
            yield "This list has no such order. Choose the heading of a column."
        if not self.form.is_valid():
            for name, errors in self.form.errors.items():
                label = f"{self.form[name].label}: " if name in self.form.fields else ""
                yield from (f"{label}{error}" for error in errors)

    @property
    def fields(self) -> SafeString:
        """Return the fields of the form as they were filled, with what is wrong in them."""
        if self.problems:
            return render_to_string("components/fields.html", {"form": self.form})
        return _drawn(type(self.form), tuple(self.given.items()))

    @property
    def given(self) -> dict[str, str]:
        """Return the filters in force, as the address says them."""
        said = {name: self.data.get(name, "").strip() for name in self.narrowed.filters}
        return {name: value for name, value in said.items() if value}

    def url(self, given: Mapping[str, str], *, sort: str = "", place: str = "") -> str:
        query = QueryDict(mutable=True)
        query.update({**given, **{k: v for k, v in ((SORT, sort), (PLACE, place)) if v}})
        return f"?{query.urlencode()}"

    @property
    def sort_in_url(self) -> str:
        return self.data.get(SORT, "")

    @property
    def query(self) -> str:
        """Return what this list's files are asked for."""
        return self.url(self.given, sort=self.sort_in_url)

    def chips(self) -> Iterator[Chip]:
        for name, value in self.given.items():
            field = self.form.fields[name]
            words = dict(getattr(field, "choices", ())).get(value, value)
            rest = {other: said for other, said in self.given.items() if other != name}
            yield Chip(str(field.label), str(words), self.url(rest, sort=self.sort_in_url))

    def tabs(self, views: tuple[View, ...]) -> Iterator[dict[str, Any]]:
        """Yield the views of the list, but those by a filter that the reader does not have."""
        for view in views:
            if not set(view.given) <= set(self.narrowed.filters):
                continue
            yield {
                "label": view.label,
                "url": self.url(view.given),
                "is_current": dict(view.given) == self.given,
            }

    def own_tabs(self, views: Iterable[SavedView]) -> Iterator[dict[str, Any]]:
        """Yield the views that the reader named; one whose filter is gone says so when opened."""
        said = {k: v.strip() for k, v in self.data.items() if k not in (SORT, PLACE)}
        now = {name: value for name, value in said.items() if value}
        for view in views:
            yield {
                "label": view.name,
                "url": self.url(view.given),
                "is_current": view.given == now,
                "change": reverse("saved-view", args=[view.pk]),
            }

    def headings(self, columns: tuple[tuple[str, str], ...]) -> Iterator[dict[str, str]]:
        """Yield each column with where its heading leads and how it sorts now."""
        for label, name in columns:
            if not name:
                yield {"label": label}
                continue
            turned = f"-{name}" if self.sort == name else name
            now = {name: "ascending", f"-{name}": "descending"}.get(self.sort, "")
            yield {"label": label, "url": self.url(self.given, sort=turned), "now": now}


class DaysForm(Form):
    """A form with pairs of days, of which the second is not before the first."""

    between: ClassVar[tuple[tuple[str, str], ...]] = ()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for first, last in self.between:
            begin, end = cleaned.get(first), cleaned.get(last)
            if begin and end and end < begin:
                self.add_error(last, "Choose a day on or after the first one.")
        return cleaned


def choice(
    label: str, choices: list[tuple[str, str]], method: str | None = None
) -> filters.ChoiceFilter:
    """A filter of a few words, by its own column without a method.

    Any other word is refused with what to do.
    """
    return filters.ChoiceFilter(
        label=label,
        choices=choices,
        method=method,
        empty_label="Any",
        error_messages={"invalid_choice": "Choose one of the words in the list."},
    )


def text(label: str, method: str, *, longest: int = 120) -> filters.CharFilter:
    return filters.CharFilter(label=label, method=method, max_length=longest)


def day(
    label: str,
    method: str | None = None,
    *,
    kind: type[filters.DateFilter] = filters.DateFilter,
    **how: Any,
) -> filters.DateFilter:
    return kind(
        label=label,
        method=method,
        widget=DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Write the day as 2026-11-20."},
        **how,
    )


def first_day(label: str, column: str) -> filters.DateFilter:
    return day(label, field_name=column, lookup_expr="gte")


def last_day(label: str, column: str) -> filters.DateFilter:
    return day(label, field_name=column, lookup_expr="lte")


class DayOfInstants(filters.DateFilter):
    """Instants from a day on, or until its end, as the reader's zone counts days.

    It compares instants, so that an index of them serves it.
    """

    def filter(self, rows: Any, value: date | None) -> Any:
        if value is None:
            return rows
        is_last = self.lookup_expr == "lte"
        try:
            day = value + timedelta(days=is_last)
            begins = datetime.combine(day, time(0), timezone.get_current_timezone())
            begins.astimezone(UTC)
        except OverflowError:  # before all that is known, or after it
            return rows
        return rows.filter(**{f"{self.field_name}__{'lt' if is_last else 'gte'}": begins})


def since(label: str, column: str) -> filters.DateFilter:
    """A filter of a column of instants: from the day on."""
    return day(label, kind=DayOfInstants, field_name=column, lookup_expr="gte")


def until(label: str, column: str) -> filters.DateFilter:
    """A filter of a column of instants: until the day, which is included."""
    return day(label, kind=DayOfInstants, field_name=column, lookup_expr="lte")


class OrganizationFilter(filters.CharFilter):
    """Organizations by their code, or by how their name begins."""

    def filter(self, rows: Any, value: str) -> Any:
        if not value:
            return rows
        named = Organization.objects.filter(Q(code__iexact=value) | Q(name__istartswith=value))
        return rows.filter(**{f"{self.field_name}__in": named.values("pk")})


def organization(label: str, column: str) -> OrganizationFilter:
    return OrganizationFilter(label=f"{label}, name or code", field_name=column, max_length=120)


class Days(filters.NumberFilter):
    field_class = IntegerField


def days(label: str, method: str, *, most: int) -> Days:
    limits = f"Write a number of days from 0 to {most}."
    said = dict.fromkeys(("invalid", "min_value", "max_value"), limits)
    return Days(label=label, method=method, min_value=0, max_value=most, error_messages=said)
