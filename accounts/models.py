"""How people come in: invitations, and the sessions they have open."""

from datetime import datetime
from hashlib import sha256
from typing import Self

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q

from accounts.enums import InvitationState
from accounts.policy import device_name
from partners.enums import Role
from partners.models import Organization, User
from partners.scoping import OrganizationQuerySet, ScopedManager


class InvitationQuerySet(OrganizationQuerySet):
    def visible_to(self, organization: Organization) -> Self:
        return self.filter(organization=organization)

    def unanswered(self) -> Self:
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """An address that may join an organization in a role, for a week and once.

    The link in the mail is signed when it is sent and kept nowhere.
    """

    organization = models.ForeignKey(Organization, models.CASCADE)
    email = models.EmailField()
    role = models.CharField(max_length=8, choices=Role)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    unscoped = InvitationQuerySet.as_manager()
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="accounts_invitation_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.organization}"

    def state(self, at: datetime) -> InvitationState:
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.withdrawn_at:
            return InvitationState.WITHDRAWN
        return InvitationState.EXPIRED if at >= self.expires_at else InvitationState.OPEN


class Session(AbstractBaseSession):
    """An open session, which its owner may see and end."""

    user = models.ForeignKey(User, models.CASCADE, null=True)
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    agent = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.device

    @property
    def device(self) -> str:
        return device_name(self.agent)

    @property
    def reference(self) -> str:
        """Name the session without its key, which would open it."""
        return sha256(self.session_key.encode()).hexdigest()[:16]
