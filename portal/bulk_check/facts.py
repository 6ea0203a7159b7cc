"""What is read of each unit, in one select whatever the database."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Case, CharField, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from partners.models import Organization
from portal.bulk_check.asking import Asked
from support.models import ContractLine
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
    "support",
    "inherited",
    "replaced",
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
    support: str | None
    inherited: str | None
    replaced: str | None


Found = tuple[Asked, list[tuple[Any, ...]]]
"""A line with what was found for it: nothing, one unit, or one for each part number."""


def units_in_sight(organization: Organization, *, on: date) -> Any:
    """Return the units that `organization` may see, with the signature that counts.

    `support` is the contract that covers a unit on the day, of several the one that ends
    last: its end, family and level in one text, so that one look brings all three. The
    other two are such texts too: the term of a unit that goes on with that of another
    (start, end, rule, serial), and what a unit was replaced by (day, serial).
    """
    units = Unit.objects.for_organization(organization).with_first_signature()
    lines = ContractLine.unscoped.active(on).filter(unit=OuterRef("pk"))
    words = _words("ends_on", "contract__family", "contract__level__code")
    handed_on = Unit.unscoped.filter(pk=OuterRef("warranty__inherited_from_id")).order_by()
    # A signature decides nothing without installation service: do not even look for it.
    return units.annotate(
        signature=Case(When(installation_service=True, then=F("signed_on"))),
        term=Coalesce("warranty__months", "part_number__product__warranty_months"),
        inherited=Case(
            When(
                warranty__inherited_from__isnull=False,
                then=_words(
                    "warranty__starts_on",
                    "warranty__ends_on",
                    "warranty__rule",
                    # Looked for where it is needed: as a join it would read every unit.
                    Subquery(handed_on.values("serial")),
                ),
            )
        ),
        replaced=Case(
            When(
                replacement__replaced_on__lte=on,
                then=_words("replacement__replaced_on", "replacement__new__serial"),
            )
        ),
        support=Subquery(lines.order_by("-ends_on", "pk").values(words=words)[:1]),
    )


def _words(*values: Any) -> Concat:
    """Join columns to one text with spaces between them."""
    parts: list[Any] = []
    for value in values:
        parts += [Value(" "), Cast(value, CharField())] if parts else [Cast(value, CharField())]
    return Concat(*parts)
