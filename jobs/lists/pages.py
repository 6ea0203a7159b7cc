"""A list as a page and as a file: every kind says its filters, its orders and its rows."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import Any, ClassVar

from django.db import InterfaceError, OperationalError, connection
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import base

from jobs.exports import csv_lines, write_xlsx
from jobs.lists.deeds import Deed, deeds_for
from jobs.lists.filters import Asked, ListFilter, View
from jobs.lists.keyset import (
    CHUNK,
    At,
    Order,
    Page,
    PlaceGone,
    UnknownPlace,
    every,
    gathered,
    page_among,
    page_of,
)
from jobs.models import SavedView
from partners import clock
from partners.enums import Permission
from partners.pages import OrganizationPage
from partners.prepared import Later, Prepared

logger = logging.getLogger(__name__)

PER_PAGE = 50
FEW = 500
"""Up to how many rows that match a filter are gathered and counted."""
COUNTED = 10_000
"""Up to how many rows are counted without a filter; a workbook holds as many, a CSV any number."""
LISTS: dict[str, type["ListPage"]] = {}
"""Every list that people open, by its name, which is that of its address."""
UNAVAILABLE = "This list cannot be read just now. Nothing is lost: try again in half a minute."
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Counted:
    """How many rows there are; where there are more than `most`, only that."""

    def __init__(self, found: int, *, most: int) -> None:
        self.rows, self.is_capped = min(found, most), found > most
        self.fits_workbook = not self.is_capped or most < COUNTED


class Listed(base.View):
    """What the page and the files of one list share, whoever may open it.

    `organization` is in whose name it is read; a list for everybody may have none.
    """

    organization: Any
    permissions: ClassVar[Mapping[str, Permission]] = {}
    filter_class: ClassVar[type[ListFilter]]
    orders: ClassVar[Mapping[str, Order]]
    usual: ClassVar[str]
    header: ClassVar[Sequence[str]]
    name: ClassVar[str]

    def seen(self) -> Any:
        """Return every row that the organization may see, in no order."""
        raise NotImplementedError

    def every_key(self) -> Any:
        """Return the keys of all that is `seen()`, from a table that holds them where one does."""
        return self.seen().order_by().values("pk")

    def filled(self, keys: Any) -> Any:
        """Return rows of the table that holds what an order of all sorts by; none else is read."""
        raise NotImplementedError

    def rows(self, keys: Sequence[int]) -> list[Any]:
        """Return the rows with these keys, in this order; few queries, whatever their number."""
        raise NotImplementedError

    def cells(self, row: Any) -> Sequence[object]:
        raise NotImplementedError

    @cached_property
    def today(self) -> Any:
        return clock.business_today()

    @cached_property
    def asked(self) -> Asked:
        data = self.request.GET
        narrowed = self.filter_class(
            data, self.seen(), organization=self.organization, today=self.today
        )
        return Asked(data, narrowed, self.orders, self.usual)

    @cached_property
    def few(self) -> list[At]:
        """Return what a filter leaves, in order, where it is not more than a few."""
        return gathered(self.asked.narrowed.qs, self.asked.order, most=FEW + 1)

    def many(self) -> Any:
        """Return what a filter leaves, to be walked in its order."""
        asked = self.asked
        by_all = asked.order.is_of_all  # on that way most rows belong to others
        return asked.narrowed.qs if by_all else asked.narrowed.walked()


class ListOf(Listed, OrganizationPage):
    """A list of an organization's own."""


