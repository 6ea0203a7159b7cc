"""What the mails about contracts contain, looked up when they are sent (mail 15)."""

from datetime import date
from typing import Any

from notifications import kinds
from notifications.content import Attachment, Content, NothingToSay, of
from notifications.models import Message
from support.ends import calendar_of, groups
from support.models import SupportContract

LISTED = 10
"""How many days of cover a mail lists; the page behind its link has them all."""

kinds.declare(
    kinds.Kind(
        name="contract-dates",
        number=15,
        label="Contract registered, start chosen, contract cancelled",
        because="{organization} holds the contract",
        templates=(
            "support/contract_registered",
            "support/start_chosen",
            "support/start_moved",
            "support/unit_replaced",
            "support/contract_cancelled",
        ),
        always="It confirms what was recorded for your organization, with the dates of its cover.",
    )
)


@of("support/contract_registered")
@of("support/start_chosen")
@of("support/start_moved")
def dates_of_contract(message: Message) -> Content:
    """Show the days that each group of units is covered, with their ends as a calendar file."""
    contract = _contract(message)
    if contract.cancelled_on is not None:
        raise NothingToSay(f"Contract {contract} was cancelled before the mail was sent.")
    found = groups(contract)
    calendar = calendar_of(contract, found, at=message.queued_at)
    attachment = Attachment(f"{contract.reference}-ends.ics", calendar, "text/calendar")
    shown = {"groups": found[:LISTED], "more": len(found[LISTED:])}
    return Content(_words(contract, message) | shown, (attachment,))


@of("support/unit_replaced")
def unit_replaced(message: Message) -> Content:
    """Show which unit the contract covers in place of which, and that its end stayed."""
    contract, words = _contract(message), message.context
    line = contract.lines.filter(unit=words["unit"]).first()
    if line is None or contract.cancelled_on is not None:
        raise NothingToSay(f"Contract {contract} no longer covers the unit.")
    shown = {"line": line, "old": words["from"], "new": words["to"], "cause": words["cause"]}
    return Content(_words(contract, message) | shown)


@of("support/contract_cancelled")
def cancelled(message: Message) -> Content:
    """Show since when the contract covers nothing, and why."""
    contract = _contract(message)
    return Content(_words(contract, message) | {"cancelled_on": contract.cancelled_on})


def _contract(message: Message) -> SupportContract:
    contracts = SupportContract.unscoped.select_related("level", "organization", "renews")
    found: SupportContract = contracts.get(pk=message.context["contract"])
    return found


def _words(contract: SupportContract, message: Message) -> dict[str, Any]:
    words = message.context
    day = words.get("starts_on")
    return {
        "contract": contract,
        "count": words.get("units", 0),
        "reason": words.get("reason", ""),
        "starts_on": date.fromisoformat(day) if day else None,
    }
