"""How long service and support last for the products of units (policy sections 3 and 7)."""

from collections.abc import Collection, Iterable
from datetime import date

from catalog.milestones import service_ends_on
from catalog.models import Milestone, PartNumber
from support.models import ContractLine
from support.policy import support_end
from warranty.models import Unit


def service_ends(units: Iterable[Unit]) -> dict[int, date | None]:
    """Return the last day of service and support by key of the part number; two queries."""
    return service_ends_of({unit.part_number_id for unit in units})


def service_ends_of(part_numbers: Collection[int]) -> dict[int, date | None]:
    """Return the last day of service and support of part numbers, by key."""
    numbers = PartNumber.objects.filter(pk__in=part_numbers)
    dates = Milestone.objects.by_part_number(numbers)
    return {key: service_ends_on(milestones) for key, milestones in dates.items()}


def moved_end(line: ContractLine, *, starts_on: date, until: date | None) -> date:
    """Return the end of a line that starts on another day.

    What was sold past the product's end of service and support is not cut back to it.
    Source: policy sections 3 and 7. Raises: SupportStartPastService.
    """
    if until is not None:
        until = max(until, line.ends_on)
    return support_end(
        starts_on=starts_on, months=line.contract.term_months, end_of_service_on=until
    )
