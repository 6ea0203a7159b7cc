"""Who belongs where, in which role, and who may sign in at all."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from audit import trail
from audit.trail import Actor
from partners.enums import Role
from partners.models import ApiToken, Membership, Organization, User
from partners.workflow.tokens import NotAMember, revoke_token


class RoleNotAllowed(Exception):
    """Huawei's people are staff, and nobody else is."""


class LastManager(Exception):
    """An organization would be left without a manager."""


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
    candidate = User(email=email, name=name)
    candidate.joins(organization)
    validate_password(password, candidate)
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
    require_role_fits(organization, role)
    held = _locked_membership(user, organization)
    before = held.role if held else ""
    if before == role:
        return before
    if held:
        _require_another_manager(held)
        held.role = role
        held.save()
    else:
        Membership.objects.create(user=user, organization=organization, role=role, joined_at=at)
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


def require_role_fits(organization: Organization, role: Role) -> None:
    """Refuse a role that is not for people of this organization.

    Raises: RoleNotAllowed.
    """
    if (role == Role.STAFF) != organization.is_huawei:
        raise RoleNotAllowed(
            f"The role {role} is not given in {organization.code}: "
            "Huawei's people are staff, and nobody else is."
        )


@transaction.atomic
def remove_member(user: User, *, organization: Organization, actor: Actor, at: datetime) -> None:
    """Take `user` out of `organization`, and end their tokens for it.

    Raises: NotAMember; LastManager.
    """
    held = _locked_membership(user, organization)
    if held is None:
        raise NotAMember(f"{user} does not belong to {organization}.")
    _require_another_manager(held)
    before = held.role
    held.delete()
    for token in ApiToken.objects.filter(user=user, organization=organization).order_by("pk"):
        revoke_token(token, actor=actor, at=at)
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
