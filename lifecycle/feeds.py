"""What programs subscribe to: the milestones of every product, for everybody."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition
from django.views.generic import View

from catalog.enums import MilestoneKind
from catalog.milestones import merged
from catalog.models import Milestone, PartNumber
from lifecycle.models import Announcement
from lifecycle.openeox import core
from lifecycle.subscriptions import atom, calendar

VENDOR = "Huawei"
MINUTES_KEPT = 5
"""For how long a cache may answer without asking again."""


MOST = 500
"""How many announcements a file holds at most, the newest."""


def last_change(request: HttpRequest) -> datetime | None:
    """Return when a milestone was last set; every change of one adds a row."""
    found: datetime | None = Milestone.objects.aggregate(at=Max("set_at"))["at"]
    return found


def version(request: HttpRequest) -> str:
    """Return a mark that differs after every change of a milestone."""
    found = Milestone.objects.aggregate(key=Max("pk"), at=Max("set_at"))
    return f'"milestones-{found["key"] or 0}-{found["at"].timestamp() if found["at"] else 0}"'


@method_decorator(login_not_required, name="dispatch")
@method_decorator(cache_control(public=True, max_age=60 * MINUTES_KEPT), name="dispatch")
@method_decorator(condition(etag_func=version, last_modified_func=last_change), name="dispatch")
class OpenEox(View):
    """Every product with milestones, each with its OpenEoX core information."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> JsonResponse:
        rows = Milestone.objects.current().select_related("product").order_by("product__model")
        return JsonResponse({"statements": list(statements(rows))})


def announced(request: HttpRequest) -> str:
    """Return a mark that differs after every announcement, revision and withdrawal."""
    found = Announcement.objects.public().aggregate(
        key=Max("pk"), out=Max("published_at"), over=Max("ended_at")
    )
    return f'"announcements-{found["key"]}-{found["out"]}-{found["over"]}"'.replace(" ", "T")


@method_decorator(login_not_required, name="dispatch")
@method_decorator(cache_control(public=True, max_age=60 * MINUTES_KEPT), name="dispatch")
@method_decorator(condition(etag_func=announced), name="dispatch")
class Subscribed(View):
    """A file of announcements for everybody."""

    http_method_names = ["get", "head"]


class Atom(Subscribed):
    """What was announced, the newest first; what was withdrawn says so."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Announcement.objects.current().with_subject_matter().newest_first()[:MOST]
        return HttpResponse(atom(rows), content_type="application/atom+xml; charset=utf-8")


class Dates(Subscribed):
    """The milestones of what is in force, for calendar programs."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Announcement.objects.in_force().with_subject_matter().newest_first()[:MOST]
        return HttpResponse(calendar(rows), content_type="text/calendar; charset=utf-8")


def statements(rows: Iterable[Milestone]) -> Iterator[dict[str, Any]]:
    """Yield a statement for each product, and one for each part number that differs."""
    by_product: dict[int, list[Milestone]] = defaultdict(list)
    for row in rows:
        by_product[row.product_id].append(row)
    numbers = defaultdict(list)
    for part in PartNumber.objects.filter(product__in=by_product).order_by("number"):
        numbers[part.product_id].append(part)
    for product, said in by_product.items():
        own = {row.part_number_id for row in said if row.part_number_id}
        common = [row for row in said if row.part_number_id is None]
        shared = [part for part in numbers[product] if part.pk not in own]
        if common:
            yield _statement(common, [], shared)
        for part in numbers[product]:
            if part.pk in own:
                yield _statement(common, [r for r in said if r.part_number_id == part.pk], [part])


def _statement(
    common: list[Milestone], own: list[Milestone], parts: list[PartNumber]
) -> dict[str, Any]:
    rows = common + own
    return {
        "vendor_name": VENDOR,
        "product_name": rows[0].product.model,
        "part_numbers": [part.number for part in parts],
        "sample": any(row.is_sample for row in rows),
        "core": core(
            merged(_dates(common), _dates(own)), updated_at=max(row.set_at for row in rows)
        ),
    }


def _dates(rows: list[Milestone]) -> dict[MilestoneKind, Any]:
    return {MilestoneKind(row.kind): row.date for row in rows}
