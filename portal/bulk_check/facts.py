"""What is read of each unit, in the same selects whatever the database."""

from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from partners import clock
from partners.models import Organization
from support.models import ContractLine
from warranty.models import Unit

COLUMNS = (
    "pk",
    "serial",
    "part_number__number",
    "part_number__product__model",
    "huawei_shipment__shipped_on",
    "installation_service",
    "signature",
    "term",
    "warranty__policy_version_id",
    "void_reason",
    "inherited",
    "replaced",
)
"""What a finder selects: two columns to join by, then those of `Found` up to the contract."""


class Facts(NamedTuple):
    """All that a unit's answer hangs on beside its part number, in the order of `COLUMNS`."""

    shipped_on: date
    installation_service: bool
    signed_on: date | None
    months: int | None
    version_id: int | None
    void_reason: str | None
    inherited: str | None
    replaced: str | None
    support: str | None


Found = tuple[Any, ...]
"""A line and what was found for it: line, typed, serial, part number, model, then `Facts`.

Where nothing was found there is no part number. Where units of several part numbers have
the serial number, the line stands once for each, one behind another.
"""
FACTS = 5
"""Where the facts begin in what was found."""


class Sources(NamedTuple):
    """Where a finder looks: units with the columns of `COLUMNS`, and contracts that cover."""

    units: Any
    support: Any


def in_sight(organization: Organization, *, on: date) -> Sources:
    """Return the units that `organization` may see, and what supports units on the day."""
    return Sources(_units(organization, on=on), _support(on))


def _units(organization: Organization, *, on: date) -> Any:
    """Return the units with the signature that counts and what may overrule the warranty.

    Two columns are several words in one: the term of a unit that goes on with that of
    another (start, end, rule, serial), and what a unit was replaced by (day, serial).
    """
    units = Unit.objects.for_organization(organization).with_first_signature()
    handed_on = Unit.unscoped.filter(pk=OuterRef("warranty__inherited_from_id")).order_by()
    is_void = Q(warranty__voided_at__lt=clock.end_of(on))
    # A signature decides nothing without installation service: do not even look for it.
    return units.annotate(
        signature=Case(When(installation_service=True, then=F("signed_on"))),
        term=Coalesce("warranty__months", "part_number__product__warranty_months"),
        void_reason=Case(When(is_void, then=F("warranty__void_reason"))),
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
    )


def _support(on: date) -> Any:
    """Return what covers units on the day: the unit, then end, family and level in one text.

    Of several the one that ends last comes first. It is a query of its own because few
    units have a contract: looked for unit by unit it cost as much as all the rest.
    """
    lines = ContractLine.unscoped.active(on).order_by("unit", "-ends_on", "pk")
    words = _words("ends_on", "contract__family", "contract__level__code")
    return lines.values_list("unit", words)


def _words(*values: Any) -> Concat:
    """Join columns to one text with spaces between them."""
    parts: list[Any] = []
    for value in values:
        parts += [Value(" "), Cast(value, CharField())] if parts else [Cast(value, CharField())]
    return Concat(*parts)
