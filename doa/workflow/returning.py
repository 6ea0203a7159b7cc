"""The track of a return: sent back, received, inspected; or waived, or billed."""

from datetime import datetime

from django.db import transaction

from catalog.policy import clean_text, normalise_serial
from doa.enums import Finding, ReturnTrack
from doa.models import CaseLine
from doa.workflow import telling
from doa.workflow.closing import settle
from doa.workflow.line_edges import BILL, INSPECT, RECEIVE, RESOLVE, SEND_BACK, WAIVE
from doa.workflow.refusals import CaseRefused, required_reason
from partners.models import User


def send_back(
    line: CaseLine, *, carrier: str, tracking: str, data_removed: bool, user: User, at: datetime
) -> None:
    """Say that the faulty unit is on its way back, without anybody's data on it.

    Raises: PermissionDenied; IllegalTransition; CaseRefused.
    """
    carrier, tracking = clean_text(carrier, 60), clean_text(tracking, 60)
    if not carrier or not tracking:
        raise CaseRefused("Write the carrier and its tracking number.")
    if not data_removed:
        raise CaseRefused("Remove your data from the unit, then say so here.")
    with SEND_BACK.on(line, user=user, at=at, carrier=carrier, tracking=tracking) as locked:
        locked.return_carrier, locked.return_tracking = carrier, tracking
        locked.data_removed, locked.sent_back_at = data_removed, at


def receive(line: CaseLine, *, serial: str, condition: str = "", user: User, at: datetime) -> bool:
    """Record what has arrived, whatever the state of its case; tell whether it is the unit.

    Another serial number than that of the faulty unit is an exception to resolve. A return
    that was waived stays waived. Raises: PermissionDenied; IllegalTransition; CaseRefused.
    """
    seen = normalise_serial(serial)[:32]
    if not seen:
        raise CaseRefused("Write the serial number that you see.")
    with RECEIVE.on(line, user=user, at=at, serial_seen=seen) as locked:
        locked.received_at, locked.received_serial = at, seen
        locked.condition = clean_text(condition, 300)
        locked.is_mismatch = seen != locked.unit.serial
        if locked.return_track != ReturnTrack.WAIVED:
            locked.return_track = ReturnTrack.RECEIVED
        telling.received(locked, at=at)
    return not locked.is_mismatch


def resolve_mismatch(
    line: CaseLine, *, is_ours: bool, reason: str, user: User, at: datetime
) -> None:
    """Settle what came back under another serial number.

    With `is_ours` it counts as the faulty unit, else that is awaited again.
    Raises: ReasonMissing; PermissionDenied; IllegalTransition.
    """
    reason = required_reason(reason)
    with RESOLVE.on(line, user=user, at=at, is_ours=is_ours, reason=reason) as locked:
        locked.is_mismatch = False
        if is_ours:
            return
        locked.received_at, locked.received_serial = None, ""
        due = ReturnTrack.AWAITED if locked.return_due_on else ReturnTrack.NOT_DUE
        locked.return_track = due


def inspect(
    line: CaseLine, *, finding: Finding, condition: str = "", user: User, at: datetime
) -> None:
    """Record what the inspection of the returned unit found; its track is at its end."""
    with transaction.atomic():
        with INSPECT.on(line, user=user, at=at, finding=finding.value) as locked:
            locked.finding, locked.inspected_at = finding, at
            locked.condition = clean_text(condition, 300) or locked.condition
        settle(locked.case, at=at)


def waive(line: CaseLine, *, reason: str, user: User, at: datetime) -> None:
    """Let the faulty unit stay where it is. Raises: ReasonMissing; and as every step."""
    reason = required_reason(reason)
    with transaction.atomic():
        with WAIVE.on(line, user=user, at=at, reason=reason) as locked:
            locked.waive_reason = reason
            telling.waived(locked, at=at)
        settle(locked.case, at=at)


def bill(line: CaseLine, *, reason: str, user: User, at: datetime) -> None:
    """Decide to bill a unit that does not come back: staff do, never a clock."""
    reason = required_reason(reason)
    with BILL.on(line, user=user, at=at, reason=reason) as locked:
        locked.billing = reason
