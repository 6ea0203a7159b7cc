"""Referrals: made by who does not apply, adopted or declined by the distributor, or expired."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from audit import trail
from audit.transitions import Transition
from doa.enums import Intake, ReferralStatus
from doa.models import Case, CaseLine, Referral
from doa.routing import distributor_of
from doa.workflow.drafts import (
    find_unit,
    require_free,
    require_right_to_apply,
    save_answers,
    start_draft,
)
from doa.workflow.references import next_reference
from doa.workflow.referral_news import REFERRAL_LASTS, tell_referrer
from doa.workflow.refusals import required_reason
from notifications import outbox
from partners.enums import OrganizationKind, Permission
from partners.models import Organization, User
from warranty.models import Unit
from webhooks.enums import Event
from webhooks.queueing import queue


class AlreadyReferred(Exception):
    """Who refers has an open referral of this unit."""


class AlreadyApplied(Exception):
    """Somebody has applied for this unit, and the case is open."""


class NotRouted(Exception):
    """A referral cannot go to this distributor as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a referrer says of the failure. Days only: the case asks for the times."""

    symptom: str
    description: str
    failure_kind: str
    powered_on_on: date | None = None
    failed_on: date | None = None
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom the distributor answers."""

    contact_name: str
    contact_email: str
    company: str = ""


def _may_answer(referral: Referral, user: User) -> bool:
    if referral.distributor is None:
        return False
    return user.can(Permission.ADOPT_REFERRALS, referral.distributor)


def _may_decline(referral: Referral, user: User) -> bool:
    return user.is_staff or _may_answer(referral, user)


def _may_route(referral: Referral, user: User) -> bool:
    return user.is_staff and referral.distributor is None


OPEN = frozenset({ReferralStatus.OPEN})
ADOPT = Transition(
    event="referral.adopted",
    sources=OPEN,
    target=ReferralStatus.ADOPTED,
    is_permitted=_may_answer,
)
DECLINE = Transition(
    event="referral.declined",
    sources=OPEN,
    target=ReferralStatus.DECLINED,
    is_permitted=_may_decline,
)
ROUTE = Transition(
    event="referral.routed", sources=OPEN, target=ReferralStatus.OPEN, is_permitted=_may_route
)


@transaction.atomic
def refer(
    unit: Unit,
    *,
    told: Told,
    contact: Contact,
    organization: Organization,
    user: User,
    at: datetime,
) -> Referral:
    """Pass a failed unit on to the distributor of its latest shipment.

    Raises: PermissionDenied; AlreadyApplied; AlreadyReferred.
    """
    if organization.is_huawei or not user.can(Permission.REFER_UNITS, organization):
        raise PermissionDenied("Your role does not include this step.")
    if CaseLine.unscoped.open_for(unit).exists():
        raise AlreadyApplied(
            "There is an open case for this unit already. Ask your distributor how it stands."
        )
    referral = new_referral(unit.serial, unit.part_number.number, told, contact, at=at)
    referral.unit, referral.organization = unit, organization
    referral.distributor = distributor_of(unit)
    referral.confirmed_at = at
    insert(referral)
    trail.record("referral.opened", referral, actor=user.actor(), at=at, unit=unit.serial)
    tell_distributor(referral, at=at)
    return referral


def new_referral(
    serial: str, part_number: str, told: Told, contact: Contact, *, at: datetime
) -> Referral:
    """Build a referral with its number, not stored yet."""
    return Referral(
        reference=next_reference("REF", at=at),
        serial=serial,
        part_number=part_number,
        created_at=at,
        expires_at=at + REFERRAL_LASTS,
        **asdict(told),
        **asdict(contact),
    )


def insert(referral: Referral) -> None:
    """Store a referral, new or just confirmed. Raises: AlreadyReferred."""
    try:
        with transaction.atomic():
            referral.save()
    except IntegrityError:
        raise AlreadyReferred(
            "This unit is referred already. Wait for the answer of its distributor."
        ) from None


def tell_distributor(referral: Referral, *, at: datetime) -> None:
    """Queue the mail to who answers for the unit; without one it waits for staff."""
    if referral.distributor is None:
        return
    key = f"referral:{referral.pk}:received:{referral.distributor.pk}"
    outbox.tell(
        "doa/referral_received",
        key=key,
        organization=referral.distributor,
        context={"referral": referral.pk},
        at=at,
    )
    said = {"reference": referral.reference, "serial": referral.serial}
    said |= {"expires_at": referral.expires_at.isoformat()}
    queue(referral.distributor, Event.REFERRAL_RECEIVED, said, key=key, at=at)


