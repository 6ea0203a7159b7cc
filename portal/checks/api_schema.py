"""What the API takes and gives for checks, as JSON Schema for its OpenAPI document."""

from partners.openapi import COUNT, DAY, TEXT, Schema, given_text, list_of, object_of, or_null
from portal.checks.api_input import LONGEST, PATTERN
from portal.checks.reading import MOST
from warranty.enums import CoverStatus

SERIALS: Schema = object_of(
    {"serials": list_of(given_text(LONGEST, pattern=PATTERN), minItems=1, maxItems=MOST)}
)
CHECK: Schema = object_of(
    {
        "id": {"type": "string", "format": "uuid"},
        "url": {"type": "string", "format": "uri"},
        "status": {
            "type": "string",
            "enum": ["waiting", "running", "done", "refused", "failed"],
        },
        "on": DAY,
        "serials": COUNT | {"description": "How many the list holds."},
        "answered": COUNT | {"description": "How many of them were answered so far."},
        "counts": or_null(
            object_of({s.value: COUNT for s in CoverStatus}, optional=tuple(CoverStatus.values))
        ),
        "mistyped": or_null(
            COUNT | {"description": "How many are nearly the serial number of one unit of yours."}
        ),
        "problem": or_null(TEXT),
        "result": or_null({"type": "string", "format": "uri"}),
        "kept_until": DAY,
    }
)
