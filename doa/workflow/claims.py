"""Claims: reported with their papers, decided with a reason, settled with what was sent."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from audit import trail
from audit.transitions import IllegalTransition, Transition
from doa.cargo import check_delivery, is_late
from doa.enums import ClaimKind, ClaimStatus
from doa.models import Claim, ClaimFile, ClaimMessage
from doa.workflow.references import next_reference
from doa.workflow.refusals import required_reason
from documents import workflow as documents
from documents.models import Document
from notifications import outbox
from partners import clock
from partners.enums import Permission
from partners.models import Organization, User
from warranty.models import Unit
from webhooks.enums import Event
from webhooks.queueing import queue


class AlreadyClaimed(Exception):
    """The organization has an open claim of this kind for these goods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """What arrived, or did not, and how; a spare part has no unit of ours."""

    kind: ClaimKind
    unit: Unit | None
    serial: str
    part_number: str
    delivered_on: date
    description: str
    trouble: str = ""
    order_reference: str = ""


def _decides(claim: Claim, user: User) -> bool:
    return user.can(Permission.HANDLE_CASES, claim.organization)


def _ships(claim: Claim, user: User) -> bool:
    return user.can(Permission.SHIP_REPLACEMENTS, claim.organization)


ACCEPT = Transition(
    event="claim.accepted",
    sources=frozenset({ClaimStatus.OPEN, ClaimStatus.REFUSED}),
    target=ClaimStatus.ACCEPTED,
    is_permitted=_decides,
)
REFUSE = Transition(
    event="claim.refused",
    sources=frozenset({ClaimStatus.OPEN, ClaimStatus.ACCEPTED}),
    target=ClaimStatus.REFUSED,
    is_permitted=_decides,
)
SETTLE = Transition(
    event="claim.settled",
    sources=frozenset({ClaimStatus.ACCEPTED}),
    target=ClaimStatus.SETTLED,
    is_permitted=_ships,
)
WRITTEN_IN = frozenset({ClaimStatus.OPEN, ClaimStatus.ACCEPTED, ClaimStatus.REFUSED})
"""Where the parties still write each other; a refusal may be objected to."""


def may_write(claim: Claim, user: User) -> bool:
    """Tell whether a page may offer this person to write."""
    return claim.status in WRITTEN_IN and user.can(Permission.APPLY_FOR_DOA, claim.organization)


@transaction.atomic
def report_claim(
    goods: Goods,
    *,
    files: Sequence[Document],
    organization: Organization,
    user: User,
    at: datetime,
) -> Claim:
    """Report goods that did not arrive as they should have. One that comes late is marked.

    Raises: PermissionDenied; cargo.NotDelivered; AlreadyClaimed.
    """
    if organization.is_huawei or not user.can(Permission.APPLY_FOR_DOA, organization):
        raise PermissionDenied("Your role does not include this step.")
    today = clock.business_day(at)
    shipped_on = goods.unit.huawei_shipment.shipped_on if goods.unit else None
    check_delivery(goods.delivered_on, shipped_on=shipped_on, today=today)
    claim = Claim(
        reference=next_reference(goods.kind.prefix, at=at),
        organization=organization,
        claimant=user,
        is_late=goods.kind == ClaimKind.CARGO and is_late(goods.delivered_on, today),
        reported_at=at,
        **{name: getattr(goods, name) for name in _COPIED},
    )
    _insert(claim)
    _attach(claim, files, at=at)
    said = {"kind": str(claim.kind), "goods": claim.goods, "is_late": claim.is_late}
    trail.record("claim.reported", claim, actor=user.actor(), at=at, **said)
    _tell(claim, "reported", at=at)
    return claim


_COPIED = (
    *("kind", "unit", "serial", "part_number", "delivered_on"),
    *("description", "trouble", "order_reference"),
)


def _insert(claim: Claim) -> None:
    try:
        with transaction.atomic():
            claim.save(force_insert=True)
    except IntegrityError:
        raise AlreadyClaimed(
            "Your organization has an open claim for this already. Write to us there."
        ) from None


