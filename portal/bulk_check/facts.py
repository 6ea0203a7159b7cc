"""What is read of each unit, in the same selects whatever the database."""

from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from partners import clock
from partners.models import Organization
from support.models import ContractLine
from warranty.models import Unit
from warranty.models.units import accepted_signatures

COLUMNS = (
    "pk",
    "serial",
    "part_number__number",
    "part_number__product__model",
    "huawei_shipment__shipped_on",
    "installation_service",
    "term",
    "warranty__policy_version_id",
    "void_reason",
    "inherited",
    "replaced",
)
"""What a finder selects of units: two columns to join by, then those of `Found` but two."""


class Facts(NamedTuple):
    """All that a unit's answer hangs on beside its part number, in the order of `COLUMNS`."""

    shipped_on: date
    installation_service: bool
    months: int | None
    version_id: int | None
    void_reason: str | None
    inherited: str | None
    replaced: str | None
    signed_on: date | None
    support: str | None


Found = tuple[Any, ...]
"""A line and what was found for it: line, typed, serial, part number, model, then `Facts`.

Where nothing was found there is no part number. Where units of several part numbers have
the serial number, the line stands once for each, one behind another.
"""
FACTS = 5
"""Where the facts begin in what was found."""


class Sources(NamedTuple):
    """Where a finder looks: units with the columns of `COLUMNS`, and what only some have.

    Each of the others has two columns, the unit and what it has, and of several that a unit
    has the one that counts comes first. They are queries of their own because looked for
    unit by unit, mostly in vain, they cost as much as all the rest.
    """

    units: Any
    signatures: Any
    support: Any


def in_sight(organization: Organization, *, on: date) -> Sources:
    """Return the units that `organization` may see, and what supports units on the day."""
    return Sources(_units(organization, on=on), _signatures(), _support(on))


def _units(organization: Organization, *, on: date) -> Any:
    """Return the units with the term of the warranty and with what may overrule it.

    Two columns are several words in one: the term of a unit that goes on with that of
    another (start, end, rule, serial), and what a unit was replaced by (day, serial).
    """
    handed_on = Unit.unscoped.filter(pk=OuterRef("warranty__inherited_from_id")).order_by()
    is_void = Q(warranty__voided_at__lt=clock.end_of(on))
    return Unit.objects.for_organization(organization).annotate(
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


def _signatures() -> Any:
    """Return the day of the signature from which a warranty may start.

    It decides nothing without installation service, so other units have none here.
    """
    lines = accepted_signatures(since=F("unit__huawei_shipment__shipped_on"))
    with_service = lines.filter(unit__installation_service=True)
    ordered = with_service.order_by("unit", "report__signed_on", "report_id")
    return ordered.values_list("unit", "report__signed_on")


def _support(on: date) -> Any:
    """Return what covers units on the day, by end, family and level in one text.

    Of several contracts the one counts that ends last.
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
