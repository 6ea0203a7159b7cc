"""The milestones of every product that has some, for everybody."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from catalog.enums import LifecycleStatus, MilestoneKind
from catalog.milestones import NOT_ANNOUNCED, merged, status_on
from catalog.models import Milestone, Product
from lifecycle.views.public import PublicPage
from partners import clock

PER_PAGE = 50
LONGEST_WORDS = 120
TONES = {
    LifecycleStatus.END_OF_SERVICE_AND_SUPPORT: "stop",
    LifecycleStatus.NOT_ANNOUNCED: "wait",
    LifecycleStatus.AVAILABLE: "ok",
}


class ProductMilestones(PublicPage):
    """Products and releases by name, each with its four milestones and where it stands."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = "".join(c for c in request.GET.get("q", "") if c.isprintable()).strip()
        text = text[:LONGEST_WORDS]
        listed = Paginator(_products(text), PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "page": "announcements",
            "text": text,
            "query": f"{urlencode({'q': text})}&" if text else "",
            "kinds": MilestoneKind,
            "listed": listed,
            "rows": list(_rows(list(listed.object_list), on=clock.business_today())),
        }
        return render(request, "lifecycle/products.html", context)


def _products(text: str) -> Any:
    known = Milestone.objects.current().filter(product=OuterRef("pk"))
    found = Product.objects.filter(Exists(known)).order_by("model")
    if not text:
        return found
    numbered = Product.objects.filter(partnumber__number__istartswith=text)
    return found.filter(
        Q(model__icontains=text) | Q(product_line__icontains=text) | Q(pk__in=numbered.values("pk"))
    )


def _rows(products: list[Product], *, on: date) -> Iterator[dict[str, Any]]:
    """Yield a row for each product, and below it one for each part number with its own dates."""
    said: dict[int, dict[Any, list[Milestone]]] = defaultdict(lambda: defaultdict(list))
    current = Milestone.objects.current().of_products(product.pk for product in products)
    for row in current.select_related("part_number").order_by("part_number__number"):
        said[row.product_id][row.part_number].append(row)
    for product in products:
        common = said[product.pk].pop(None, [])
        if common:
            yield _row(product, "", [], common, on)
        for part, own in said[product.pk].items():
            yield _row(product, part.number, common, own, on)


def _row(
    product: Product, number: str, common: list[Milestone], own: list[Milestone], on: date
) -> dict[str, Any]:
    dates = merged(
        {MilestoneKind(row.kind): row.date for row in common},
        {MilestoneKind(row.kind): row.date for row in own},
    )
    status = status_on(dates, on=on)
    return {
        "product": product,
        "number": number,
        "dates": [(kind.label, dates.get(kind, NOT_ANNOUNCED).text) for kind in MilestoneKind],
        "status": status.label,
        "tone": TONES.get(status, "life"),
        "is_sample": any(row.is_sample for row in (*common, *own)),
        "cause": max((*common, *own), key=lambda row: row.set_at).cause,
    }
