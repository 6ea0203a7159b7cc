"""What every endpoint of the API shares: its problem details and its description."""

import logging
import secrets
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions, views
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

PROBLEM = "application/problem+json"
log = logging.getLogger("ninety.api")


class BearerScheme(OpenApiAuthenticationExtension):
    """Describes the token in the OpenAPI document."""

    target_class = "partners.api.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class Busy(exceptions.APIException):
    """Somebody else holds what this request needs, for longer than it may wait."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = "Somebody else is writing this now. Retry-After says when to go on."
    wait = 5


def problem_details(error: Exception, context: dict[str, Any]) -> Response:
    """Answer any fault as RFC 9457 problem details; what is unexpected, by a reference."""
    error = _known(error)
    response = views.exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return Response(unexpected(error, context["request"].path), 500, content_type=PROBLEM)
    problem = problem_of(response.status_code, _detail(error))
    if isinstance(error, exceptions.ValidationError):
        problem["errors"] = list(_errors(error.detail))
        problem["detail"] = " ".join(e["detail"] for e in problem["errors"])
    problem |= getattr(error, "extension", {})
    response.data = problem
    response.content_type = PROBLEM
    return response


def problem_of(status: int, detail: str) -> dict[str, Any]:
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


def unexpected(error: BaseException | None, path: str) -> dict[str, Any]:
    """Write a fault of ours to the log, and return the problem that refers to it."""
    reference = secrets.token_hex(6)
    log.error("API fault %s at %s", reference, path, exc_info=error)
    problem = problem_of(500, "Something failed on our side. Name the reference to your contact.")
    return problem | {"reference": reference}


def _known(error: Exception) -> Exception:
    """Return what a fault of Django means to the caller of an API."""
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied(str(error) or None)
    if isinstance(error, OperationalError):
        log.warning("The database did not answer in time: %s", error)
        return Busy()
    return error


def _detail(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.NotFound):
        return "There is nothing here that this token may see."
    if isinstance(error, exceptions.Throttled):
        return "Too many requests in this minute. Retry-After says when to go on."
    if isinstance(error, exceptions.MethodNotAllowed):
        return "This address does not answer this method. Allow names those that it does."
    if isinstance(error, exceptions.NotAcceptable):
        return "The API answers in JSON. Accept application/json."
    if isinstance(error, exceptions.UnsupportedMediaType):
        return "A body of this type is not read here. The OpenAPI document names the types."
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


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


class NothingHere(views.APIView):
    """Answer an unknown address below /api/ as a problem, not as a page."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound
