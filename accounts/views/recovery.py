"""Forgotten passwords: the same answer for every address, and a link that works once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.generic import FormView, TemplateView

from accounts import devices, limits, workflow
from accounts.forms import ForgottenForm, PasswordNewForm
from accounts.tokens import reset_tokens
from accounts.views.entrance import RefusedForm
from audit.trail import Actor
from notifications import outbox
from partners import clock
from partners.models import User

VISITOR = Actor(kind="visitor", id=None, label="Somebody at the sign-in page")


@method_decorator(login_not_required, name="dispatch")
class Forgotten(RefusedForm, FormView):
    """Send a link to whoever has an account, and say the same to everybody."""

    form_class = ForgottenForm
    template_name = "accounts/password_forgotten.html"
    success_url = reverse_lazy("password-sent")

    def form_valid(self, form):
        at = clock.now()
        if not limits.may_ask_for_reset(self.request, at=at):
            form.add_error(None, "Too many requests. Wait an hour and try again.")
            return self.render_to_response(self.get_context_data(form=form), status=429)
        email = form.cleaned_data["email"].strip().lower()
        user = User.objects.filter(email=email, is_active=True).first()
        if user and limits.may_get_reset(user, at=at):
            workflow.start_reset(user, actor=VISITOR, at=at)
        else:
            outbox.hint_delivery()  # takes as long as it does for whoever has an account
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class ForgottenSent(TemplateView):
    template_name = "accounts/password_sent.html"


class PasswordNew(RefusedForm, PasswordResetConfirmView):
    """Let whoever came with a link choose a password; they sign in with it afterwards."""

    form_class = PasswordNewForm
    template_name = "accounts/password_new.html"
    token_generator = reset_tokens
    success_url = reverse_lazy("sign-in")

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def form_valid(self, form):
        workflow.reset_password(self.user, form.cleaned_data["new_password"], at=clock.now())
        self.request.session.flush()
        messages.success(self.request, "Your password was changed. Sign in with it.")
        response = HttpResponseRedirect(reverse("sign-in"))
        devices.remember_device(response, self.user)
        return response
