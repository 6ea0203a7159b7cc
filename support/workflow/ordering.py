"""What can be sold to whom: the order of a contract, and the refusals of all that is in the way."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from partners.models import Organization
from support.enums import Family
from support.models import ServiceLevel, SupportContract
from warranty.policy import check_term

SAID = 3
"""How many units a refusal names in its sentence; its list has them all."""


class Refusal(NamedTuple):
    """Why a unit stands in the way, and what to do."""

    serial: str
    message: str


class ContractRefused(ValueError):
    """A contract cannot be written as asked; `refusals` names every unit in the way."""

    def __init__(self, message: str, refusals: Collection[Refusal] = ()) -> None:
        self.refusals = list(refusals)
        super().__init__(message)


class NumberTaken(ContractRefused):
    """The organization has registered a contract of this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was sold: a service level for a number of months, under a number."""

    number: str
    level: ServiceLevel
    term_months: int
    end_customer: str = ""


def require_order(order: Order, organization: Organization, *, today: date) -> None:
    """Accept what can be registered in the name of `organization` today.

    Raises: ContractRefused, NumberTaken, warranty.policy.TermOutOfRange.
    """
    require_offer(order.level, order.term_months, organization, today=today)
    require_number(order.number, organization)


def require_offer(
    level: ServiceLevel, months: int, organization: Organization, *, today: date
) -> None:
    """Accept a level that can be sold to `organization` today for a number of months.

    Raises: ContractRefused, warranty.policy.TermOutOfRange.
    """
    check_term(months)
    if not ServiceLevel.objects.offered_on(today).filter(pk=level.pk).exists():
        raise ContractRefused(f"{level} is not offered today. Choose another level.")
    if level.family == Family.COCARE and organization.is_huawei:
        raise ContractRefused(
            "A partner holds a CoCare contract and calls the TAC. Let the partner register it."
        )


def require_number(number: str, organization: Organization) -> None:
    """Accept a number that `organization` has not registered.

    Raises: ContractRefused, NumberTaken.
    """
    if not number:
        raise ContractRefused("Write the number of the contract.")
    if SupportContract.unscoped.filter(organization=organization, number=number).exists():
        raise taken(number)


def taken(number: str) -> NumberTaken:
    return NumberTaken(f"You have registered a contract {number}. Write another number.")


def refuse(refusals: list[Refusal]) -> None:
    """Raises: ContractRefused if anything is refused, naming every unit."""
    if not refusals:
        return
    said = " ".join(f"{refusal.serial}: {refusal.message}" for refusal in refusals[:SAID])
    more = len(refusals) - SAID
    raise ContractRefused(f"{said} And {more:,} more." if more > 0 else said, refusals)
