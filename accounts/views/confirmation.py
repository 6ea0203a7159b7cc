"""Proving again who one is, before credentials change or the house opens."""

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateCodeView
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView

from accounts import workflow
from accounts.enums import CredentialChange
from accounts.forms import ConfirmCodeForm, ConfirmPasswordForm
from accounts.views.entrance import RefusedForm
from partners import clock


class Rotated(RefusedForm):
    """Gives the session a new key when it has come to be trusted with more."""

    def form_valid(self, form):
        self.request.session.cycle_key()
        return super().form_valid(form)


class ConfirmPassword(Rotated, ReauthenticateView):
    form_class = ConfirmPasswordForm
    template_name = "accounts/confirm_password.html"


class ConfirmCode(Rotated, ReauthenticateCodeView):
    form_class = ConfirmCodeForm
    template_name = "accounts/confirm_code.html"

    def form_valid(self, form):
        if form.used_recovery_code:
            user = self.request.user
            workflow.note_change(
                user, CredentialChange.CODE_USED, actor=user.actor(), at=clock.now()
            )
        return super().form_valid(form)


class ConfirmPasskey(Rotated, ReauthenticateWebAuthnView):
    template_name = "accounts/confirm_passkey.html"
