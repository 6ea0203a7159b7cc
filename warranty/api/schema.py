"""What the API of shipments and reports takes and gives, as JSON Schema."""

from documents.policy import EVIDENCE
from partners.openapi import (
    COUNT,
    DAY,
    GIVEN_DAY,
    TEXT,
    given_text,
    list_of,
    object_of,
    one_of,
    or_null,
    page_of,
)
from warranty.api.shipment_input import MOST_UNITS
from warranty.enums import EffectKind, Leg, ReportStatus

YES_NO = {"anyOf": [{"type": "boolean"}, {"type": "string", "enum": ["yes", "no"]}]}
GIVEN_UNIT = object_of(
    {
        "serial_number": given_text(200),
        "part_number": given_text(200),
        "installation_service": YES_NO,
        "end_customer": TEXT | {"maxLength": 120},
        "site_country": TEXT | {"pattern": "^([A-Za-z]{2})?$"},
        "purchase_order": TEXT | {"maxLength": 40},
    },
    optional=("end_customer", "site_country", "purchase_order"),
)
GIVEN_SHIPMENT = object_of(
    {
        "number": given_text(40),
        "leg": one_of(Leg),
        "shipped_on": GIVEN_DAY,
        "shipped_by": given_text(32, description="Your own code when left out."),
        "consignee": given_text(32),
        "units": list_of(GIVEN_UNIT, minItems=1, maxItems=MOST_UNITS),
    },
    optional=("shipped_by",),
)
GIVEN_SHIPMENTS = object_of({"shipments": list_of(GIVEN_SHIPMENT, minItems=1)})
RECORDED = object_of(
    {
        "dry_run": {"type": "boolean"},
        "shipments": COUNT,
        "new": COUNT,
        "changed": COUNT,
        "unchanged": COUNT,
        "unusual_serials": COUNT,
        "warnings": list_of(TEXT),
    }
)
SHIPMENT = object_of(
    {
        "number": TEXT,
        "leg": one_of(Leg),
        "shipped_on": DAY,
        "shipped_by": TEXT,
        "consignee": TEXT,
        "units": COUNT,
    }
)
SHIPMENTS_PAGE = page_of("shipments", SHIPMENT)

GIVEN_REPORT = object_of(
    {
        "report_number": TEXT | {"maxLength": 40},
        "signed_on": GIVEN_DAY,
        "signed_by": given_text(120),
        "serial_numbers": list_of(given_text(200), minItems=1, maxItems=MOST_UNITS),
        "units": list_of(
            object_of(
                {"serial_number": given_text(200), "part_number": TEXT | {"maxLength": 200}},
                optional=("part_number",),
            ),
            minItems=1,
            maxItems=MOST_UNITS,
        ),
        "document": or_null(
            object_of(
                {
                    "name": given_text(200),
                    "content": TEXT | {"contentEncoding": "base64", "description": EVIDENCE.hint},
                }
            )
        ),
    },
    optional=("report_number", "serial_numbers", "units", "document"),
)
REPORT_FACTS = {
    "report_number": TEXT,
    "status": one_of(ReportStatus),
    "signed_on": DAY,
    "signed_by": TEXT,
    "document": or_null(TEXT),
    "submitted_at": {"type": "string", "format": "date-time"},
    "reason": or_null(TEXT),
}
EFFECT = object_of(
    {
        "serial_number": TEXT,
        "part_number": TEXT,
        "effect": one_of(EffectKind),
        "starts_on": DAY,
        "ends_on": DAY,
        "starts_on_without": DAY,
        "sentence": TEXT,
        "note": TEXT,
    }
)
REPORT = object_of({**REPORT_FACTS, "units": list_of(EFFECT)})
REPORTS_PAGE = page_of("reports", object_of({**REPORT_FACTS, "units": COUNT}))
