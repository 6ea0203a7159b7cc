"""What the API of cases takes and gives, as JSON Schema."""

from doa.api.case_input import LONGEST_TEXT, MOST_FILES
from doa.enums import (
    CaseStatus,
    ClosingCode,
    DoaFlag,
    DoaRule,
    FailureKind,
    FileKind,
    Remedy,
    ReplacementTrack,
    ReturnTrack,
    Symptom,
)
from doa.workflow.drafts import MAX_UNITS
from documents.policy import ENCLOSURE
from partners.openapi import (
    DAY,
    GIVEN_DAY,
    GIVEN_MOMENT,
    TEXT,
    Schema,
    given_text,
    list_of,
    object_of,
    one_of,
    or_null,
    page_of,
)

FLAG: Schema = {"type": "boolean"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
MOMENT: Schema = {
    "description": "An instant with its zone, or a day where no time is known.",
    "anyOf": [INSTANT, DAY],
}
NUMBER: Schema = {"type": "integer", "minimum": 1}


def nothing_or_one_of(words: type) -> Schema:
    return or_null(one_of(words))


GIVEN_UNIT = object_of(
    {
        "serial_number": given_text(200),
        "part_number": TEXT | {"maxLength": 200},
        "symptom": one_of(Symptom),
        "description": TEXT | {"maxLength": LONGEST_TEXT},
        "failure_kind": one_of(FailureKind),
        "powered_on": GIVEN_MOMENT,
        "failed": GIVEN_MOMENT,
        "time_zone": TEXT | {"examples": ["America/Chicago"]},
        "is_new": FLAG,
        "delivery_project": FLAG,
        "pac_issued_on": or_null(GIVEN_DAY),
    },
    optional=(
        *("part_number", "symptom", "description", "failure_kind", "powered_on", "failed"),
        *("time_zone", "is_new", "delivery_project", "pac_issued_on"),
    ),
)
_DETAILS: Schema = {
    "title": TEXT | {"maxLength": 120},
    "site": given_text(120),
    "ship_to": TEXT | {"maxLength": 400},
    "ship_to_country": TEXT | {"pattern": "^[A-Za-z]{2}$"},
    "contact_name": given_text(120),
    "contact_email": {"type": "string", "format": "email", "maxLength": 254},
    "contact_phone": given_text(40),
    "units": list_of(GIVEN_UNIT, maxItems=MAX_UNITS),
}
GIVEN_CASE = object_of(_DETAILS, optional=tuple(name for name in _DETAILS if name != "units"))
GIVEN_REST = object_of(_DETAILS, optional=tuple(_DETAILS))
_CONTENT = TEXT | {"contentEncoding": "base64", "description": ENCLOSURE.hint}
GIVEN_FILE = object_of(
    {
        "serial_number": TEXT | {"maxLength": 200},
        "kind": one_of(FileKind),
        "name": given_text(200),
        "content": _CONTENT,
    },
    optional=("serial_number",),
)
GIVEN_ANSWER = object_of(
    {
        "text": TEXT | {"maxLength": LONGEST_TEXT},
        "is_all": FLAG | {"description": "Nothing more will come: the case goes on."},
        "files": list_of(
            object_of({"item": NUMBER, "name": given_text(200), "content": _CONTENT}),
            maxItems=MOST_FILES,
        ),
    },
    optional=("text", "is_all", "files"),
)
GIVEN_SEND_BACK = object_of(
    {
        "serial_number": TEXT
        | {"maxLength": 200, "description": "Which unit, where the case has several."},
        "carrier": given_text(60),
        "tracking": given_text(60),
        "data_removed": FLAG | {"description": "Your data is removed from the unit."},
    },
    optional=("serial_number",),
)

VERDICT = object_of(
    {
        "remedy": one_of(Remedy),
        "rule": nothing_or_one_of(DoaRule),
        "flags": list_of(object_of({"code": one_of(DoaFlag), "sentence": TEXT})),
        "reasons": list_of(object_of({"rule": TEXT, "sentence": TEXT, "cite": TEXT})),
    }
)
LINE = object_of(
    {
        "serial_number": TEXT,
        "part_number": TEXT,
        "symptom": nothing_or_one_of(Symptom),
        "description": TEXT,
        "failure_kind": nothing_or_one_of(FailureKind),
        "powered_on": or_null(MOMENT),
        "failed": or_null(MOMENT),
        "time_zone": or_null(TEXT),
        "is_new": or_null(FLAG),
        "delivery_project": or_null(FLAG),
        "pac_issued_on": or_null(DAY),
        "verdict": VERDICT,
        "decision": or_null(
            object_of(
                {
                    "remedy": one_of(Remedy),
                    "rule": nothing_or_one_of(DoaRule),
                    "text": TEXT,
                    "decided_at": INSTANT,
                }
            )
        ),
        "replacement": object_of(
            {
                "status": one_of(ReplacementTrack),
                "serial_number": or_null(TEXT),
                "carrier": or_null(TEXT),
                "tracking": or_null(TEXT),
                "expected_on": or_null(DAY),
                "delivered_on": or_null(DAY),
            }
        ),
        "return": object_of(
            {
                "status": one_of(ReturnTrack),
                "due_on": or_null(DAY),
                "carrier": or_null(TEXT),
                "tracking": or_null(TEXT),
            }
        ),
    }
)
_FACTS: Schema = {
    "reference": TEXT,
    "status": one_of(CaseStatus),
    "title": TEXT,
    "sr_number": or_null(TEXT),
    "created_at": INSTANT,
    "submitted_at": or_null(INSTANT),
    "closed_at": or_null(INSTANT),
    "closing_code": nothing_or_one_of(ClosingCode),
}
CASE = object_of(
    {
        **_FACTS,
        "call": TEXT | {"description": "The number of the TAC, which registers the call."},
        "site": TEXT,
        "ship_to": TEXT,
        "ship_to_country": TEXT,
        "contact_name": TEXT,
        "contact_email": TEXT,
        "contact_phone": TEXT,
        "units": list_of(LINE),
        "files": list_of(
            object_of({"name": TEXT, "kind": one_of(FileKind), "serial_number": or_null(TEXT)})
        ),
        "missing": list_of(
            object_of({"pointer": TEXT, "detail": TEXT}),
            description="What a draft lacks before it can be handed in.",
        ),
        "asked": or_null(
            object_of(
                {
                    "text": TEXT,
                    "reply_by": INSTANT,
                    "items": list_of(
                        object_of(
                            {
                                "item": NUMBER,
                                "label": TEXT,
                                "kind": nothing_or_one_of(FileKind),
                                "is_answered": FLAG,
                            }
                        )
                    ),
                }
            )
        ),
    }
)
CASES_PAGE = page_of("cases", object_of({**_FACTS, "units": list_of(TEXT)}))
