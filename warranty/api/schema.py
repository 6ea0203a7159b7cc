"""What the API of shipments and reports takes and gives, as JSON Schema."""

from partners.openapi import (
    COUNT,
    DAY,
    GIVEN_DAY,
    TEXT,
    given_text,
    list_of,
    object_of,
    one_of,
    page_of,
)
from warranty.api.shipment_input import MOST_UNITS
from warranty.enums import Leg

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
