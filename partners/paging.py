"""Lists for programs: pages by key, so that what is added meanwhile shifts nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

USUAL_PAGE, LARGEST_PAGE = 100, 200
_SALT = "partners.paging"


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, newest first, and the address of those that follow."""

    rows: Sequence[Any]
    next: str | None


def page_of(rows: Any, request: Request, *, filters: Collection[str]) -> Page:
    """Return the page of a queryset that `cursor` and `limit` ask for.

    `filters` are the further parameters of the list; any other is refused.
    Raises: ValidationError that names the parameter.
    """
    refuse_unknown(request, {"cursor", "limit", *filters})
    limit, before = _limit(one_of_query(request, "limit")), one_of_query(request, "cursor")
    if before is not None:
        rows = rows.filter(pk__lt=_key(before))
    found = list(rows.order_by("-pk")[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    return Page(found[:limit], _address(request, cursor=_cursor(found[limit - 1].pk)))


def refuse_unknown(request: Request, known: set[str]) -> None:
    """Refuse a parameter that nothing reads: a mistyped filter would show everything.

    Raises: ValidationError that names it.
    """
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        words = ", ".join(sorted(known))
        raise ValidationError(dict.fromkeys(unknown, f"This address takes {words}."))


def one_of_query(request: Request, name: str) -> str | None:
    """Return a parameter of the address, or None. Raises: ValidationError if it is there twice."""
    given = request.query_params.getlist(name)
    if len(given) > 1:
        raise ValidationError({name: "Give this once."})
    return given[0] if given else None


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL_PAGE
    if not (
        text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= LARGEST_PAGE
    ):
        raise ValidationError({"limit": f"Write a number from 1 to {LARGEST_PAGE}."})
    return int(text)


def _cursor(key: int) -> str:
    return signing.dumps(key, salt=_SALT)


def _key(cursor: str) -> int:
    try:
        return int(signing.loads(cursor, salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError):
        raise ValidationError({"cursor": "Take the cursor from the address in `next`."}) from None


def _address(request: Request, *, cursor: str) -> str:
    query = {**request.query_params.dict(), "cursor": cursor}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
