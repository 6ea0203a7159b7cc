"""Reminding holders of starts to choose and of cover that ends (mails 16 and 17)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db import transaction

from audit import trail
from audit.models import Event
from notifications import outbox
from notifications.models import Message
from partners.models import Organization
from support.enums import Recall
from support.models import ContractRecall
from support.models.recalls import due_recalls

TEMPLATES = {Recall.START: "support/start_not_chosen", Recall.END: "support/cover_ending"}
HOLDERS = 500
"""How many holders are told in one transaction."""


@dataclass(frozen=True, slots=True)
class RecallResult:
    """How many holders were told, and of how many dates of their contracts."""

    holders: int
    dates: int


def send_recalls(about: Recall, *, as_of: date, at: datetime, size: int = HOLDERS) -> RecallResult:
    """Tell each holder once a day which of its contracts want a start or are ending.

    Each (contract, date, step) is told once, however often this runs, by how many at
    once, and after however long a pause: then the latest step alone is told.
    Source: policy section 8.
    """
    due = [list(group) for _, group in groupby(due_recalls(about, as_of=as_of), _holder)]
    told = [
        recall
        for first in range(0, len(due), size)
        for recall in _tell([r for group in due[first : first + size] for r in group], about, at)
    ]
    return RecallResult(len({_holder(recall) for recall in told}), len(told))


def _holder(recall: ContractRecall) -> int:
    return recall.contract.organization_id


@transaction.atomic
def _tell(recalls: list[ContractRecall], about: Recall, at: datetime) -> list[ContractRecall]:
    """Write down what some holders are told, with its events and its mails.

    Their rows are locked: another run waits here, then finds them told today.
    """
    ids, as_of = sorted({_holder(recall) for recall in recalls}), recalls[0].told_on
    locked = Organization.objects.select_for_update(no_key=True).filter(pk__in=ids)
    holders = {holder.pk: holder for holder in locked.order_by("pk")}
    today = ContractRecall.unscoped.filter(
        about=about, told_on=as_of, contract__organization__in=ids
    )
    told = set(today.values_list("contract__organization", flat=True))
    recalls = [recall for recall in recalls if _holder(recall) not in told]
    for recall in recalls:
        recall.told_at = at
    ContractRecall.unscoped.bulk_create(recalls, batch_size=1000)
    trail.record_all(_events(recalls, holders, about, at))
    outbox.queue_all(_messages(recalls, about, as_of=as_of, at=at))
    return recalls


def _events(
    recalls: Iterable[ContractRecall],
    holders: dict[int, Organization],
    about: Recall,
    at: datetime,
) -> Iterator[Event]:
    for recall in recalls:
        detail = {
            "about": about.value,
            "contract": recall.contract_id,
            "day": recall.day.isoformat(),
            "step": recall.step,
        }
        holder = holders[_holder(recall)]
        yield trail.event("partner.recalled", holder, actor=trail.SYSTEM, at=at, detail=detail)


def _messages(
    recalls: list[ContractRecall], about: Recall, *, as_of: date, at: datetime
) -> Iterator[Message]:
    holders = {_holder(recall) for recall in recalls}
    context = {"day": as_of.isoformat()}
    for holder, addresses in outbox.recipients_by_organization(holders).items():
        for address in addresses:
            key = f"recalls:{about.value}:{holder}:{as_of}"
            yield outbox.message(TEMPLATES[about], key, address, holder, context, at)
