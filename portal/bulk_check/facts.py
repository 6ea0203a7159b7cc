"""What is read of each unit, in one select whatever the database."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Case, F, When
from django.db.models.functions import Coalesce

from partners.models import Organization
from portal.bulk_check.asking import Asked
from warranty.models import Unit

COLUMNS = (
    "serial",
    "part_number__number",
    "part_number__product__model",
    "huawei_shipment__shipped_on",
    "installation_service",
    "signature",
    "term",
    "warranty__months",
    "warranty__policy_version_id",
    "warranty__voided_at",
    "warranty__void_reason",
)
"""What a finder selects: the serial number to join by, then the columns of `Facts`."""


class Facts(NamedTuple):
    """All that a unit's answer hangs on, in the order of `COLUMNS`, without the serial."""

    part_number: str
    model: str
    shipped_on: date
    installation_service: bool
    signed_on: date | None
    product_months: int | None
    months: int | None
    version_id: int | None
    voided_at: datetime | None
    void_reason: str | None


Found = tuple[Asked, tuple[Any, ...] | None]
"""A line with the values of a unit that has its serial number; None if none has."""


def units_in_sight(organization: Organization) -> Any:
    """Return the units that `organization` may see, with the signature that counts."""
    units = Unit.objects.for_organization(organization).with_first_signature()
    # A signature decides nothing without installation service: do not even look for it.
    return units.annotate(
        signature=Case(When(installation_service=True, then=F("signed_on"))),
        term=Coalesce("warranty__months", "part_number__product__warranty_months"),
    )
