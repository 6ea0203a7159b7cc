"""Shipments files for tests, as bytes, and the world that they refer to."""

import io
from collections.abc import Iterable
from datetime import date
from types import ModuleType
from typing import Any

from audit.trail import Actor
from jobs.imports import Outcome
from partners.models import Organization
from tests import builders
from warranty.imports import SHIPMENTS, import_shipments

OPERATOR = Actor(kind="command", id=None, label="test")
TODAY = date(2026, 3, 1)
ROW = {
    "shipment_number": "H-1",
    "leg": "huawei",
    "shipped_on": "2026-01-10",
    "shipped_by": "HUAWEI",
    "consignee": "DIST",
    "serial_number": "2102350AAA10K1000001",
    "part_number": "02350AAA",
    "installation_service": "no",
    "end_customer": "",
    "site_country": "",
    "purchase_order": "",
}
SECOND = {"serial_number": "2102350AAA10K1000002"}
"""What makes a row that of a second unit."""


def make_world() -> None:
    """Make Huawei, two distributors, a partner of the first, and two products."""
    builders.make_policy()
    builders.make_huawei()
    builders.make_organization("DIST")
    builders.make_organization("OTHER")
    builders.make_organization("VAP", "vap")
    builders.make_part_number("02350AAA")
    builders.make_part_number("0235")


def onward(**fields: str) -> dict[str, str]:
    """Return a row by which DIST ships the usual unit on to VAP."""
    base = {"shipment_number": "D-1", "leg": "distributor", "shipped_on": "2026-02-01"}
    return {**ROW, **base, "shipped_by": "DIST", "consignee": "VAP", **fields}


def csv_of(rows: Iterable[dict[str, str]], delimiter: str = ",") -> bytes:
    """Return the rows below the usual header, unquoted, as they come."""
    lines = [delimiter.join(SHIPMENTS.columns)]
    lines += [delimiter.join({**ROW, **row}.values()) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def load(
    content: bytes | Iterable[dict[str, str]],
    *,
    today: date = TODAY,
    organization: Organization | None = None,
    by: ModuleType | None = None,
    **options: Any,
) -> Outcome:
    """Import a file on `today`."""
    content = content if isinstance(content, bytes) else csv_of(content)
    return import_shipments(
        io.BytesIO(content),
        actor=OPERATOR,
        at=builders.at_noon(today),
        today=today,
        organization=organization,
        by=by,
        **options,
    )
