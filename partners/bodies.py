"""Reading what a program sends: so many bytes, strictly, and nothing that cannot be stored."""

import codecs
import json
import re
from hashlib import sha256
from typing import IO, Any

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

LARGEST_BODY = 1024 * 1024
"""Bytes that a request may have, unless its view says another `largest_body`."""
MEGABYTE = 1024 * 1024
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class TooLarge(APIException):
    """The body is larger than this address takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


def _read(stream: IO[bytes], context: dict[str, Any]) -> bytes:
    """Return the body and leave its digest on the request.

    Raises: TooLarge.
    """
    view, request = context["view"], context["request"]
    largest = getattr(view, "largest_body", LARGEST_BODY)
    body = stream.read(largest + 1)
    if len(body) > largest:
        raise TooLarge(f"Up to {largest // MEGABYTE} MB are taken here. Send less at a time.")
    request.body_digest = sha256(body).hexdigest()
    return body


class JsonBody(BaseParser):
    """JSON in UTF-8: no other numbers than JSON has, no half of a character."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: dict[str, Any] | None = None,
    ) -> Any:
        body = _read(stream, parser_context or {})
        try:
            data = json.loads(body.removeprefix(codecs.BOM_UTF8).decode(), parse_constant=_refuse)
            if _SURROGATE.search(body):
                json.dumps(data, ensure_ascii=False).encode()
        except UnicodeError:
            raise ParseError("The body is not UTF-8 throughout. Encode it as UTF-8.") from None
        except json.JSONDecodeError as fault:
            where = f"line {fault.lineno}, column {fault.colno}"
            raise ParseError(f"The body cannot be read as JSON from {where} on.") from None
        except (ValueError, RecursionError):
            raise ParseError("A number is too long, or lists are nested too deep.") from None
        return data


def _refuse(constant: str) -> None:
    raise ValueError(constant)


class CsvBody(BaseParser):
    """A table, left as it came: the importer reads it."""

    media_type = "text/csv"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: dict[str, Any] | None = None,
    ) -> bytes:
        body = _read(stream, parser_context or {})
        if body.startswith(b"PK"):
            raise ParseError("The body is not CSV. Save the table as 'CSV UTF-8'.")
        return body
