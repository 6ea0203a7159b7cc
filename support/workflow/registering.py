"""Registering contracts and renewing them, for any number of units at once."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from audit import trail
from jobs.progress import Tally
from partners import clock
from partners.enums import Permission
from partners.models import Organization, User
from support import planning
from support.enums import Family
from support.models import ContractLine, ServiceLevel, SupportContract
from support.planning import Planned, StartChoice
from support.workflow import telling
from support.workflow.ordering import (
    ContractRefused,
    Order,
    Refusal,
    refuse,
    require_number,
    require_offer,
    require_order,
    taken,
)

MAX_UNITS = 10_000
"""How many units one contract registers at once."""
STEP = 500
"""How many units are written between two signs of progress."""


def register_contract(
    order: Order,
    *,
    unit_ids: Collection[int],
    start: StartChoice,
    organization: Organization,
    user: User,
    at: datetime,
    tally: Tally | None = None,
) -> SupportContract:
    """Register a contract for units that `organization` may see.

    Every unit in the way is named before anything is stored. Whoever watches reads in
    `tally` how many units are written. Source: policy section 3.
    Raises: PermissionDenied; ContractRefused; NumberTaken; TermOutOfRange.
    """
    require(user, Permission.REGISTER_CONTRACTS, organization)
    with transaction.atomic():
        units = planning.read_units(unit_ids, lock=True)
        require_order(order, organization, today=clock.business_day(at))
        family = Family(order.level.family)
        planned = planning.plan_first(units, family=family, months=order.term_months, start=start)
        require_units(planned)
        contract = _create(order, organization, user=user, at=at)
        lines = _store(contract, planned, at=at, tally=tally)
        _record("registered", contract, lines, user=user, at=at)
        telling.tell_holder("support/contract_registered", contract, at=at)
    return contract


def renew_contract(
    contract: SupportContract, order: Order, *, user: User, at: datetime
) -> SupportContract:
    """Continue a contract from the day after it ends, up to 3 months late.

    Raises: PermissionDenied; ContractRefused, NumberTaken; TermOutOfRange.
    """
    require(user, Permission.REGISTER_CONTRACTS, contract.organization)
    return _continue(contract, order, event="renewed", user=user, at=at)


def reinstate_contract(
    contract: SupportContract,
    order: Order,
    *,
    reason: str,
    user: User,
    at: datetime,
    starts_on: date | None = None,
) -> SupportContract:
    """Renew a contract that has lapsed, by decision of staff.

    Cover begins on the day after the old end, or on a later day `starts_on`.
    Raises: PermissionDenied; ReasonMissing; ContractRefused, NumberTaken; TermOutOfRange.
    """
    reason = telling.required_reason(reason)
    require(user, Permission.MANAGE_SUPPORT, contract.organization)
    how = {"starts_on": starts_on, "is_lapse_allowed": True}
    return _continue(contract, order, event="reinstated", user=user, at=at, reason=reason, **how)


def _continue(
    contract: SupportContract,
    order: Order,
    *,
    event: str,
    user: User,
    at: datetime,
    reason: str = "",
    **how: Any,
) -> SupportContract:
    organization, today = contract.organization, clock.business_day(at)
    with transaction.atomic():
        covered = ContractLine.unscoped.filter(contract=contract)
        planning.read_units(covered.values_list("unit", flat=True), lock=True)
        old = SupportContract.unscoped.select_for_update(of=("self",)).get(pk=contract.pk)
        require_number(order.number, organization)
        planned = plan_of_renewal(
            old, level=order.level, months=order.term_months, today=today, **how
        )
        renewal = _create(order, organization, user=user, at=at, renews=old)
        stored = _store(renewal, planned, at=at)
        _record(event, renewal, stored, user=user, at=at, renews=old.number, reason=reason)
        telling.tell_holder("support/contract_registered", renewal, at=at)
    return renewal


def plan_of_renewal(
    contract: SupportContract, *, level: ServiceLevel, months: int, today: date, **how: Any
) -> list[Planned]:
    """Return what a renewal would give each unit of a contract; nothing is written.

    Raises: ContractRefused; TermOutOfRange.
    """
    if contract.cancelled_on is not None:
        raise ContractRefused(f"Contract {contract} is cancelled. Register a new one.")
    require_offer(level, months, contract.organization, today=today)
    if level.family != contract.family:
        raise ContractRefused(f"Choose a level of {contract.get_family_display()}.")
    lines = ContractLine.unscoped.filter(contract=contract)
    joined = lines.select_related("unit", "contract__level", "anchor_shipment").order_by("pk")
    planned = planning.plan_renewal(joined, months=months, today=today, **how)
    require_units(planned)
    return planned


def require(user: User, permission: Permission, organization: Organization) -> None:
    """Raises: PermissionDenied."""
    if not user.can(permission, organization):
        raise PermissionDenied(f"{permission.deed} needs another role.")


def require_units(planned: list[Planned]) -> None:
    """Accept a plan in which no unit stands in the way. Raises: ContractRefused."""
    if not planned:
        raise ContractRefused("Name at least one unit.")
    if len(planned) > MAX_UNITS:
        raise ContractRefused(
            f"These are {len(planned):,} units. Register at most {MAX_UNITS:,} at once."
        )
    refuse([Refusal(plan.unit.serial, plan.refusal) for plan in planned if plan.refusal])


def _create(
    order: Order,
    organization: Organization,
    *,
    user: User,
    at: datetime,
    renews: SupportContract | None = None,
) -> SupportContract:
    contract = SupportContract(
        number=order.number,
        family=order.level.family,
        level=order.level,
        organization=organization,
        end_customer=order.end_customer or (renews.end_customer if renews else ""),
        term_months=order.term_months,
        registered_at=at,
        registered_by=user.actor().label,
        renews=renews,
    )
    try:
        with transaction.atomic():
            contract.save(force_insert=True)
    except IntegrityError as race:
        raise taken(order.number) from race
    return contract


def _store(
    contract: SupportContract,
    planned: list[Planned],
    *,
    at: datetime,
    tally: Tally | None = None,
) -> list[ContractLine]:
    tally, stored = tally or Tally(), list[ContractLine]()
    tally.total = len(planned)
    for first in range(0, len(planned), STEP):
        lines = [_line(contract, plan, at=at) for plan in planned[first : first + STEP]]
        stored += ContractLine.unscoped.bulk_create(lines)
        tally.count = len(stored)
    return stored


def _line(contract: SupportContract, plan: Planned, *, at: datetime) -> ContractLine:
    is_renewal = contract.renews_id is not None
    return ContractLine(
        contract=contract,
        unit=plan.unit,
        anchor_on=plan.window.anchor.on,
        anchor_shipment=plan.anchor_shipment,
        is_provisional=plan.window.anchor.is_provisional and not is_renewal,
        latest_start_on=plan.window.latest_on,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        start_chosen_at=at if plan.is_chosen else None,
    )


def _record(
    what: str,
    contract: SupportContract,
    lines: list[ContractLine],
    *,
    user: User,
    at: datetime,
    **more: str,
) -> None:
    actor = user.actor()
    trail.record(
        f"contract.{what}",
        contract,
        actor=actor,
        at=at,
        level=str(contract.level),
        months=contract.term_months,
        units=len(lines),
        **{name: text for name, text in more.items() if text},
    )
    said = ((line, telling.dates(line.starts_on, line.ends_on)) for line in lines)
    telling.on_units(f"support.{what}", said, actor=actor, at=at)
