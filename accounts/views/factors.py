"""Authenticator app, passkeys and recovery codes: added, removed, renewed, each told by mail."""

from allauth.account.authentication import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.db import transaction
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator

from accounts import second_factor, workflow
from accounts.drawing import qr_path
from accounts.enums import CredentialChange
from accounts.forms import ActivateForm, PasskeyForm
from accounts.views.entrance import RefusedForm
from partners import clock

NEXT = "after_enrolment"
"""Where the session keeps the page that enrolment came between."""


class CredentialView(RefusedForm):
    """A change of credentials with its record and its mail, all or nothing."""

    change: CredentialChange

    def form_valid(self, form):
        user = self.request.user
        with transaction.atomic():
            response = self.apply(form)
            workflow.note_change(user, self.change, actor=user.actor(), at=clock.now())
        return response

    def apply(self, form):
        return super().form_valid(form)


class Enrolment(CredentialView):
    """A change that adds a factor: with it, this session has passed, and the others end."""

    def get(self, request, *args, **kwargs):
        if wanted := get_next_redirect_url(request):
            request.session[NEXT] = wanted
        return super().get(request, *args, **kwargs)

    def apply(self, form):
        response = super().apply(form)
        request = self.request
        newest = Authenticator.objects.filter(user=request.user, type=self.kind).latest("pk")
        post_authentication(request, newest, reauthenticated=True)
        request.session.cycle_key()
        workflow.end_sessions(request.user, but=request.session.session_key)
        return response

    def get_success_url(self):
        return reverse("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "account")


class Activate(Enrolment, ActivateTOTPView):
    """Show the secret of a new authenticator app, and believe it when it answers."""

    form_class = ActivateForm
    template_name = "accounts/totp_add.html"
    change = CredentialChange.TOTP_ADDED
    kind = Authenticator.Type.TOTP

    def get_context_data(self, **kwargs):
        context = super(ActivateTOTPView, self).get_context_data(**kwargs)
        secret = context["form"].secret
        url = second_factor.SecondFactorAdapter().build_totp_url(self.request.user, secret)
        groups = [secret[n : n + 4] for n in range(0, len(secret), 4)]
        return {**context, "secret": " ".join(groups), "qr": qr_path(url), "totp_url": url}

    def apply(self, form):
        response = super().apply(form)
        workflow.use_first_code(self.request.user, form.counter)
        return response


class Deactivate(CredentialView, DeactivateTOTPView):
    template_name = "accounts/totp_remove.html"
    change = CredentialChange.TOTP_REMOVED
    success_url = reverse_lazy("account")

    def apply(self, form):
        response = super().apply(form)
        forget_proof(self.request)
        return response


def forget_proof(request):
    """Let a session that has no factor left count as one that has passed none."""
    if second_factor.has_factor(request.user):
        return
    records = get_authentication_records(request, request.user)
    kept = [record for record in records if record.get("method") != "mfa"]
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = kept


class AddPasskey(Enrolment, AddWebAuthnView):
    form_class = PasskeyForm
    template_name = "accounts/passkey_add.html"
    change = CredentialChange.PASSKEY_ADDED
    kind = Authenticator.Type.WEBAUTHN

    def get_context_data(self, **kwargs):
        context = super(AddWebAuthnView, self).get_context_data(**kwargs)
        options = auth.begin_registration(self.request.user, passwordless=True)
        return {**context, "js_data": {"creation_options": options}}


class RemovePasskey(CredentialView, RemoveWebAuthnView):
    template_name = "accounts/passkey_remove.html"
    change = CredentialChange.PASSKEY_REMOVED
    success_url = reverse_lazy("account")

    def apply(self, form):
        response = super().apply(form)
        forget_proof(self.request)
        return response


class RecoveryCodes(ViewRecoveryCodesView):
    """Show the codes, once; after that only how many are left."""

    template_name = "accounts/recovery_codes.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        wanted = self.request.session.pop(NEXT, None)
        return {**context, "next": wanted or reverse("account")}


@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class NewRecoveryCodes(CredentialView, GenerateRecoveryCodesView):
    template_name = "accounts/recovery_codes_new.html"
    change = CredentialChange.CODES_MADE
