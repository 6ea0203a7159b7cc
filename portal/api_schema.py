"""What the API takes and gives, as JSON Schema for its OpenAPI document."""

from catalog.enums import LifecycleStatus, MilestoneKind, Precision
from doa.enums import DoaFlag, DoaRule, Remedy
from partners.enums import OrganizationKind
from partners.openapi import (
    DAY,
    GIVEN_DAY,
    GIVEN_MOMENT,
    TEXT,
    Schema,
    list_of,
    object_of,
    one_of,
    or_null,
    page_of,
)
from support.enums import ContractStatus, Family
from warranty.enums import Leg, ReplacementKind, WarrantyRule, WarrantyStatus
from warranty.policy import MAX_MONTHS, MIN_MONTHS

MOMENT: Schema = {"type": "string", "format": "date-time"}
MILESTONE_DATE: Schema = {
    "description": "A day, or a month where no day is known.",
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$",
}
REASONS = list_of(object_of({"rule": TEXT, "sentence": TEXT, "cite": TEXT}))
ORGANIZATION = object_of({"code": TEXT, "name": TEXT, "kind": one_of(OrganizationKind)})
WARRANTY = object_of(
    {
        "status": one_of(WarrantyStatus),
        "starts_on": DAY,
        "ends_on": DAY,
        "rule": one_of(WarrantyRule),
        "cap_on": DAY,
        "reasons": REASONS,
    }
)
SUPPORT = object_of(
    {
        "family": one_of(Family),
        "level": TEXT,
        "starts_on": DAY,
        "ends_on": DAY,
        "status": one_of(ContractStatus),
        "anchor_on": DAY,
        "anchor_from": one_of(Leg),
        "provisional": {"type": "boolean"},
        "served_by": {
            "type": "string",
            "enum": ["huawei", "partner"],
            "description": "Who serves the customer: of CoCare the partner that holds it.",
        },
        "escalates_to": TEXT,
        "reasons": REASONS,
    }
)
REPLACED = or_null(
    object_of({"serial": TEXT, "replaced_on": DAY, "remedy": one_of(ReplacementKind)})
)
LIFECYCLE = object_of(
    {
        "status": one_of(LifecycleStatus),
        "milestones": list_of(
            object_of(
                {
                    "kind": one_of(MilestoneKind),
                    "name": TEXT,
                    "date": or_null(MILESTONE_DATE),
                    "precision": one_of(Precision),
                    "counts_as": or_null(DAY),
                    "status": {
                        "type": "string",
                        "enum": ["ahead", "reached", "to_be_announced", "not_announced"],
                    },
                    "sample": {"type": "boolean"},
                }
            )
        ),
        "expects": list_of(TEXT),
    }
)
PRODUCT_LIFECYCLE = object_of(
    {"part_number": or_null(TEXT), "model": TEXT, "on": DAY, **LIFECYCLE["properties"]}
)
SAID = object_of({"date": or_null(MILESTONE_DATE), "precision": one_of(Precision)})
LIFECYCLE_CHANGES = page_of(
    "changes",
    object_of(
        {
            "part_number": or_null(TEXT),
            "model": TEXT,
            "kind": one_of(MilestoneKind),
            "before": SAID,
            "after": SAID,
            "cause": TEXT,
            "sample": {"type": "boolean"},
            "set_at": MOMENT,
            "replaced_at": or_null(MOMENT),
        }
    ),
)
UNIT = object_of(
    {
        "serial": TEXT,
        "part_number": TEXT,
        "model": TEXT,
        "shipments": list_of(
            object_of(
                {
                    "leg": one_of(Leg),
                    "number": TEXT,
                    "shipped_on": DAY,
                    "shipped_by": TEXT,
                    "consignee": TEXT,
                }
            )
        ),
        "warranty": WARRANTY,
        "support": list_of(SUPPORT),
        "replaced_by": REPLACED,
        "replaces": REPLACED,
        "doa": object_of(
            {
                "route": {"type": "string", "enum": ["application", "referral"]},
                "applicants": list_of(ORGANIZATION),
                "call": TEXT,
                "may_apply": {"type": "boolean"},
                "open_case": or_null(TEXT),
                "rules": list_of(object_of({"rule": one_of(DoaRule), "text": TEXT})),
            }
        ),
        "lifecycle": LIFECYCLE,
        "policy_version": TEXT,
    }
)
QUESTION = object_of(
    {
        "huawei_shipped_on": GIVEN_DAY,
        "installation_purchased": {"type": "boolean"},
        "distributor_shipped_on": or_null(GIVEN_DAY),
        "report_signed_on": {
            "anyOf": [GIVEN_DAY, list_of(GIVEN_DAY) | {"maxItems": 100}, {"type": "null"}]
        },
        "warranty_months": or_null(
            {"type": "integer", "minimum": MIN_MONTHS, "maximum": MAX_MONTHS}
        ),
        "support_start": or_null(GIVEN_DAY),
        "support_active": or_null({"type": "boolean"}),
        "new": or_null({"type": "boolean"}),
        "powered_on_at": or_null(GIVEN_MOMENT),
        "failed_at": or_null(GIVEN_MOMENT),
        "first_boot": or_null({"type": "boolean"}),
        "delivery_project": or_null({"type": "boolean"}),
        "pac_issued_on": or_null(GIVEN_DAY),
        "on": or_null(GIVEN_DAY),
    }
)
QUESTION["required"] = ["huawei_shipped_on", "installation_purchased"]
WHAT_IF = object_of(
    {
        "policy_version": TEXT,
        "warranty": WARRANTY,
        "support": object_of(
            {
                "anchor_on": DAY,
                "anchor_from": one_of(Leg),
                "earliest_on": DAY,
                "latest_on": DAY,
                "start_ok": {"type": ["boolean", "null"]},
                "reasons": REASONS,
            }
        ),
        "doa": object_of(
            {
                "eligible": {"type": ["boolean", "null"]},
                "rule": or_null(one_of(DoaRule)),
                "flags": list_of(object_of({"code": one_of(DoaFlag), "sentence": TEXT})),
                "reasons": REASONS,
            }
        ),
        "remedy": object_of({"kind": one_of(Remedy), "reasons": REASONS}),
    }
)
