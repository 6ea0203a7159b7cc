"""The second factor: a code that counts once, or the answer of a passkey."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from cryptography.fernet import InvalidToken
from django import forms
from django.core.exceptions import ValidationError

from accounts import limits, second_factor, workflow
from accounts.forms.fields import CodeField
from partners import clock

WRONG_CODE = "This code does not count. Wait for the next one and type that."


class CodeForm(forms.Form):
    """A code from the authenticator app, or one of the recovery codes."""

    code = CodeField(help_text="The six digits in your authenticator app, or a recovery code.")
    is_confirmation = False

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self) -> str:
        code, at = str(self.cleaned_data["code"]), clock.now()
        caller = limits.count_code(self.user, at=at)
        used = workflow.use_totp(self.user, code, at=at)
        used = used or workflow.use_recovery_code(self.user, code)
        if used is None:
            raise ValidationError(WRONG_CODE)
        limits.take_back(caller, at=at)
        self.authenticator = used
        return code

    def save(self) -> None:
        """Remember in the session that the second factor was passed."""
        post_authentication(
            context.request, self.authenticator, reauthenticated=self.is_confirmation
        )

    @property
    def used_recovery_code(self) -> bool:
        return bool(self.authenticator.type == Authenticator.Type.RECOVERY_CODES)


class ConfirmCodeForm(CodeForm):
    """The same, for somebody who is signed in."""

    is_confirmation = True


class ActivateForm(forms.Form):
    """The first code of a new authenticator app; its secret waits in the session, encrypted."""

    code = CodeField(help_text="The six digits that the app shows now.")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.secret = self._waiting_secret() if self.is_bound else ""
        if not self.secret:
            self.secret = generate_totp_secret()
            encrypted = second_factor.SecondFactorAdapter().encrypt(self.secret)
            context.request.session[SECRET_SESSION_KEY] = encrypted

    def _waiting_secret(self) -> str:
        try:
            kept = context.request.session.get(SECRET_SESSION_KEY, "")
            return second_factor.SecondFactorAdapter().decrypt(kept)
        except InvalidToken:
            return ""

    def clean_code(self) -> str:
        code, at = str(self.cleaned_data["code"]), clock.now()
        caller = limits.count_code(self.user, at=at)
        self.counter = second_factor.matching_counter(self.secret, code, at=at)
        if self.counter is None:
            raise ValidationError(WRONG_CODE)
        limits.take_back(caller, at=at)
        return code


class PasskeyForm(AddWebAuthnForm):
    """A name, and what the browser made; a passkey of ours opens the door by itself."""

    name = forms.CharField(
        label="Name of the passkey",
        required=False,
        max_length=60,
        help_text="So that you can tell it from others, for example: Work laptop.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.initial["name"] = ""

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]) or "Passkey"
