"""Disputes: opened with a document, accepted by correcting the record, answered, withdrawn."""

import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from audit import trail
from audit.transitions import Transition
from documents import workflow as documents
from documents.models import Document
from partners import clock
from partners.enums import Permission
from partners.models import Organization, User
from warranty import claims, facts
from warranty.enums import DisputeStatus, DisputeSubject
from warranty.models import Dispute, InstallationReport, Unit
from warranty.workflow import telling
from warranty.workflow.corrections import correct_installation_service, correct_shipment_date
from warranty.workflow.identity import correct_part_number, correct_serial
from warranty.workflow.onward import correct_onward_date
from warranty.workflow.reports import withdraw_report
from warranty.workflow.signatures import correct_signature

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that are not taken for each other."""


class AlreadyDisputed(Exception):
    """The organization has an open dispute about this fact of this unit."""


def _may_decide(dispute: Dispute, user: User) -> bool:
    return user.can(Permission.CORRECT_DATES, dispute.organization)


def _may_withdraw(dispute: Dispute, user: User) -> bool:
    return user.can(Permission.DISPUTE_DATES, dispute.organization)


OPEN = frozenset({DisputeStatus.OPEN})
ACCEPT_DISPUTE = Transition(
    event="dispute.accepted",
    sources=OPEN,
    target=DisputeStatus.ACCEPTED,
    is_permitted=_may_decide,
)
ANSWER_DISPUTE = Transition(
    event="dispute.answered",
    sources=OPEN,
    target=DisputeStatus.ANSWERED,
    is_permitted=_may_decide,
)
WITHDRAW_DISPUTE = Transition(
    event="dispute.withdrawn",
    sources=OPEN,
    target=DisputeStatus.WITHDRAWN,
    is_permitted=_may_withdraw,
)


def open_dispute(
    unit: Unit,
    *,
    organization: Organization,
    subject: DisputeSubject,
    claimed: str,
    explanation: str,
    document: Document,
    user: User,
    at: datetime,
) -> Dispute:
    """Say that a fact about a unit is wrong, with the document that shows it.

    `claimed` is what was typed. Raises: PermissionDenied; facts.NotOnFile;
    claims.ClaimRefused; AlreadyDisputed.
    """
    if not user.can(Permission.DISPUTE_DATES, organization):
        raise PermissionDenied("Your role does not include this step.")
    fact = facts.fact_of(unit, subject)
    today = clock.business_day(at)
    value = claims.check_claim(subject, claimed, on_file=fact.value, today=today)
    dispute = Dispute(
        reference="DSP-" + "".join(secrets.choice(ALPHABET) for _ in range(8)),
        organization=organization,
        unit=unit,
        subject=subject,
        report=fact.report,
        on_file=fact.value,
        claimed=value,
        explanation=explanation,
        document=document,
        opened_at=at,
        opened_by=str(user),
    )
    with transaction.atomic():
        _insert(dispute)
        documents.attach(document, at=at)
        told = {"subject": subject.value, "on_file": fact.value, "claimed": value}
        trail.record("dispute.opened", dispute, actor=user.actor(), at=at, unit=unit.serial, **told)
    return dispute


def _insert(dispute: Dispute) -> None:
    try:
        with transaction.atomic():
            dispute.save(force_insert=True)
    except IntegrityError:
        raise AlreadyDisputed(
            "Your organization has reported this already. Wait for the answer, "
            "or withdraw that report first."
        ) from None


def accept_dispute(dispute: Dispute, *, reason: str, user: User, at: datetime) -> Sequence[Any]:
    """Correct the record as the partner says, and tell them; return what moved.

    What the record says already needs no further correction. Raises: PermissionDenied;
    IllegalTransition; ReasonMissing; what the correction raises, and then nothing is kept.
    """
    reason = telling.required_reason(reason)
    with ACCEPT_DISPUTE.on(dispute, user=user, at=at, reason=reason) as locked:
        _decide(locked, reason, user=user, at=at)
        if facts.value_now(locked) == locked.claimed:
            moved: Sequence[Any] = []
        else:
            how = {"reason": reason, "user": user, "at": at}
            moved = _CORRECTIONS[DisputeSubject(locked.subject)](locked, how)
        telling.dispute_decided(locked, DisputeStatus.ACCEPTED, at=at)
    return moved


def answer_dispute(dispute: Dispute, *, reason: str, user: User, at: datetime) -> None:
    """Leave the record as it is and tell the partner why."""
    reason = telling.required_reason(reason)
    with ANSWER_DISPUTE.on(dispute, user=user, at=at, reason=reason) as locked:
        _decide(locked, reason, user=user, at=at)
        telling.dispute_decided(locked, DisputeStatus.ANSWERED, at=at)


def withdraw_dispute(dispute: Dispute, *, user: User, at: datetime) -> None:
    """Take a dispute back before staff have decided it."""
    with WITHDRAW_DISPUTE.on(dispute, user=user, at=at) as locked:
        _decide(locked, "", user=user, at=at)


def _decide(dispute: Dispute, answer: str, *, user: User, at: datetime) -> None:
    dispute.answer, dispute.decided_at, dispute.decided_by = answer, at, str(user)


def _day(dispute: Dispute) -> date:
    return date.fromisoformat(dispute.claimed)


def _report(dispute: Dispute) -> InstallationReport:
    if dispute.report is None:
        raise facts.NotOnFile(f"{dispute} names no report.")
    return dispute.report


def _correct_onward(dispute: Dispute, how: dict[str, Any]) -> Sequence[Any]:
    shipment = dispute.unit.distributor_shipment
    if shipment is None:
        raise facts.NotOnFile(f"{dispute.unit} was not shipped on by a distributor.")
    return correct_onward_date(shipment, shipped_on=_day(dispute), **how)


def _correct_report(dispute: Dispute, how: dict[str, Any]) -> Sequence[Any]:
    if not dispute.claimed:
        return withdraw_report(_report(dispute), **how)
    return correct_signature(_report(dispute), signed_on=_day(dispute), **how)


_CORRECTIONS: dict[DisputeSubject, Callable[[Dispute, dict[str, Any]], Sequence[Any]]] = {
    DisputeSubject.HUAWEI_SHIPMENT: lambda dispute, how: correct_shipment_date(
        dispute.unit.huawei_shipment, shipped_on=_day(dispute), **how
    ),
    DisputeSubject.DISTRIBUTOR_SHIPMENT: _correct_onward,
    DisputeSubject.INSTALLATION_SERVICE: lambda dispute, how: correct_installation_service(
        dispute.unit, purchased=dispute.claimed == "yes", **how
    ),
    DisputeSubject.REPORT: _correct_report,
    DisputeSubject.SERIAL: lambda dispute, how: [
        correct_serial(dispute.unit, serial=dispute.claimed, **how)
    ],
    DisputeSubject.PART_NUMBER: lambda dispute, how: [
        correct_part_number(dispute.unit, part_number=dispute.claimed, **how)
    ],
}
