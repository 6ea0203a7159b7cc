"""What the mails about contracts contain, looked up when they are sent (mails 15 to 17)."""

from datetime import date
from typing import Any

from django.urls import reverse

from notifications import kinds
from notifications.content import Attachment, Content, NothingToSay, of
from notifications.models import Message
from partners import clock
from partners.enums import Permission
from support import recalled
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
kinds.declare(
    kinds.Kind(
        name="start-not-chosen",
        number=16,
        label="Start of support not chosen",
        because="{organization} holds these contracts. There is at most one such message a day",
        templates=("support/start_not_chosen",),
        is_starred=True,
    )
)
kinds.declare(
    kinds.Kind(
        name="cover-ending",
        number=17,
        label="Support cover ending",
        because="{organization} holds these contracts. There is at most one such message a day",
        templates=("support/cover_ending",),
        is_starred=True,
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


@of("support/start_not_chosen")
def start_not_chosen(message: Message) -> Content:
    """List the contracts whose start is to be chosen, with the last day and what else holds.

    Raises: NothingToSay once every start is chosen or can no longer be.
    """
    rows = recalled.starts(
        message.organization_id, told_on=_told_on(message), today=clock.business_today()
    )
    if not rows:
        raise NothingToSay("Every start is chosen by now, or its last day has passed.")
    contracts = {row["contract"].pk: row["contract"] for row in rows}
    one = next(iter(contracts.values())) if len(contracts) == 1 else None
    return Content(
        {
            "rows": rows[:LISTED],
            "more": len(rows[LISTED:]),
            "count": sum(row["units"] for row in rows),
            "first_last_on": rows[0]["last_on"],
            "path": reverse("contract-start", args=[one.reference])
            if one
            else f"{reverse('contracts')}?view=start-open",
        }
    )


@of("support/cover_ending")
def cover_ending(message: Message) -> Content:
    """List by customer what ends, with every unit in a file beside it.

    Raises: NothingToSay once all of it is renewed, cancelled or over.
    """
    day = _told_on(message)
    units = recalled.ends(message.organization_id, told_on=day, today=clock.business_today())
    if not units:
        raise NothingToSay("All of it is renewed or cancelled by now, or has ended.")
    groups = recalled.grouped_ends(units)
    holder = message.organization
    return Content(
        {
            "groups": groups[:LISTED],
            "more": len(groups[LISTED:]),
            "count": len(units),
            "first_on": min(row["ends_on"] for row in units),
            "may_renew": bool(holder and Permission.REGISTER_CONTRACTS in holder.permissions),
            "path": "/contracts/coverage/plan/?show=ending",
        },
        (Attachment(f"cover-ending-{day}.csv", recalled.ends_table(units), "text/csv"),),
    )


def _told_on(message: Message) -> date:
    return date.fromisoformat(message.context["day"])


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
