"""What a program needs to be let in: a token, its scope, and not too many requests."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from knox.crypto import hash_token
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from audit.trail import Actor
from partners import clock, workflow
from partners.addresses import client_address
from partners.enums import Permission, Role
from partners.models import ApiToken, Membership, Organization, User
from partners.pages import refusal
from partners.prepared import Later, Prepared


class TokenAuthentication(BaseAuthentication):
    """Accept `Authorization: Bearer <token>` and act for the token's organization.

    Whether the person is active and still a member is part of the one query, so
    whoever was removed is refused on the very next request.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed("The header is: Authorization: Bearer <token>.")
        at = clock.now()
        digest = hash_token(words[1].decode("ascii", "replace"))
        found = _usable_tokens()(digest=digest, at=at)
        if not found:
            raise AuthenticationFailed(
                "This token does not work. It may be mistyped, expired or withdrawn."
            )
        token = found[0]
        workflow.note_use(token, at=at)
        request._request.organization = token.organization
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


@cache
def _usable_tokens() -> Prepared:
    """Find the token of a digest whose person is active, and a member of its organization."""
    member = Membership.objects.filter(user=OuterRef("user"), organization=OuterRef("organization"))
    usable = ApiToken.objects.filter(
        Exists(member), digest=Later("digest"), user__is_active=True, expiry__gt=Later("at")
    ).annotate(role=Subquery(member.values("role")[:1]))
    return Prepared(usable.select_related("user", "organization"))


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever acts through a token: its person, for its organization and no other."""

    user: User
    organization: Organization
    role: Role

    @classmethod
    def of(cls, request: Request) -> "Caller":
        token = request.auth
        return cls(request.user, token.organization, Role(token.role))

    def actor(self) -> Actor:
        return Actor("person", self.user.pk, str(self.user), self.organization.pk)

    def can(self, permission: Permission, organization: Organization) -> bool:
        """Tell whether the role and the kind of the token's organization allow this there."""
        if not self.organization.is_huawei and organization != self.organization:
            return False
        return permission in self.role.permissions & self.organization.permissions


class HasScope(BasePermission):
    """Let a token in whose scopes hold what the view declares for the method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            return False
        method = method_of(request)
        if method not in view.scopes:
            return True  # answered with 405, which names no record
        scope, permission = view.scopes[method], view.permissions[method]
        organization = request.auth.organization
        if not request.auth.has_scope(scope):
            self.message = f"This token may not do this. It needs the scope {scope}."
            return False
        if not Caller.of(request).can(permission, organization):
            self.message = refusal(permission, organization)
            return False
        return True


def method_of(request: Request) -> str:
    """Return the method by which a request is judged: who may GET may HEAD."""
    return "GET" if request.method == "HEAD" else request.method or ""


class RequestLimit(BaseThrottle):
    """Allow so many requests a minute for each token, and for each address without one.

    The address is the one that `client_address()` finds: a forged header does not change it.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        at = clock.now()
        self.seconds_left = 60 - at.second
        if request.auth is not None:
            caller, limit = f"token:{request.auth.pk}", settings.API_REQUESTS_PER_MINUTE
        else:
            caller = f"address:{client_address(request)}"
            limit = settings.API_ANONYMOUS_REQUESTS_PER_MINUTE
        return workflow.count_request(caller, limit=limit, at=at)

    def wait(self) -> int:
        return self.seconds_left
