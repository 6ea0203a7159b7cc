"""What every endpoint of the API shares: tokens, scopes, limits and problem details."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.crypto import hash_token
from rest_framework import exceptions, views
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from partners import clock, workflow
from partners.models import ApiToken, Membership, User

PROBLEM = "application/problem+json"


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
            raise exceptions.AuthenticationFailed("The header is: Authorization: Bearer <token>.")
        at = clock.now()
        digest = hash_token(words[1].decode("ascii", "replace"))
        token = _usable_tokens(at).filter(digest=digest).first()
        if token is None:
            raise exceptions.AuthenticationFailed(
                "This token does not work. It may be mistyped, expired or withdrawn."
            )
        workflow.note_use(token, at=at)
        request._request.organization = token.organization
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _usable_tokens(at: Any) -> Any:
    """Return the tokens whose person is active, and a member of their organization."""
    member = Membership.objects.filter(
        user=OuterRef("user"), organization=OuterRef("organization")
    )
    return ApiToken.objects.filter(
        Exists(member), user__is_active=True, expiry__gt=at
    ).select_related("user", "organization")


class BearerScheme(OpenApiAuthenticationExtension):
    """Describes the token in the OpenAPI document."""

    target_class = "config.api.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class HasScope(BasePermission):
    """Let a token in whose scopes hold the `required_scope` that the view declares."""

    def has_permission(self, request: Request, view: Any) -> bool:
        scope = getattr(view, "required_scope", None)
        if scope is None:
            raise ImproperlyConfigured(f"{type(view).__name__} declares no required_scope.")
        if request.auth is None:
            return False
        if not request.auth.has_scope(scope):
            self.message = f"This token may not do this. It needs the scope {scope}."
            return False
        return True


class RequestLimit(BaseThrottle):
    """Allow so many requests a minute for each token, and for each address without one.

    The address is the one that the server saw: a header can not change it.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        at = clock.now()
        self.seconds_left = 60 - at.second
        if request.auth is not None:
            caller, limit = f"token:{request.auth.pk}", settings.API_REQUESTS_PER_MINUTE
        else:
            caller = f"address:{request.META.get('REMOTE_ADDR', '')}"
            limit = settings.API_ANONYMOUS_REQUESTS_PER_MINUTE
        return workflow.count_request(caller, limit=limit, at=at)

    def wait(self) -> int:
        return self.seconds_left


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer a refusal as RFC 9457 problem details; leave what is unexpected alone."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = views.exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return None
    status = HTTPStatus(response.status_code)
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": _detail(error),
    }
    if isinstance(error, exceptions.ValidationError):
        problem["errors"] = list(_errors(error.detail))
        problem["detail"] = " ".join(e["detail"] for e in problem["errors"])
    problem |= getattr(error, "extension", {})
    response.data = problem
    response.content_type = PROBLEM
    return response


def _detail(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.NotFound):
        return "There is nothing here that this token may see."
    if isinstance(error, exceptions.Throttled):
        return "Too many requests in this minute. Retry-After says when to go on."
    return str(error.detail)


def _errors(detail: Any, parameter: str = "") -> Any:
    """Walk the nested refusals of a serializer: one {parameter, detail} each."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _errors(inner, f"{parameter}.{name}" if parameter else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _errors(inner, parameter)
    else:
        named = "" if parameter in ("", "non_field_errors") else parameter
        yield {
            "parameter": named or None,
            "detail": f"{named}: {detail}" if named else str(detail),
        }


class NothingHere(views.APIView):
    """Answer an unknown address below /api/ as a problem, not as a page."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound
