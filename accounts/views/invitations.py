"""Taking up an invitation: with a new account, or with the one that is there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View

from accounts import workflow
from accounts.enums import InvitationState
from accounts.forms import AcceptForm
from accounts.tokens import invitation_of
from partners import clock
from partners.models import User


@method_decorator(login_not_required, name="dispatch")
class Accept(View):
    """Open to whoever has the link; one answer for every link that does not count.

    Looking changes nothing, so that a mail scanner which follows links breaks nothing.
    """

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, token, **kwargs):
        self.invitation = invitation_of(token)
        if self.invitation is None or self.invitation.state(clock.now()) != InvitationState.OPEN:
            return render(request, "accounts/invitation_ended.html", status=404)
        return super().dispatch(request, token=token, **kwargs)

    def get(self, request, token):
        return self.show(AcceptForm())

    def post(self, request, token):
        if self.way() == "join":
            return self.join()
        form = AcceptForm(request.POST)
        if self.way() != "new" or not form.is_valid():
            return self.show(form, status=400)
        return self.accept(form)

    def way(self):
        """Say how this visitor joins: new, join, sign-in, or not as this person."""
        user = self.request.user
        if user.is_authenticated:
            return "join" if user.email == self.invitation.email else "somebody-else"
        is_known = User.objects.filter(email=self.invitation.email).exists()
        return "sign-in" if is_known else "new"

    def join(self):
        try:
            workflow.join(self.invitation, user=self.request.user, at=clock.now())
        except workflow.InvitationClosed:
            return render(self.request, "accounts/invitation_ended.html", status=404)
        messages.success(self.request, f"You belong to {self.invitation.organization} now.")
        return HttpResponseRedirect(reverse("home"))

    def accept(self, form):
        given = form.cleaned_data
        try:
            workflow.accept(
                self.invitation,
                name=given["name"],
                password=given["new_password"],
                at=clock.now(),
            )
        except ValidationError as problem:
            form.add_error("new_password", problem)
            return self.show(form, status=400)
        except (workflow.InvitationClosed, workflow.AccountExists):
            return render(self.request, "accounts/invitation_ended.html", status=404)
        messages.success(self.request, "Your account is ready. Sign in with it.")
        return HttpResponseRedirect(reverse("sign-in"))

    def show(self, form, *, status=200):
        context = {"invitation": self.invitation, "form": form, "way": self.way()}
        context["here"] = self.request.path
        return render(self.request, "accounts/invitation.html", context, status=status)
