"""What the API of contracts takes and gives, as JSON Schema."""

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
from support.enums import ContractStatus, Family
from warranty.api.named_units import LONGEST, MOST_UNITS
from warranty.enums import Leg
from warranty.policy import MAX_MONTHS, MIN_MONTHS

STARTS = ("shipment", "later")

GIVEN_CONTRACT = object_of(
    {
        "number": given_text(40, pattern="^[!-~]+( [!-~]+)*$"),
        "family": one_of(Family),
        "level": given_text(20, examples=["9x5xNBD", "24x7x4H"]),
        "term_months": {"type": "integer", "minimum": MIN_MONTHS, "maximum": MAX_MONTHS},
        "end_customer": TEXT | {"maxLength": 120},
        "start": {
            "type": "string",
            "enum": list(STARTS),
            "description": "shipment: on the day of shipment, chosen. later: not chosen yet.",
        },
        "starts_on": GIVEN_DAY
        | {"description": "For every unit that names no day of its own; leave start out then."},
        "serial_numbers": list_of(given_text(LONGEST), minItems=1, maxItems=MOST_UNITS),
        "units": list_of(
            object_of(
                {
                    "serial_number": given_text(LONGEST),
                    "part_number": TEXT | {"maxLength": LONGEST},
                    "starts_on": GIVEN_DAY,
                },
                optional=("part_number", "starts_on"),
            ),
            minItems=1,
            maxItems=MOST_UNITS,
        ),
    },
    optional=("end_customer", "start", "starts_on", "serial_numbers", "units"),
)
CONTRACT_FACTS = {
    "reference": TEXT,
    "number": TEXT,
    "family": one_of(Family),
    "level": TEXT,
    "promise": TEXT,
    "term_months": {"type": "integer"},
    "organization": TEXT,
    "served_by": TEXT,
    "escalates_to": TEXT,
    "end_customer": or_null(TEXT),
    "status": one_of(ContractStatus),
    "starts_on": DAY,
    "ends_on": DAY,
    "registered_at": {"type": "string", "format": "date-time"},
    "cancelled_on": or_null(DAY),
    "cancel_reason": or_null(TEXT),
    "renews": or_null(TEXT | {"description": "The reference of the contract that it renews."}),
}
LINE = object_of(
    {
        "serial_number": TEXT,
        "part_number": TEXT,
        "status": one_of(ContractStatus),
        "anchor_on": DAY,
        "anchor_from": one_of(Leg),
        "provisional": {"type": "boolean"},
        "latest_start_on": DAY,
        "starts_on": DAY,
        "start_chosen": {"type": "boolean"},
        "ends_on": DAY,
        "moved_from": or_null(TEXT | {"description": "The serial number that it replaced."}),
        "service_ends_on": or_null(
            DAY | {"description": "The product's last day of service and support."}
        ),
        "warnings": list_of(TEXT),
    }
)
CONTRACT = object_of({**CONTRACT_FACTS, "units": list_of(LINE)})
CONTRACTS_PAGE = page_of("contracts", object_of({**CONTRACT_FACTS, "units": COUNT}))