class ListPage(Listed):
    """The list itself. Nothing matches what cannot be read, and the page says what that is."""

    template_name: ClassVar[str]
    columns: ClassVar[tuple[tuple[str, str], ...]]
    views: ClassVar[tuple[View, ...]]
    batches: ClassVar[tuple[Any, ...]] = ()
    """What can be done to several of its records at once (`jobs.lists.batches`)."""

    def __init_subclass__(cls) -> None:
        LISTS[cls.name] = cls

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            return self._answer(request)
        except (OperationalError, InterfaceError):
            logger.exception("A list could not be read.")
            connection.close_if_unusable_or_obsolete()
            return self._unavailable(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        asked, page, counted = self.asked, Page([]), Counted(0, most=COUNTED)
        if not asked.problems:
            try:
                page, counted = self._found()
            except UnknownPlace:
                asked.problems.append("This place is not in the list. Begin at its first page.")
        context = {
            **self.context(),
            **self._frame(asked, page, counted),
            "rows": self.rows(page.keys) if page.keys else [],
            "has_any": bool(page.keys) or self.seen().exists(),
        }
        status = 400 if asked.problems else 200
        return render(request, self.template_name, context, status=status)

    def _unavailable(self, request: HttpRequest) -> HttpResponse:
        """Say what to do where the database gave the list up; the frame of the page stands."""
        asked = self.asked
        context = {
            "page": self.name,
            "label": self.views[0].label,
            "asked": asked,
            "tabs": list(asked.tabs(self.views)),
            "chips": list(asked.chips()),
        }
        response = render(request, "jobs/list_unavailable.html", context, status=503)
        response["Retry-After"] = "30"
        return response

    def _found(self) -> tuple[Page, "Counted"]:
        """Return the page that is asked for, and how many rows match. Raises: UnknownPlace."""
        asked, order = self.asked, self.asked.order
        if asked.given:
            return self._narrowed_page(), Counted(len(self.few), most=FEW)
        rows = asked.narrowed.qs
        keys = self.every_key()[: COUNTED + 1]
        if order.is_of_all:
            every_one = Counted(keys.count(), most=COUNTED)
            short = {} if every_one.is_capped else {"filled": self.filled(keys)}
            return page_of(rows, order, place=asked.place, size=PER_PAGE, **short), every_one
        page = page_of(rows, order, place=asked.place, size=PER_PAGE, counted=keys)
        return page, Counted(page.total, most=COUNTED)

    def _narrowed_page(self) -> Page:
        where: dict[str, Any] = {"place": self.asked.place, "size": PER_PAGE}
        if len(self.few) <= FEW:
            with suppress(PlaceGone):
                return page_among(self.few, self.asked.order, **where)
        return page_of(self.many(), self.asked.order, **where)

    def context(self) -> dict[str, Any]:
        return {}

    @cached_property
    def deeds(self) -> list[Deed]:
        """Return what this reader may do to ticked rows; without it no row has a box."""
        return deeds_for(self.batches, self.request.user, self.organization)

    def _frame(self, asked: Asked, page: Page, counted: Counted) -> dict[str, Any]:
        place = {"sort": asked.sort_in_url}
        return {
            "asked": asked,
            "form": asked.form,
            "problems": asked.problems,
            **self._tabs(asked),
            "chips": [] if asked.problems else list(asked.chips()),
            "headings": list(asked.headings(self.columns)),
            "count": counted.rows,
            "is_capped": counted.is_capped,
            "deeds": self.deeds,
            "workbook": "" if counted.fits_workbook else COUNTED,
            "earlier": asked.url(asked.given, place=page.earlier, **place) if page.earlier else "",
            "later": asked.url(asked.given, place=page.later, **place) if page.later else "",
            "files": {"csv": f"{self.name}-csv", "xlsx": f"{self.name}-xlsx"},
        }

    def _tabs(self, asked: Asked) -> dict[str, Any]:
        """Return the tabs, the reader's own last, and what can be done with the one in front."""
        fixed = list(asked.tabs(self.views))
        if self.organization is None:
            return {"tabs": fixed, "own_tab": [], "keep": ""}
        kept = own_views()(user=self.request.user.pk, organization=self.organization.pk)
        own = list(asked.own_tabs(view for view in kept if view.list == self.name))
        found = [tab for tab in own if tab["is_current"]]
        is_new = not (found or asked.problems or any(tab["is_current"] for tab in fixed))
        keep = reverse("saved-view-new", args=[self.name]) + asked.url(asked.given)
        return {"tabs": fixed + own, "own_tab": found[:1], "keep": keep if is_new else ""}


@cache
def own_views() -> Prepared:
    """Return what gives the views of a person in an organization, of every list."""
    user, organization = Later("user"), Later("organization")
    views = SavedView.objects.filter(user=user, organization=organization)
    return Prepared(views.order_by("pk"))


def _in_words(said: str, *, status: int) -> HttpResponse:
    return HttpResponse(said, status=status, content_type="text/plain; charset=utf-8")


class ListTable(Listed):
    """Exactly what is filtered, all pages of it; what cannot be read is refused in words."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        if self.asked.problems:
            return _in_words("\n".join(self.asked.problems), status=400)
        try:
            cells = self._cells()
            begun = list(islice(cells, 1))
        except (OperationalError, InterfaceError):
            logger.exception("The file of a list could not be read.")
            connection.close_if_unusable_or_obsolete()
            response = _in_words(UNAVAILABLE, status=503)
            response["Retry-After"] = "30"
            return response
        return self.answer(chain(begun, cells))

    def _cells(self) -> Iterator[Sequence[object]]:
        for keys in self._keys():
            yield from (self.cells(row) for row in self.rows(keys))

    def _keys(self) -> Iterator[list[int]]:
        asked = self.asked
        if asked.given and len(self.few) <= FEW:
            for begin in range(0, len(self.few), CHUNK):
                yield [key for _, key in self.few[begin : begin + CHUNK]]
            return
        yield from every(self.many() if asked.given else asked.narrowed.qs, asked.order)

    def answer(self, rows: Iterable[Sequence[object]]) -> HttpResponseBase:
        raise NotImplementedError


class CsvTable(ListTable):
    """The table as CSV, sent while it is read: its memory does not grow."""

    def answer(self, rows: Iterable[Sequence[object]]) -> HttpResponseBase:
        lines = csv_lines(self.header, rows)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.name}.csv"'
        return response


class XlsxTable(ListTable):
    """The table as a workbook; a longer one is offered as CSV only."""

    def answer(self, rows: Iterable[Sequence[object]]) -> HttpResponseBase:
        found = self.asked.narrowed.qs.order_by().values("pk")[: COUNTED + 1]
        if found.count() > COUNTED:
            said = f"A workbook holds {COUNTED:,} rows. Save this list as CSV, or narrow it."
            return _in_words(said, status=400)
        file = TemporaryFile()  # noqa: SIM115 (the response closes it)
        write_xlsx(file, self.header, rows)
        file.seek(0)
        name = f"{self.name}.xlsx"
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
