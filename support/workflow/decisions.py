"""What ends a contract or loosens a rule for it, each with a reason that stays."""

from datetime import datetime

from django.db import transaction

from audit import trail
from partners import clock
from partners.enums import Permission
from partners.models import User
from support.models import ContractLine, SupportContract
from support.workflow import telling
from support.workflow.ordering import ContractRefused
from support.workflow.registering import require


def cancel_contract(contract: SupportContract, *, reason: str, user: User, at: datetime) -> None:
    """End a contract today: from now on it covers nothing.

    Raises: PermissionDenied; ReasonMissing; ContractRefused if it is cancelled already.
    """
    reason = telling.required_reason(reason)
    require(user, Permission.REGISTER_CONTRACTS, contract.organization)
    with transaction.atomic():
        kept = _locked(contract)
        kept.cancelled_on, kept.cancel_reason = clock.business_day(at), reason
        kept.save(update_fields=["cancelled_on", "cancel_reason"])
        actor = user.actor()
        trail.record("contract.cancelled", kept, actor=actor, at=at, reason=reason)
        lines = kept.lines.select_related("unit", "contract__level").order_by("pk")
        telling.on_units("support.cancelled", ((line, {}) for line in lines), actor=actor, at=at)
        telling.tell_holder("support/contract_cancelled", kept, at=at, reason=reason)


def allow_overlap(contract: SupportContract, *, reason: str, user: User, at: datetime) -> None:
    """Let other contracts of the family cover the units of this one at the same time.

    Raises: PermissionDenied; ReasonMissing; ContractRefused.
    """
    reason = telling.required_reason(reason)
    require(user, Permission.MANAGE_SUPPORT, contract.organization)
    with transaction.atomic():
        kept = _locked(contract)
        if not kept.lines.filter(overlap_allowed=False).update(overlap_allowed=True):
            raise ContractRefused("Overlaps are allowed already. Nothing was changed.")
        trail.record("contract.overlap_allowed", kept, actor=user.actor(), at=at, reason=reason)


def keep_term(contract: SupportContract, *, reason: str, user: User, at: datetime) -> int:
    """Let a contract cover its units for the whole term, past the product's end of service.

    Returns the number of units. Source: policy section 3, staff may keep what was sold.
    Raises: PermissionDenied; ReasonMissing; ContractRefused.
    """
    reason = telling.required_reason(reason)
    require(user, Permission.MANAGE_SUPPORT, contract.organization)
    with transaction.atomic():
        kept = _locked(contract)
        lines = kept.lines.select_related("unit", "contract__level").order_by("pk")
        cut = [line for line in lines.select_for_update(of=("self",)) if line.is_cut]
        if not cut:
            raise ContractRefused("Every unit has its whole term already. Nothing was changed.")
        before = [telling.dates(line.starts_on, line.ends_on) for line in cut]
        for line in cut:
            line.ends_on = line.term_ends_on
        ContractLine.unscoped.bulk_update(cut, ["ends_on"], batch_size=500)
        actor = user.actor()
        trail.record("contract.term_kept", kept, actor=actor, at=at, units=len(cut), reason=reason)
        said = [
            (line, {"before": old, "after": telling.dates(line.starts_on, line.ends_on),
                    "reason": reason})
            for line, old in zip(cut, before, strict=True)
        ]  # fmt: skip
        telling.on_units("support.term_kept", said, actor=actor, at=at)
    return len(cut)


def note_service(line: ContractLine, *, reason: str, user: User, at: datetime) -> None:
    """Record that service was used under a line, so that a partner no longer moves its start.

    Raises: PermissionDenied; ReasonMissing; ContractRefused.
    """
    reason = telling.required_reason(reason)
    require(user, Permission.MANAGE_SUPPORT, line.contract.organization)
    with transaction.atomic():
        unused = ContractLine.unscoped.filter(pk=line.pk, served_at=None)
        if not unused.update(served_at=at):
            raise ContractRefused("Service was noted before. Nothing was changed.")
        trail.record(
            "contract.served",
            line.contract,
            actor=user.actor(),
            at=at,
            serial=line.unit.serial,
            reason=reason,
        )


def _locked(contract: SupportContract) -> SupportContract:
    """Raises: ContractRefused if it is cancelled."""
    kept = SupportContract.unscoped.select_for_update(of=("self",)).get(pk=contract.pk)
    if kept.cancelled_on is not None:
        raise ContractRefused(f"Contract {kept} is cancelled already. Nothing was changed.")
    return kept
