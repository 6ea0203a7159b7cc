"""What every endpoint of the API shares: its problem details and its description."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions, views
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

PROBLEM = "application/problem+json"


class BearerScheme(OpenApiAuthenticationExtension):
    """Describes the token in the OpenAPI document."""

    target_class = "partners.api.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer a refusal as RFC 9457 problem details; leave what is unexpected alone."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = views.exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return None
    status = HTTPStatus(response.status_code)
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": _detail(error),
    }
    if isinstance(error, exceptions.ValidationError):
        problem["errors"] = list(_errors(error.detail))
        problem["detail"] = " ".join(e["detail"] for e in problem["errors"])
    problem |= getattr(error, "extension", {})
    response.data = problem
    response.content_type = PROBLEM
    return response


def _detail(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.NotFound):
        return "There is nothing here that this token may see."
    if isinstance(error, exceptions.Throttled):
        return "Too many requests in this minute. Retry-After says when to go on."
    return str(error.detail)


def _errors(detail: Any, parameter: str = "") -> Iterator[dict[str, Any]]:
    """Walk the nested refusals of a serializer: one {parameter, detail} each."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _errors(inner, f"{parameter}.{name}" if parameter else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _errors(inner, parameter)
    else:
        named = "" if parameter in ("", "non_field_errors") else parameter
        yield {
            "parameter": named or None,
            "detail": f"{named}: {detail}" if named else str(detail),
        }


class NothingHere(views.APIView):
    """Answer an unknown address below /api/ as a problem, not as a page."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound
