"""What the house does its own way inside allauth: limits, redirects, words, and no mail."""

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import devices, limits
from partners import clock
from partners.addresses import client_address
from partners.models import User

PROVED_FOR = 10 * 60
"""Seconds after a sign-in, or a confirmation of it, in which credentials may be changed."""
MISMATCH = "This e-mail address and password do not match. Check both and try again."


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_password": "This is not your password. Check it and try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_safe_url(self, url: str) -> bool:
        """Lead nowhere but to this house."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Say only what a view says in words of its own."""
        if message := kwargs.get("message"):
            messages.add_message(request, level, message)

    def send_mail(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError("Mail goes through the outbox.")

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        messages.error(request, MISMATCH)
        return HttpResponseRedirect(reverse("account_login"))

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        devices.remember_device(response, user)
        return response

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Check the password of whoever is signed in, under the limit of signing in."""
        at = clock.now()
        caller = limits.count_sign_in(context.request, user.email, at=at)
        if not user.check_password(password):
            return False
        limits.take_back(caller, at=at)
        return True

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ask again unless this session has proved who it is a moment ago."""
        records = get_authentication_records(context.request, context.request.user)
        latest = max((record["at"] for record in records), default=0)
        return bool(clock.now().timestamp() - latest >= PROVED_FOR)


def confirm_password(user: User, password: str) -> None:
    """Require the password of whoever is signed in. Raises: ValidationError."""
    if not AccountAdapter().reauthenticate(user, password):
        raise ValidationError(AccountAdapter.error_messages["incorrect_password"])
