"""The API: announcements, for everybody; a program needs no token to read them."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.enums import MilestoneKind, Precision
from catalog.milestones import MilestoneDate
from lifecycle.enums import AnnouncementStatus
from lifecycle.models import Affected, Announcement, Dates
from partners.openapi import (
    COUNT,
    DAY,
    PAGE_PARAMETERS,
    TEXT,
    list_of,
    object_of,
    one_of,
    or_null,
    problems,
)
from partners.openapi import page_of as described_page
from partners.paging import one_of_query, page_of

OPEN: Any = [{}, {"token": []}]
"""Announcements are public: no token is needed, and any will do."""
PUBLIC = (AnnouncementStatus.PUBLISHED, AnnouncementStatus.WITHDRAWN, AnnouncementStatus.REVISED)
STATUS = {"type": "string", "enum": [status.value for status in PUBLIC]}
NUMBER = {"type": "string", "pattern": "^[A-Za-z0-9-]{1,20}$"}
INSTANT = {"type": "string", "format": "date-time"}
MILESTONE = object_of(
    {
        "kind": one_of(MilestoneKind),
        "precision": one_of(Precision),
        "day": or_null(DAY),
        "text": TEXT,
    }
)
SUMMARY = {
    "number": TEXT,
    "version": COUNT,
    "subject": TEXT,
    "status": STATUS,
    "is_sample": {"type": "boolean"},
    "published_at": INSTANT,
    "models": list_of(TEXT),
    "milestones": list_of(MILESTONE),
}
PRODUCT = object_of(
    {
        "model": TEXT,
        "part_number": or_null(TEXT),
        "replacement": or_null(TEXT),
        "milestones": list_of(MILESTONE),
    }
)
DETAIL = object_of(
    {
        **SUMMARY,
        "text": TEXT | {"description": "Markdown."},
        "changes": or_null(TEXT),
        "reason": or_null(TEXT),
        "source": or_null(TEXT),
        "products": list_of(PRODUCT),
        "versions": list_of(COUNT),
    }
)
PAGE = described_page("announcements", object_of(SUMMARY))


class Announcements(APIView):
    """GET announcements: of each number the version that holds or was withdrawn."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="list_announcements",
        summary="Announcements that hold or were withdrawn, the last written first",
        auth=OPEN,
        parameters=[
            *PAGE_PARAMETERS,
            OpenApiParameter("part_number", OpenApiTypes.STR, description="That affect this one."),
        ],
        responses={200: PAGE} | problems(400, 401, 429),
    )
    def get(self, request: Request) -> Response:
        rows = Announcement.objects.current().with_subject_matter()
        number = one_of_query(request, "part_number")
        if number is not None:
            rows = rows.affecting(number.replace("\0", "").strip()[:41])
        page = page_of(rows, request, filters=("part_number",))
        found = [_summary(announcement) for announcement in page.rows]
        return Response({"announcements": found, "next": page.next})


class OneAnnouncement(APIView):
    """GET announcements/{number}: what it says of which product."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="get_announcement",
        summary="One announcement: its text, products, milestones and versions",
        auth=OPEN,
        parameters=[OpenApiParameter("number", NUMBER, OpenApiParameter.PATH)],
        responses={200: DETAIL} | problems(401, 404, 429),
    )
    def get(self, request: Request, number: str) -> Response:
        asked = number.replace("\0", "").upper()[:21]
        versions = Announcement.objects.public().with_subject_matter().filter(number=asked)
        found = list(versions.order_by("-version"))
        if not found:
            raise exceptions.NotFound
        return Response(_detail(found[0], [version.version for version in found]))


def _summary(announcement: Announcement) -> dict[str, Any]:
    published_at = announcement.published_at
    return {
        "number": announcement.number,
        "version": announcement.version,
        "subject": announcement.subject,
        "status": announcement.status,
        "is_sample": announcement.is_sample,
        "published_at": published_at.isoformat() if published_at else None,
        "models": [product.model for product in announcement.products],
        "milestones": _milestones(announcement.dates()),
    }


def _detail(announcement: Announcement, versions: list[int]) -> dict[str, Any]:
    by_product = announcement.dates_by_product()
    rows = sorted(announcement.affected.all(), key=lambda row: (row.product.model, row.pk))
    return {
        **_summary(announcement),
        "text": announcement.text,
        "changes": announcement.changes or None,
        "reason": announcement.reason or None,
        "source": announcement.source or None,
        "products": [_product(row, by_product[row.product_id]) for row in rows],
        "versions": versions,
    }


def _product(row: Affected, dates: Dates) -> dict[str, Any]:
    return {
        "model": row.product.model,
        "part_number": row.part_number.number if row.part_number else None,
        "replacement": row.replacement.model if row.replacement else None,
        "milestones": _milestones(dates),
    }


def _milestones(dates: Dates) -> list[dict[str, Any]]:
    return [_milestone(kind, when) for kind, when in dates.items()]


def _milestone(kind: MilestoneKind, when: MilestoneDate) -> dict[str, Any]:
    day = when.day.isoformat() if when.day else None
    return {"kind": kind, "precision": when.precision, "day": day, "text": when.text}