def _attach(
    claim: Claim, files: Sequence[Document], *, at: datetime, message: ClaimMessage | None = None
) -> None:
    for document in files:
        ClaimFile.unscoped.create(claim=claim, message=message, document=document, added_at=at)
        documents.attach(document, at=at)


def accept_claim(claim: Claim, *, reason: str, user: User, at: datetime) -> None:
    """Grant a claim; what is sent follows with `settle_claim`. A refusal may be revised.

    Raises: PermissionDenied; IllegalTransition; ReasonMissing.
    """
    _decide(ACCEPT, claim, reason, "accepted", user=user, at=at)


def refuse_claim(claim: Claim, *, reason: str, user: User, at: datetime) -> None:
    """Refuse a claim with the reason that the claimant reads. Raises: as accept_claim()."""
    _decide(REFUSE, claim, reason, "refused", user=user, at=at)


def _decide(
    edge: Transition, claim: Claim, reason: str, what: str, *, user: User, at: datetime
) -> None:
    reason = required_reason(reason)
    with edge.on(claim, user=user, at=at, reason=reason) as locked:
        locked.decision, locked.decided_at, locked.decided_by = reason, at, str(user)
        locked.waits_for_us = what == "accepted"
        _tell(locked, what, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was sent for a claim, and how it can be followed."""

    settlement: str
    carrier: str = ""
    tracking: str = ""


def settle_claim(claim: Claim, sent: Sent, *, user: User, at: datetime) -> None:
    """End an accepted claim with what was sent. Raises: PermissionDenied; IllegalTransition."""
    words = asdict(sent) | {"settlement": required_reason(sent.settlement)}
    with SETTLE.on(claim, user=user, at=at, **words) as locked:
        for name, value in words.items():
            setattr(locked, name, value)
        locked.settled_at, locked.settled_by, locked.waits_for_us = at, str(user), False
        _tell(locked, "settled", at=at)


@transaction.atomic
def write_message(
    claim: Claim, *, text: str, files: Sequence[Document], user: User, at: datetime
) -> ClaimMessage:
    """Write to the other party: staff to the claimant, who is told by mail, or back to staff.

    Raises: PermissionDenied; IllegalTransition once the claim is settled.
    """
    locked = Claim.unscoped.select_for_update().get(pk=claim.pk)
    if not user.can(Permission.APPLY_FOR_DOA, locked.organization):
        raise PermissionDenied("Your role does not include this step.")
    if locked.status not in WRITTEN_IN:
        raise IllegalTransition(locked)
    from_staff = _decides(locked, user)
    message = ClaimMessage.objects.create(
        claim=locked, from_staff=from_staff, text=text, written_at=at, written_by=str(user)
    )
    _attach(locked, files, at=at, message=message)
    locked.waits_for_us = not from_staff
    locked.save(update_fields=["waits_for_us"])
    trail.record("claim.message", locked, actor=user.actor(), at=at, from_staff=from_staff)
    if from_staff:
        _tell(locked, f"message:{message.pk}", at=at, message=message.pk)
    return message


def _tell(claim: Claim, what: str, *, at: datetime, **words: Any) -> None:
    """Queue the mail about a claim to the organization that made it, and to its programs."""
    key, name = f"claim:{claim.pk}:{what}:{int(at.timestamp())}", what.partition(":")[0]
    outbox.tell(
        "doa/claim_progress",
        key=key,
        organization=claim.organization,
        context={"claim": claim.pk, "what": name, **words},
        at=at,
    )
    said = {"reference": claim.reference, "kind": str(claim.kind), "goods": claim.goods}
    said |= {told: str(getattr(claim, told)) for told in _TOLD.get(name, ())}
    queue(claim.organization, Event(f"claim.{name}"), said, key=key, at=at)


_TOLD = {
    "accepted": ("decision",),
    "refused": ("decision",),
    "settled": ("settlement", "carrier", "tracking"),
}
"""What a program is told beside the claim itself."""