def adopt(referral: Referral, *, user: User, at: datetime) -> Case:
    """Turn a referral into a draft of its distributor, with everything that was told.

    Raises: PermissionDenied; IllegalTransition; AlreadyOpen, and then nothing is kept.
    """
    with ADOPT.on(referral, user=user, at=at) as locked:
        case = start_draft(
            organization=locked.distributor,
            serials=[locked.unit],
            user=user,
            at=at,
            intake=Intake.REFERRAL,
            details={"site": locked.site},
        )
        told = {name: getattr(locked, name) for name in _CARRIED}
        save_answers(case.lines.get(), told, user=user, at=at)
        locked.case, locked.settled_at, locked.settled_by = case, at, str(user)
        tell_referrer(locked, "adopted", at=at)
    return case


def require_adoptable(referral: Referral, *, user: User) -> None:
    """Accept what `adopt()` would take up as things stand; nothing is written.

    Raises: PermissionDenied; IllegalTransition; NotApplicant; UnknownUnit; AlreadyOpen;
    CaseRefused.
    """
    ADOPT.require(referral, user)
    distributor: Any = referral.distributor  # without one nobody is permitted
    require_right_to_apply(user, distributor)
    named: Any = referral.unit
    require_free(find_unit(distributor, named), reader=distributor)


_CARRIED = ("symptom", "description", "failure_kind", "powered_on_on", "failed_on")
"""What the case is told of the failure."""


def decline(referral: Referral, *, reason: str, user: User, at: datetime) -> None:
    """Refuse to apply for a unit, with a reason that the referrer is told.

    Raises: PermissionDenied; IllegalTransition; ReasonMissing.
    """
    reason = required_reason(reason)
    with DECLINE.on(referral, user=user, at=at, reason=reason) as locked:
        locked.reason, locked.settled_at, locked.settled_by = reason, at, str(user)
        tell_referrer(locked, "declined", at=at)


def route(
    referral: Referral, *, distributor: Organization, unit: Unit | None, user: User, at: datetime
) -> None:
    """Send a referral that nobody answers for to a distributor, who then adopts or declines.

    `unit` names the unit where the referral names none. The days that it waits begin anew.
    Raises: PermissionDenied; IllegalTransition; NotRouted; AlreadyReferred.
    """
    with ROUTE.on(referral, user=user, at=at, distributor=distributor.code) as locked:
        unit = locked.unit or unit
        if distributor.kind != OrganizationKind.DISTRIBUTOR:
            raise NotRouted(f"{distributor} is no distributor. Choose one that is.")
        if unit is None:
            raise NotRouted(
                "Name the unit by its serial number, and by its part number if two share it."
            )
        if not Unit.objects.for_organization(distributor).filter(pk=unit.pk).exists():
            raise NotRouted(f"{unit} was not shipped to or through {distributor}. Choose another.")
        locked.unit, locked.distributor = unit, distributor
        locked.expires_at = at + REFERRAL_LASTS
        insert(locked)
        tell_distributor(locked, at=at)


def expire_due(*, at: datetime) -> int:
    """End the referrals that no distributor answered in time; return how many ended.

    Safe to run at any time and twice at once: each is locked and looked at again.
    """
    due = Referral.unscoped.open().filter(expires_at__lte=at)
    return sum(_expire(pk, at) for pk in due.values_list("pk", flat=True).order_by("pk"))


@transaction.atomic
def _expire(pk: int, at: datetime) -> bool:
    still_due = Referral.unscoped.open().filter(pk=pk, expires_at__lte=at)
    referral = still_due.select_for_update().first()
    if referral is None:
        return False
    referral.status, referral.settled_at = ReferralStatus.EXPIRED, at
    referral.save(update_fields=["status", "settled_at"])
    detail = {"before": ReferralStatus.OPEN, "after": ReferralStatus.EXPIRED}
    trail.record("referral.expired", referral, actor=trail.SYSTEM, at=at, **detail)
    tell_referrer(referral, "expired", at=at)
    return True
