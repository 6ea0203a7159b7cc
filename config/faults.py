"""What people see where a request cannot be answered: plain pages that need no database."""

import logging
import secrets
import sys
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from config.api import PROBLEM, is_api, problem_of, unexpected

RETRY_AFTER = 30
"""Seconds after which a database that did not reply is worth another request."""
TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
UNREACHABLE = (OperationalError, InterfaceError)
log = logging.getLogger("ninety.pages")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours: programs with problem details, people with a page to quote."""
    error = sys.exc_info()[1]
    if is_api(request):
        problem = unexpected(error, request.path)
        return JsonResponse(problem, status=500, content_type=PROBLEM)
    reference = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}"
    log.error("Page fault %s at %s", reference, request.path, exc_info=error)
    is_down = isinstance(error, UNREACHABLE)
    response = _page(503 if is_down else 500, again=_again(request), reference=reference)
    if is_down:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _again(request: HttpRequest) -> str:
    """Return where the same question is asked again; what was sent is not sent twice."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else ""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what cannot be read, and what is more than one request may bring."""
    status = 413 if isinstance(exception, TOO_MUCH) else 400
    if is_api(request):
        problem = problem_of(status, f"{HTTPStatus(status).phrase}. Nothing of it was kept.")
        return JsonResponse(problem, status=status, content_type=PROBLEM)
    return _page(status)


def _page(status: int, **context: Any) -> HttpResponse:
    """Draw a page without the request: its session might be what has failed."""
    response = render(None, f"{status}.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
