"""Inviting people and taking invitations up: once, within a week, by whom they are for."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.enums import InvitationState
from accounts.models import Invitation
from accounts.policy import INVITATION_LASTS, INVITATIONS_A_DAY
from audit import trail
from audit.trail import Actor
from notifications import outbox
from partners import workflow as partners
from partners.enums import Role
from partners.models import Membership, Organization, User


class AlreadyMember(Exception):
    """The person belongs to the organization already."""


class TooManyInvitations(Exception):
    """The organization has invited as many people today as it may."""


class InvitationClosed(Exception):
    """The invitation was accepted, withdrawn or has expired."""


class AccountExists(Exception):
    """Somebody signs in with this address already, and has to do so."""


class NotForYou(Exception):
    """The invitation is for another address."""


@transaction.atomic
def invite(
    organization: Organization, *, email: str, role: Role, user: User, at: datetime
) -> Invitation:
    """Invite an address into `organization`; an earlier invitation of it is withdrawn.

    Nothing here depends on whether the address has an account elsewhere.
    Raises: RoleNotAllowed; AlreadyMember; TooManyInvitations.
    """
    partners.require_role_fits(organization, role)
    Organization.objects.select_for_update().get(pk=organization.pk)
    email = email.strip().lower()
    if Membership.objects.filter(organization=organization, user__email=email).exists():
        raise AlreadyMember(f"{email} belongs to {organization} already.")
    _count(organization, at)
    earlier = Invitation.objects.for_organization(organization).unanswered()
    earlier.filter(organization=organization, email=email).update(withdrawn_at=at)
    invitation = Invitation.unscoped.create(
        organization=organization,
        email=email,
        role=role,
        invited_by=user,
        invited_at=at,
        expires_at=at + INVITATION_LASTS,
    )
    _record("sent", invitation, actor=user.actor(), at=at)
    outbox.enqueue(
        "accounts/invitation",
        key=f"invitation:{invitation.pk}",
        to=email,
        organization=organization,
        context={"invitation": invitation.pk},
        at=at,
    )
    return invitation


def _count(organization: Organization, at: datetime) -> None:
    caller, day = f"invitations:{organization.pk}", timedelta(days=1)
    if not partners.count_request(caller, limit=INVITATIONS_A_DAY, at=at, window=day):
        raise TooManyInvitations(
            f"{organization} has sent {INVITATIONS_A_DAY} invitations today. Go on tomorrow."
        )


@transaction.atomic
def withdraw(invitation: Invitation, *, actor: Actor, at: datetime) -> None:
    """Let the link of an invitation end. Raises: InvitationClosed."""
    locked = _locked(invitation)
    if locked.state(at) not in (InvitationState.OPEN, InvitationState.EXPIRED):
        raise InvitationClosed("This invitation waits no longer.")
    locked.withdrawn_at = at
    locked.save(update_fields=["withdrawn_at"])
    _record("withdrawn", locked, actor=actor, at=at)


@transaction.atomic
def accept(invitation: Invitation, *, name: str, password: str, at: datetime) -> User:
    """Create the person whom the invitation is for, with the role it names.

    Raises: InvitationClosed; AccountExists; ValidationError for a weak password.
    """
    locked = _take(invitation, at)
    if User.objects.filter(email=locked.email).exists():
        raise AccountExists("Somebody signs in with this address already.")
    user = partners.create_user(
        email=locked.email,
        password=password,
        organization=locked.organization,
        role=Role(locked.role),
        name=name,
        actor=Actor("person", None, locked.email, locked.organization_id),
        at=at,
    )
    _record("accepted", locked, actor=user.actor(), at=at)
    return user


@transaction.atomic
def join(invitation: Invitation, *, user: User, at: datetime) -> None:
    """Let a person who has an account take up an invitation; a role held there stays.

    Raises: InvitationClosed; NotForYou.
    """
    if invitation.email != user.email:
        raise NotForYou(f"This invitation is for {invitation.email}.")
    locked = _take(invitation, at)
    organization, role = locked.organization, Role(locked.role)
    if not Membership.objects.filter(user=user, organization=organization).exists():
        actor = Actor("person", user.pk, str(user), organization.pk)
        partners.grant_role(user, organization=organization, role=role, actor=actor, at=at)
    _record("accepted", locked, actor=user.actor(), at=at)


def _take(invitation: Invitation, at: datetime) -> Invitation:
    """Lock an invitation that counts, and mark it as accepted. Raises: InvitationClosed."""
    locked = _locked(invitation)
    if locked.state(at) != InvitationState.OPEN:
        raise InvitationClosed("This link no longer works.")
    locked.accepted_at = at
    locked.save(update_fields=["accepted_at"])
    return locked


def _locked(invitation: Invitation) -> Invitation:
    locked: Invitation = (
        Invitation.unscoped.select_for_update(of=("self",))
        .select_related("organization")
        .get(pk=invitation.pk)
    )
    return locked


def _record(what: str, invitation: Invitation, *, actor: Actor, at: datetime) -> None:
    trail.record(
        f"accounts.invitation.{what}",
        invitation,
        actor=actor,
        at=at,
        organization=invitation.organization.code,
        role=str(invitation.role),
    )
