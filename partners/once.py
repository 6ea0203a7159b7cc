"""The `Idempotency-Key` of a request: whatever was sent once takes effect once."""

import re
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.http import HttpResponse
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from partners import clock
from partners.workflow import replies

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
KEPT_HEADERS = ("Content-Type", "Location", "Retry-After")
RETRY_AFTER = 1
"""Seconds after which a repeat may ask again for the reply to the first request."""
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")


class FirstIsRunning(exceptions.APIException):
    """The request with this key is still at work."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = (
        "The first request with this Idempotency-Key is still running. "
        "Retry-After says when to ask again."
    )
    wait = RETRY_AFTER


class KeyReused(exceptions.APIException):
    """The key was sent with another request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = (
        "This Idempotency-Key was sent with another request. Use a new key for a new request."
    )


class _Unanswered(Exception):
    """The answer is a fault of ours: take everything back and keep no reply."""

    def __init__(self, response: Response) -> None:
        self.response = response


def idempotent(handler: Callable[..., Response]) -> Callable[..., Any]:
    """Let a method of an API view take effect once for each key of its caller.

    The effect and its reply are stored in one transaction; a repeat gets the reply, byte
    for byte. A refusal is a reply too; a fault of ours is none.
    """

    @wraps(handler)
    def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        key = _key_of(request)
        if key is None:
            return handler(view, request, *args, **kwargs)
        keyed = replies.Keyed(request.user, request.auth.organization, key, _fingerprint(request))
        try:
            with replies.answering(keyed, at=clock.now()) as row:
                if row.status is None:
                    response = _answer(view, handler, request, *args, **kwargs)
                    replies.keep_reply(row, **_kept(response))
        except replies.StillRunning:
            raise FirstIsRunning from None
        except replies.KeyTaken:
            raise KeyReused from None
        except _Unanswered as fault:
            return fault.response
        return HttpResponse(bytes(row.body), status=row.status, headers=row.headers)

    return answer


def _key_of(request: Request) -> str | None:
    """Return the key. Raises: ValidationError if it is not 1 to 255 printable characters."""
    key = request.headers.get(HEADER)
    if key is not None and not (_PRINTABLE.fullmatch(key) and key.strip()):
        raise exceptions.ValidationError(
            {HEADER: f"Write 1 to {LONGEST_KEY} letters, digits or signs of ASCII."}
        )
    return key


def _fingerprint(request: Request) -> str:
    """Return a digest of what the request says: method, address, type and body."""
    request.data  # noqa: B018 (reading it is what leaves the digest of the body)
    digest = getattr(request, "body_digest", "")
    words = (request.method, request.get_full_path(), request.content_type or "", digest)
    return sha256("\n".join(words).encode()).hexdigest()


def _answer(
    view: Any, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
) -> Response:
    """Return the rendered answer of the handler, a refusal included. Raises: _Unanswered."""
    try:
        response = handler(view, request, *args, **kwargs)
    except Exception as refusal:
        response = view.handle_exception(refusal)
    if response.status_code >= status.HTTP_500_INTERNAL_SERVER_ERROR:
        raise _Unanswered(response)
    response = view.finalize_response(request, response, *args, **kwargs)
    return response.render()


def _kept(response: Response) -> dict[str, Any]:
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    return {"status": response.status_code, "headers": headers, "body": response.content}
