"""Ends sessions by the clock, and holds back whoever owes a second factor."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth.middleware import AuthenticationMiddleware as DjangosMiddleware
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject

from accounts import second_factor, session_data
from partners import clock
from partners.models import User

ENROLMENT = {
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
}
"""What somebody without a second factor may open until there is one."""
PROOF = {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
"""What somebody who has one may open until it is passed in this session."""


class AuthenticationMiddleware(DjangosMiddleware):
    """Give the request its person, unless the session has lasted or paused for too long."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = cast(User, SimpleLazyObject(lambda: _person_of(request)))


def _person_of(request: HttpRequest) -> User | AnonymousUser:
    user = get_user(request)
    if not isinstance(user, User):
        return AnonymousUser()
    at = clock.now()
    if session_data.is_over(request, at=at, is_staff=user.is_staff):
        request.session.flush()
        request._cached_user = AnonymousUser()  # type: ignore[attr-defined]
        return AnonymousUser()
    session_data.note_seen(request, at=at)
    return user


class SecondFactorMiddleware(MiddlewareMixin):
    """Open nothing to whoever needs a second factor and has not passed it in this session.

    Pages that are open to everybody stay so. The rest of the house, the desk included,
    answers with the way to the one page that helps.
    """

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        if not request.user.needs_second_factor or second_factor.has_passed(request):
            return None
        has_factor = second_factor.has_factor(request.user)
        match = request.resolver_match
        if match and match.view_name in (PROOF if has_factor else ENROLMENT):
            return None
        where = reverse("mfa_reauthenticate" if has_factor else "mfa_activate_totp")
        if request.method != "GET":
            return HttpResponseRedirect(where)
        return HttpResponseRedirect(f"{where}?{urlencode({'next': request.get_full_path()})}")
