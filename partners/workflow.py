"""Who may: every write to organizations, people, memberships and tokens."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import F
from knox.models import get_digest_token
from knox.settings import CONSTANTS

from audit import trail
from audit.trail import Actor
from partners.enums import Role
from partners.models import ApiToken, Membership, Organization, RequestCount, User
from partners.prepared import Later, PreparedUpdate

USE_NOTED_EVERY = timedelta(minutes=1)
"""How often at most the last use of a token is written down."""

COUNTS_KEPT = timedelta(hours=1)
"""How long the count of a caller who has gone quiet is kept."""

_TRACKED = ["name", "kind", "buys_from_id", "email", "country", "time_zone"]


class RoleNotAllowed(Exception):
    """Huawei's people are staff, and nobody else is."""


class LastManager(Exception):
    """An organization would be left without a manager."""


class NotAMember(Exception):
    """The person does not belong to the organization."""


class BuysInACircle(Exception):
    """An organization would buy from itself by way of others."""


@transaction.atomic
def save_organization(organization: Organization, *, actor: Actor, at: datetime) -> None:
    """Store a new organization, or what was changed on a known one.

    Raises: BuysInACircle.
    """
    require_no_circle(organization)
    known = Organization.objects.select_for_update().filter(pk=organization.pk).first()
    organization.save()
    if known is None:
        trail.record("partners.organization.added", organization, actor=actor, at=at)
        return
    changes = {
        name: {"before": getattr(known, name), "after": getattr(organization, name)}
        for name in _TRACKED
        if getattr(known, name) != getattr(organization, name)
    }
    if changes:
        trail.record(
            "partners.organization.changed", organization, actor=actor, at=at, changes=changes
        )


def require_no_circle(organization: Organization) -> None:
    """Follow `buys_from` upwards until it ends.

    Raises: BuysInACircle.
    """
    seen: set[int | None] = {organization.pk}
    seller = organization.buys_from
    while seller is not None:
        if seller.pk in seen:
            raise BuysInACircle(f"{organization} would buy from itself, through {seller}.")
        seen.add(seller.pk)
        seller = seller.buys_from


@transaction.atomic
def create_user(
    *,
    email: str,
    password: str,
    organization: Organization,
    role: Role,
    actor: Actor,
    at: datetime,
    name: str = "",
) -> User:
    """Create a person with a password and a role in `organization`.

    Raises: django.core.exceptions.ValidationError for a weak password;
    RoleNotAllowed.
    """
    validate_password(password, User(email=email))
    user = User.objects.create_user(email, password, name=name, joined_at=at)
    trail.record("partners.user.created", user, actor=actor, at=at)
    grant_role(user, organization=organization, role=role, actor=actor, at=at)
    return user


@transaction.atomic
def grant_role(
    user: User, *, organization: Organization, role: Role, actor: Actor, at: datetime
) -> str:
    """Give `user` this role in `organization`; return the role held before, or "".

    Raises: RoleNotAllowed; LastManager.
    """
    if (role == Role.STAFF) != organization.is_huawei:
        raise RoleNotAllowed(
            f"The role {role} is not given in {organization.code}: "
            "Huawei's people are staff, and nobody else is."
        )
    held = _locked_membership(user, organization)
    before = held.role if held else ""
    if before == role:
        return before
    if held:
        _require_another_manager(held)
        held.role = role
        held.save()
    else:
        Membership.objects.create(user=user, organization=organization, role=role)
    trail.record(
        "partners.membership.granted",
        user,
        actor=actor,
        at=at,
        organization=organization.code,
        before=before,
        after=str(role),
    )
    return before


@transaction.atomic
def remove_member(user: User, *, organization: Organization, actor: Actor, at: datetime) -> None:
    """Take `user` out of `organization`; their tokens for it stop with that.

    Raises: NotAMember; LastManager.
    """
    held = _locked_membership(user, organization)
    if held is None:
        raise NotAMember(f"{user} does not belong to {organization}.")
    _require_another_manager(held)
    before = held.role
    held.delete()
    trail.record(
        "partners.membership.removed",
        user,
        actor=actor,
        at=at,
        organization=organization.code,
        before=before,
        after="",
    )


