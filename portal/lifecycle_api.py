"""The API: where a product stands in its life, and which milestones changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.milestones import NOT_ANNOUNCED, MilestoneDate
from catalog.models import Milestone, PartNumber, Product
from catalog.policy import InvalidDay, is_plausible_day, parse_day
from partners import clock
from partners.openapi import GIVEN_DAY, PAGE_PARAMETERS, problems
from partners.paging import one_of_query, page_of, refuse_unknown
from portal import api_schema
from portal.lifecycle_facts import lifecycle_of_part, lifecycle_of_product

OPEN: Any = [{}, {"token": []}]
"""Milestones are public: no token is needed, and any will do."""
SINCE = {"type": "string", "format": "date-time", "pattern": "^20"}


class ProductLifecycle(APIView):
    """GET products/{part_number}/lifecycle: its milestones, and what they come to on a day.

    A release without a part number, such as a version of software, is asked for by its name.
    """

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="get_product_lifecycle",
        summary="The milestones of a part number, and where it stands",
        auth=OPEN,
        parameters=[
            OpenApiParameter(
                "part_number",
                OpenApiTypes.STR,
                OpenApiParameter.PATH,
                description="A part number, or the name of what is sold without one.",
            ),
            OpenApiParameter("on", GIVEN_DAY, description="As of this day; today if left out."),
        ],
        responses={200: api_schema.PRODUCT_LIFECYCLE} | problems(400, 401, 404, 429),
    )
    def get(self, request: Request, part_number: str) -> Response:
        refuse_unknown(request, {"on"})
        asked = one_of_query(request, "on")
        on = clock.business_today() if asked is None else _day(asked)
        named = part_number.replace("\0", "").strip()[:121]
        part = PartNumber.objects.filter(number=named).select_related("product").first()
        product = part.product if part else Product.objects.filter(model=named).first()
        if product is None:
            raise exceptions.NotFound
        found = lifecycle_of_part(part, on=on) if part else lifecycle_of_product(product, on=on)
        facts = {
            "part_number": part.number if part else None,
            "model": product.model,
            "on": on.isoformat(),
        }
        return Response(facts | found.as_dict())


class LifecycleChanges(APIView):
    """GET lifecycle-changes: every milestone that was set, the last one first."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="list_lifecycle_changes",
        summary="Milestones as they were set and changed, the last one first",
        auth=OPEN,
        parameters=[
            *PAGE_PARAMETERS,
            OpenApiParameter("since", SINCE, description="Set at this instant or later."),
        ],
        responses={200: api_schema.LIFECYCLE_CHANGES} | problems(400, 401, 429),
    )
    def get(self, request: Request) -> Response:
        rows = Milestone.objects.select_related("product", "part_number")
        since = one_of_query(request, "since")
        if since is not None:
            rows = rows.filter(set_at__gte=_instant(since))
        page = page_of(rows, request, filters=("since",))
        earlier = _replaced_by(page.rows)
        changes = [_change(row, earlier.get(_key(row, row.set_at))) for row in page.rows]
        return Response({"changes": changes, "next": page.next})


def _day(text: str) -> Any:
    try:
        return parse_day(text)
    except InvalidDay as refusal:
        raise exceptions.ValidationError({"on": str(refusal)}) from refusal


def _instant(text: str) -> datetime:
    """Return the instant that is meant. Raises: ValidationError."""
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None or not is_plausible_day(instant.date()):
            raise ValueError
    except ValueError:
        how = "Write an instant with its zone, such as 2026-01-10T12:00:00Z."
        raise exceptions.ValidationError({"since": how}) from None
    return instant


def _key(row: Milestone, at: datetime | None) -> tuple[Any, ...]:
    return row.product_id, row.part_number_id, row.kind, at


def _replaced_by(rows: Iterable[Milestone]) -> dict[tuple[Any, ...], MilestoneDate]:
    """Return what each row replaced, by what it is of and when it was set; one query."""
    products, instants = {row.product_id for row in rows}, {row.set_at for row in rows}
    earlier = Milestone.objects.filter(product__in=products, replaced_at__in=instants)
    return {_key(row, row.replaced_at): row.date for row in earlier.order_by("pk")}


def _change(row: Milestone, before: MilestoneDate | None) -> dict[str, Any]:
    return {
        "part_number": row.part_number.number if row.part_number else None,
        "model": row.product.model,
        "kind": row.kind,
        "before": _said(before or NOT_ANNOUNCED),
        "after": _said(row.date),
        "cause": row.cause,
        "sample": row.is_sample,
        "set_at": row.set_at.isoformat(),
        "replaced_at": row.replaced_at.isoformat() if row.replaced_at else None,
    }


def _said(when: MilestoneDate) -> dict[str, str | None]:
    return {"date": when.iso if when.day else None, "precision": when.precision.value}
