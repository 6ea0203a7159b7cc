"""Signing in, and what helps when that does not work."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from accounts import adapter, limits
from accounts.forms.fields import NewPasswordField, PasswordField
from partners import clock


class SignInForm(forms.Form):
    """An e-mail address and a password; one answer for every pair that does not match."""

    username = forms.CharField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = PasswordField()

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean(self) -> dict[str, Any]:
        """Count the guess, then evaluate it: unknown addresses take as long as known ones."""
        values = super().clean() or {}
        if self.errors:
            return values
        at = clock.now()
        caller = limits.count_sign_in(self.request, values["username"], at=at)
        self.user = authenticate(self.request, **values)
        if self.user is None:
            raise ValidationError(adapter.MISMATCH)
        limits.take_back(caller, at=at)
        return values

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in, by way of the second factor where there is one."""
        credentials = {"email": self.user.email}
        login = Login(user=self.user, redirect_url=redirect_url)
        return perform_password_login(request, credentials, login)


class ConfirmPasswordForm(forms.Form):
    """The password again, before credentials are changed."""

    password = PasswordField()

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        adapter.confirm_password(self.user, password)
        return password


class ForgottenForm(forms.Form):
    """The address to which a link shall go."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class PasswordNewForm(forms.Form):
    """A new password, for whoever came with a link."""

    new_password = NewPasswordField()

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new_password(self) -> str:
        password = str(self.cleaned_data["new_password"])
        validate_password(password, self.user)
        return password