def _locked_membership(user: User, organization: Organization) -> Membership | None:
    """Lock every membership of `organization`, in key order, and return that of `user`."""
    members = list(
        Membership.objects.select_for_update().filter(organization=organization).order_by("pk")
    )
    return next((m for m in members if m.user_id == user.pk), None)


def _require_another_manager(held: Membership) -> None:
    """Refuse to take the role from the last manager.

    Raises: LastManager.
    """
    if held.role != Role.MANAGER:
        return
    others = Membership.objects.filter(
        organization=held.organization, role=Role.MANAGER, user__is_active=True
    ).exclude(pk=held.pk)
    if not others.exists():
        raise LastManager(
            f"{held.user} is the last manager of {held.organization}. Name another one first."
        )


@transaction.atomic
def set_active(user: User, *, is_active: bool, actor: Actor, at: datetime, reason: str) -> None:
    """Let a person in again, or keep them out from their next request on."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.is_active == is_active:
        return
    locked.is_active = is_active
    locked.save()
    name = "partners.user.activated" if is_active else "partners.user.deactivated"
    trail.record(name, locked, actor=actor, at=at, reason=reason)


@transaction.atomic
def create_token(
    user: User,
    *,
    organization: Organization,
    scopes: Iterable[str],
    label: str,
    lasts: timedelta,
    actor: Actor,
    at: datetime,
) -> str:
    """Issue a token for `organization` and return it; only its hash is kept.

    Raises: NotAMember.
    """
    if not user.membership_set.filter(organization=organization).exists():
        raise NotAMember(f"{user} does not belong to {organization}.")
    digest, secret = get_digest_token()
    token = ApiToken(
        digest=digest,
        token_key=secret[: CONSTANTS.TOKEN_KEY_LENGTH],
        user=user,
        organization=organization,
        scopes=" ".join(sorted(set(scopes))),
        label=label,
        expiry=at + lasts,
    )
    token.save(force_insert=True)
    _record_token("partners.token.created", token, actor=actor, at=at)
    return secret


@transaction.atomic
def revoke_token(token: ApiToken, *, actor: Actor, at: datetime) -> None:
    """End a token: the very next request with it is refused."""
    _record_token("partners.token.revoked", token, actor=actor, at=at)
    token.delete()


def _record_token(name: str, token: ApiToken, *, actor: Actor, at: datetime) -> None:
    detail: dict[str, Any] = {
        "token": token.token_key,
        "scopes": token.scopes,
        "organization": token.organization.code,
        "expires_at": token.expiry.isoformat() if token.expiry else None,
    }
    trail.record(name, token.user, actor=actor, at=at, **detail)


def note_use(token: ApiToken, *, at: datetime) -> None:
    """Write down that a token was used, once a minute at most."""
    if token.last_used_at is None or at - token.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)


def count_request(caller: str, *, limit: int, at: datetime) -> bool:
    """Count one request of `caller`; tell whether it is within `limit` a minute.

    The database counts, in one statement, so that the limit holds across
    processes and in a race. The usual request costs that one statement.
    """
    minute = at.replace(second=0, microsecond=0)
    if _count_within()(caller=caller, minute=minute, limit=limit):
        return True
    mine = RequestCount.objects.filter(caller=caller)
    if mine.exclude(minute=minute).update(minute=minute, count=1):
        return True
    RequestCount.objects.filter(minute__lt=minute - COUNTS_KEPT).delete()
    first = RequestCount(caller=caller, minute=minute, count=0)
    RequestCount.objects.bulk_create([first], ignore_conflicts=True)
    return bool(_count_within()(caller=caller, minute=minute, limit=limit))


@cache
def _count_within() -> PreparedUpdate:
    """Count one more for a caller who is within the limit of this minute."""
    within = RequestCount.objects.filter(
        caller=Later("caller"), minute=Later("minute"), count__lt=Later("limit")
    )
    return PreparedUpdate(within, count=F("count") + 1)
