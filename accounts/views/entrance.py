"""Signing in, by password or passkey, the step of the second factor, and signing out."""

from allauth.account.internal.flows.logout import logout
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth, flows
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View

from accounts import workflow
from accounts.enums import CredentialChange
from accounts.forms import CodeForm, SignInForm
from partners import clock

CLEAR = '"cache", "storage"'
"""What a browser forgets on sign-out, for whoever uses the machine next."""


def status_of(form):
    """Return how a page with a refused form answers: too often, or not like this."""
    errors = form.errors.as_data().values()
    codes = {problem.code for problems in errors for problem in problems}
    return 429 if "too_many" in codes else 400


class RefusedForm:
    """Shows a refused form again, with the status that says so."""

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=status_of(form))


class SignIn(RefusedForm, LoginView):
    """Ask for e-mail address and password; whoever is signed in goes home."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"


class SecondFactorStep(AuthenticateView):
    """Ask for a code or a passkey, between the password and the house."""

    form_class = CodeForm
    template_name = "accounts/sign_in_code.html"

    def get_context_data(self, **kwargs):
        keys = Authenticator.objects.filter(
            user=self.stage.login.user, type=Authenticator.Type.WEBAUTHN
        )
        return {**super().get_context_data(**kwargs), "has_passkeys": keys.exists()}

    def form_valid(self, form):
        user = self.stage.login.user
        response = super().form_valid(form)
        if isinstance(form, CodeForm) and form.used_recovery_code:
            workflow.note_change(
                user, CredentialChange.CODE_USED, actor=user.actor(), at=clock.now()
            )
        return response

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(), status=status_of(form))


class PasskeySignIn(LoginWebAuthnView):
    """Give a browser its question, and let in whose passkey answers it; else back to the door."""

    def get(self, request, *args, **kwargs):
        return JsonResponse({"request_options": auth.begin_authentication(user=None)})

    def form_valid(self, form):
        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        return flows.perform_passwordless_login(self.request, authenticator, login)


@method_decorator(login_not_required, name="dispatch")
class SignOut(View):
    """End the session on the server, and let the browser forget what it kept."""

    http_method_names = ["post"]

    def post(self, request):
        where = get_next_redirect_url(request) or settings.LOGOUT_REDIRECT_URL
        logout(request, show_message=False)
        request.session.flush()
        response = HttpResponseRedirect(where)
        response.headers["Clear-Site-Data"] = CLEAR
        return response
