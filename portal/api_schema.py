"""What the API takes and gives, as JSON Schema for its OpenAPI document."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse

from doa.enums import DoaFlag, DoaRule, Remedy
from partners.enums import OrganizationKind
from warranty.enums import Leg, WarrantyRule, WarrantyStatus
from warranty.policy import MAX_MONTHS, MIN_MONTHS

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
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


def _object(properties: Schema, *, optional: tuple[str, ...] = ()) -> Schema:
    """Describe an object of exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _one_of(words: Any) -> Schema:
    return {"type": "string", "enum": list(words.values)}


REASONS = _list(_object({"rule": TEXT, "sentence": TEXT, "cite": TEXT}))
ORGANIZATION = _object({"code": TEXT, "name": TEXT, "kind": _one_of(OrganizationKind)})
WARRANTY = _object(
    {
        "status": _one_of(WarrantyStatus),
        "starts_on": DAY,
        "ends_on": DAY,
        "rule": _one_of(WarrantyRule),
        "cap_on": DAY,
        "reasons": REASONS,
    }
)
UNIT = _object(
    {
        "serial": TEXT,
        "part_number": TEXT,
        "model": TEXT,
        "shipments": _list(
            _object(
                {
                    "leg": _one_of(Leg),
                    "number": TEXT,
                    "shipped_on": DAY,
                    "shipped_by": TEXT,
                    "consignee": TEXT,
                }
            )
        ),
        "warranty": WARRANTY,
        "support": _list({"type": "object"}),
        "doa": _object(
            {
                "route": {"type": "string", "enum": ["application", "referral"]},
                "applicants": _list(ORGANIZATION),
                "call": TEXT,
                "rules": _list(_object({"rule": _one_of(DoaRule), "text": TEXT})),
            }
        ),
        "lifecycle": _object(
            {"status": {"type": "string", "enum": ["not_announced"]}, "milestones": _list(TEXT)}
        ),
        "policy_version": TEXT,
    }
)
QUESTION = _object(
    {
        "huawei_shipped_on": GIVEN_DAY,
        "installation_purchased": {"type": "boolean"},
        "distributor_shipped_on": _or_null(GIVEN_DAY),
        "report_signed_on": {
            "anyOf": [GIVEN_DAY, _list(GIVEN_DAY) | {"maxItems": 100}, {"type": "null"}]
        },
        "warranty_months": _or_null(
            {"type": "integer", "minimum": MIN_MONTHS, "maximum": MAX_MONTHS}
        ),
        "support_start": _or_null(GIVEN_DAY),
        "support_active": _or_null({"type": "boolean"}),
        "new": _or_null({"type": "boolean"}),
        "powered_on_at": _or_null(GIVEN_MOMENT),
        "failed_at": _or_null(GIVEN_MOMENT),
        "first_boot": _or_null({"type": "boolean"}),
        "delivery_project": _or_null({"type": "boolean"}),
        "pac_issued_on": _or_null(GIVEN_DAY),
        "on": _or_null(GIVEN_DAY),
    }
)
QUESTION["required"] = ["huawei_shipped_on", "installation_purchased"]
WHAT_IF = _object(
    {
        "policy_version": TEXT,
        "warranty": WARRANTY,
        "support": _object(
            {
                "anchor_on": DAY,
                "anchor_from": _one_of(Leg),
                "earliest_on": DAY,
                "latest_on": DAY,
                "start_ok": {"type": ["boolean", "null"]},
                "reasons": REASONS,
            }
        ),
        "doa": _object(
            {
                "eligible": {"type": ["boolean", "null"]},
                "rule": _or_null(_one_of(DoaRule)),
                "flags": _list(_object({"code": _one_of(DoaFlag), "sentence": TEXT})),
                "reasons": REASONS,
            }
        ),
        "remedy": _object({"kind": _one_of(Remedy), "reasons": REASONS}),
    }
)
PROBLEM: Schema = {
    "type": "object",
    "description": "Problem details, RFC 9457.",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "errors": _list(_object({"parameter": {"type": ["string", "null"]}, "detail": TEXT})),
        "part_numbers": _list(TEXT),
    },
    "required": ["type", "title", "status", "detail"],
}
_WHEN = {
    400: "A parameter cannot be read; `errors` names each.",
    401: "The token is missing, mistyped, expired or withdrawn.",
    403: "The token does not hold the scope.",
    404: "There is nothing here that this token may see.",
    409: "Several units share the serial number; `part_numbers` names them.",
    415: "The body is not application/json.",
    429: "Too many requests in this minute; see Retry-After.",
}


def problems(*codes: int) -> dict[Any, OpenApiResponse]:
    """Describe the refusals that an operation may answer."""
    return {
        (code, "application/problem+json"): OpenApiResponse(PROBLEM, description=_WHEN[code])
        for code in codes
    }
