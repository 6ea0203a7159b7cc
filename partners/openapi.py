"""The pieces of which the API describes what it takes and gives, as JSON Schema."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, OpenApiTypes

from partners.once import HEADER, LONGEST_KEY

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
DAY: Schema = {"type": "string", "format": "date", "examples": ["2026-01-10"]}
GIVEN_DAY: Schema = DAY | {
    "pattern": "^20[0-9]{2}-[0-9]{2}-[0-9]{2}$",
    "description": "A day from 2000 to 2100.",
}

GIVEN_MOMENT: Schema = {
    "description": "An instant with its zone, or a day where no time is known.",
    "anyOf": [{"type": "string", "format": "date-time", "pattern": "^20"}, GIVEN_DAY],
    "examples": ["2026-03-10T23:30:00-05:00", "2026-03-10"],
}


def given_text(most: int, **more: Any) -> Schema:
    """Describe a text that a program sends, of 1 to `most` characters."""
    return {"type": "string", "minLength": 1, "maxLength": most, **more}


def object_of(properties: Schema, *, optional: tuple[str, ...] = ()) -> Schema:
    """Describe an object of exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def list_of(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(words: Any) -> Schema:
    return {"type": "string", "enum": list(words.values)}


def page_of(name: str, items: Schema) -> Schema:
    """Describe one page of a list, and where the next one is."""
    return object_of({name: list_of(items), "next": or_null({"type": "string", "format": "uri"})})


PROBLEM: Schema = {
    "type": "object",
    "description": "Problem details, RFC 9457.",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "errors": list_of(
            object_of(
                {
                    "parameter": {"type": ["string", "null"]},
                    "pointer": TEXT | {"description": "JSON pointer to the element at fault."},
                    "line": {"type": "integer", "description": "The line of a table at fault."},
                    "detail": TEXT,
                },
                optional=("pointer", "line"),
            )
        ),
        "errors_not_shown": COUNT,
        "part_numbers": list_of(TEXT),
        "reference": TEXT | {"description": "Names this fault in our log."},
    },
    "required": ["type", "title", "status", "detail"],
}
_WHEN = {
    400: "A parameter or the body cannot be read; `errors` names each fault.",
    401: "The token is missing, mistyped, expired or withdrawn.",
    403: "The token lacks the scope, or its person or organization may not do this.",
    404: "There is nothing here that this token may see.",
    409: "Several units share the serial number; `part_numbers` names them.",
    413: "The body is larger than this address takes; `detail` says what to do.",
    415: "The body is of a type that this address does not take.",
    422: "The Idempotency-Key was sent with another request.",
    429: "Too many requests in this minute; see Retry-After.",
    503: "Somebody else is writing; see Retry-After.",
}


def problems(*codes: int, **said: str) -> dict[Any, OpenApiResponse]:
    """Describe the refusals that an operation may answer; `_409=` says one in other words."""
    return {
        (code, "application/problem+json"): OpenApiResponse(
            PROBLEM, description=said.get(f"_{code}", _WHEN[code])
        )
        for code in codes
    }


WRITE_PROBLEMS = problems(
    *(400, 401, 403, 409, 413, 415, 422, 429, 503),
    _409="The first request with this Idempotency-Key is running, or the number is taken.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    given_text(LONGEST_KEY, pattern="^[!-~]+$"),
    OpenApiParameter.HEADER,
    description=(
        "Makes the request safe to repeat within 24 hours: it takes effect once, and a repeat "
        "gets the same reply."
    ),
)
PAGE_PARAMETERS = [
    OpenApiParameter("cursor", OpenApiTypes.STR, description="Taken from `next`."),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": 200},
        description="How many on a page; 100 when left out.",
    ),
]
