"""Who may: organizations, the people in them, and the tokens of their programs."""

from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from knox.models import AbstractAuthToken

from audit.trail import Actor
from partners.enums import OrganizationKind, Permission, Role, UsState
from partners.phones import dialled


class Organization(models.Model):
    """A company of the channel, or Huawei itself. `code` is its name in files."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=OrganizationKind)
    buys_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    email = models.EmailField(blank=True)
    country = models.CharField(max_length=2, blank=True)
    time_zone = models.CharField(max_length=64, default="America/Chicago")
    requires_second_factor = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganizationKind.values),
                name="partners_organization_known_kind",
            ),
            models.CheckConstraint(
                condition=~models.Q(buys_from=models.F("id")),
                name="partners_organization_buys_from_another",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_huawei(self) -> bool:
        return self.kind == OrganizationKind.HUAWEI

    @property
    def permissions(self) -> frozenset[Permission]:
        """What its kind may do at all; a person's role narrows it further."""
        return OrganizationKind(self.kind).permissions


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address, whatever its letter case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person. The e-mail address, in lower case, is the name to sign in with."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    has_compact_rows = models.BooleanField(default=False, db_default=False)

    objects = UserManager()

    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Tell whether the admin opens for this person: Huawei staff only."""
        return self.is_active and any(m.is_huawei_staff for m in self.joined_memberships())

    @property
    def needs_second_factor(self) -> bool:
        """Tell whether a password is not enough: for staff, and where an organization says so."""
        return any(
            m.is_huawei_staff or m.organization.requires_second_factor
            for m in self.joined_memberships()
        )

    def joined_memberships(self) -> list["Membership"]:
        """Return the memberships with their organizations, read once per instance."""
        if not hasattr(self, "_memberships"):
            self._memberships = list(
                self.membership_set.select_related("organization").order_by("pk")
            )
        return self._memberships

    def joined(self, memberships: list["Membership"]) -> None:
        """Keep the memberships that were read together with the person."""
        self._memberships = memberships

    def joins(self, organization: Organization) -> None:
        """Let a person who is not stored yet count as a member, for the rules of passwords."""
        self._memberships = [Membership(user=self, organization=organization)]

    def can(self, permission: Permission, organization: Organization) -> bool:
        """Tell whether this person may do `permission` in the name of `organization`."""
        if not self.is_active:
            return False
        return any(
            permission in m.permissions
            for m in self.joined_memberships()
            if m.is_huawei_staff or m.organization_id == organization.pk
        )

    def actor(self) -> Actor:
        """Return how the trail names this person."""
        first = next(iter(self.joined_memberships()), None)
        return Actor("person", self.pk, str(self), first.organization_id if first else None)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Open the admin's pages to staff; what each may change, the pages decide."""
        return self.is_staff


class Membership(models.Model):
    """A role of a person in one organization."""

    user = models.ForeignKey(User, models.CASCADE)
    organization = models.ForeignKey(Organization, models.CASCADE)
    role = models.CharField(max_length=8, choices=Role)
    joined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"], name="partners_membership_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()} of {self.organization}"

    @property
    def is_huawei_staff(self) -> bool:
        return self.role == Role.STAFF and self.organization.is_huawei

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this role includes and the organization's kind allows."""
        return Role(self.role).permissions & self.organization.permissions


class DistributorEntryQuerySet(models.QuerySet["DistributorEntry"]):
    def listed(self) -> Self:
        """Return what anybody may read: what staff lists of organizations still distributors."""
        shown = self.filter(is_listed=True, organization__kind=OrganizationKind.DISTRIBUTOR)
        return shown.select_related("organization").order_by("organization__name", "pk")


class DistributorEntry(models.Model):
    """How everybody reaches a distributor: what the public directory says, once staff lists it.

    It comes from no shipment, so that it tells nothing about who holds or sold a unit.
    """

    organization = models.OneToOneField(
        Organization, models.CASCADE, limit_choices_to={"kind": OrganizationKind.DISTRIBUTOR}
    )
    phone = models.CharField(max_length=40)
    email = models.EmailField("e-mail")
    hours = models.CharField(max_length=120)
    states = models.CharField(max_length=160)
    is_listed = models.BooleanField("listed", default=False)

    objects = DistributorEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "directory entry"
        verbose_name_plural = "distributor directory"
        constraints = [
            models.CheckConstraint(
                condition=~(
                    models.Q(phone="")
                    | models.Q(email="")
                    | models.Q(hours="")
                    | models.Q(states="")
                ),
                name="partners_distributorentry_complete",
            ),
        ]

    def __str__(self) -> str:
        return str(self.organization)

    @property
    def dials(self) -> str:
        return dialled(self.phone)

    @property
    def serves(self) -> list[UsState]:
        """Return the states it serves, in the order of their names."""
        return [state for state in UsState if state in self.states.split()]


class ApiToken(AbstractAuthToken):
    """A program's key: hashed, expiring, for one organization and named scopes."""

    role: str  # of its person in its organization, added by partners.api.TokenAuthentication

    organization = models.ForeignKey(Organization, models.CASCADE)
    label = models.CharField(max_length=80, blank=True)
    scopes = models.CharField(max_length=200, help_text="Words separated by a space.")
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.token_key}… of {self.user}"

    def has_scope(self, scope: str) -> bool:
        return scope in self.scopes.split()


class RequestCount(models.Model):
    """How often one caller has asked in the window that ends at `ends_at`, for a limit."""

    caller = models.CharField(max_length=160, primary_key=True)
    ends_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at:%H:%M}"


class IdempotentRequest(models.Model):
    """A request that its sender may repeat, known by a key, and the reply it got.

    The reply is stored in the transaction of the effect: a row without one belongs to a
    request that is running, which holds the row locked, or to one that came to nothing.
    """

    user = models.ForeignKey(User, models.CASCADE)
    organization = models.ForeignKey(Organization, models.CASCADE)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization", "key"], name="partners_idempotent_key_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key[:40]} of {self.user}"
