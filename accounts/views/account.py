"""Somebody's own account: name, password, second factor, sessions."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.generic import FormView

from accounts import workflow
from accounts.forms import NameForm, PasswordForm, RowsForm
from accounts.models import Session
from accounts.views.entrance import RefusedForm
from partners import clock


class Account(View):
    """Show what opens this account, and where it is open now."""

    http_method_names = ["get", "head"]

    def get(self, request):
        mine = Authenticator.objects.filter(user=request.user).order_by("pk")
        by_type = {kind: [a for a in mine if a.type == kind] for kind in Authenticator.Type}
        codes = by_type[Authenticator.Type.RECOVERY_CODES]
        context = {
            "page": "account",
            "totp": next(iter(by_type[Authenticator.Type.TOTP]), None),
            "passkeys": by_type[Authenticator.Type.WEBAUTHN],
            "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
            "memberships": request.user.joined_memberships(),
            "sessions": self.sessions(),
        }
        return render(request, "accounts/account.html", context)

    def sessions(self):
        """Return the open sessions, this one first."""
        key = self.request.session.session_key
        found = Session.objects.filter(user=self.request.user, expire_date__gt=clock.now())
        listed = [{"session": s, "is_this": s.session_key == key} for s in found]
        return sorted(listed, key=lambda s: (not s["is_this"], -s["session"].seen_at.timestamp()))


class EndSession(View):
    """End one session of one's own, or all but this one."""

    http_method_names = ["post"]

    def post(self, request):
        reference = request.POST.get("session", "")
        if not reference:
            workflow.end_sessions(request.user, but=request.session.session_key)
            messages.success(request, "Every other session was ended.")
        elif workflow.end_session(request.user, reference):
            messages.success(request, "The session was ended.")
        else:
            raise Http404
        return HttpResponseRedirect(reverse("account"))


class Name(RefusedForm, FormView):
    form_class = NameForm
    template_name = "accounts/name.html"
    success_url = reverse_lazy("account")

    def get_initial(self):
        return {"name": self.request.user.name}

    def form_valid(self, form):
        workflow.rename(self.request.user, form.cleaned_data["name"], at=clock.now())
        messages.success(self.request, "Your name was changed.")
        return super().form_valid(form)


class Rows(View):
    """Show one's lists with compact rows or with the usual ones, from any list."""

    http_method_names = ["post"]

    def post(self, request):
        form = RowsForm(request.POST)
        if not form.is_valid():
            return HttpResponseBadRequest("Choose usual or compact rows.")
        are_compact = form.cleaned_data["rows"] == "compact"
        workflow.choose_rows(request.user, are_compact=are_compact, at=clock.now())
        back = form.cleaned_data["back"]
        is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, None)
        return HttpResponseRedirect(back if is_ours else reverse("account"))


class Password(RefusedForm, FormView):
    """Change the password; this session goes on under a new key, the others end."""

    form_class = PasswordForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("account")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form):
        user, session = self.request.user, self.request.session
        password = form.cleaned_data["new_password"]
        workflow.change_password(user, password, session_key=session.session_key, at=clock.now())
        update_session_auth_hash(self.request, user)
        messages.success(self.request, "Your password was changed. Your other sessions ended.")
        return super().form_valid(form)
