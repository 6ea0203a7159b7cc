"""What the trail and the mail keep of a contract, in the transaction of the change."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from audit import trail
from audit.models import Event
from audit.trail import Actor
from notifications import outbox
from support.models import ContractLine, SupportContract


class ReasonMissing(ValueError):
    """A decision of staff came without the reason that it must keep."""


def required_reason(reason: str) -> str:
    """Return the reason trimmed to what the trail keeps. Raises: ReasonMissing if empty."""
    reason = reason.strip()[:300]
    if not reason:
        raise ReasonMissing("Write the reason. It is kept with the change and shown to the holder.")
    return reason


def dates(starts_on: date, ends_on: date) -> dict[str, str]:
    return {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}


def on_units(
    name: str, lines: Iterable[tuple[ContractLine, dict[str, Any]]], *, actor: Actor, at: datetime
) -> None:
    """Record an event about the unit of each line, with what is said of it.

    A unit's trail is read by everybody who sees the unit, so it names the level and
    never the contract.
    """
    events: list[Event] = []
    for line, detail in lines:
        said = {"level": str(line.contract.level), **detail}
        events.append(trail.event(name, line.unit, actor=actor, at=at, detail=said))
    trail.record_all(events)


def tell_holder(template: str, contract: SupportContract, *, at: datetime, **words: Any) -> None:
    """Queue the mail about a contract to the organization that holds it (mail 15)."""
    outbox.tell(
        template,
        key=f"{template}:{contract.pk}:{at.isoformat()}",
        organization=contract.organization,
        context={"contract": contract.pk, **words},
        at=at,
    )
