"""The API tokens of an organization: made by its managers, shown once, and revoked."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from accounts.forms.tokens import TokenForm
from partners import clock, workflow
from partners.enums import Permission
from partners.models import ApiToken
from partners.pages import FormPage, OrganizationPage

MANAGES = {"GET": Permission.MANAGE_MEMBERS, "POST": Permission.MANAGE_MEMBERS}


class Tokens(OrganizationPage):
    """List what programs of the organization may sign in with."""

    permissions = {"GET": Permission.MANAGE_MEMBERS}

    def get(self, request: HttpRequest) -> HttpResponse:
        at = clock.now()
        mine = ApiToken.objects.filter(organization=self.organization).select_related("user")
        rows = [
            {"token": token, "is_over": token.expiry <= at, "scopes": token.scopes.split()}
            for token in mine.order_by("-created", "-pk")
        ]
        return render(request, "accounts/tokens.html", {"page": "organization", "rows": rows})


class NewToken(FormPage):
    """Make a token in one's own name, after proving again who one is."""

    permissions = MANAGES
    template_name = "accounts/token_new.html"
    refusals = (workflow.NotAMember, workflow.TooManyTokens)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        raise_if_reauthentication_required(request, app="account")
        return super().get(request, **kwargs)

    @sensitive_variables("secret")
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the token in the answer itself: it is seen there and never again."""
        raise_if_reauthentication_required(request, app="account")
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            secret = self.make(form)
        except self.refusals as why:
            form.add_error(None, str(why))
            return self.show(form, status=400)
        context = {"page": "organization", "secret": secret, "form": form}
        return render(request, "accounts/token_made.html", context)

    def make(self, form: TokenForm) -> str:
        user = self.request.user
        return workflow.create_token(
            user,
            organization=self.organization,
            scopes=form.cleaned_data["scopes"],
            label=form.cleaned_data["label"],
            lasts=form.lasts,
            actor=user.actor(),
            at=clock.now(),
        )

    def form(self, *data: Any) -> TokenForm:
        return TokenForm(*data, organization=self.organization)

    def context(self) -> dict[str, Any]:
        return {"page": "organization"}


class RevokeToken(FormPage):
    """Ask once, then end a token."""

    permissions = MANAGES
    template_name = "accounts/token_revoke.html"

    def form(self, *data: Any) -> forms.Form:
        mine = ApiToken.objects.filter(organization=self.organization).select_related("user")
        self.token = get_object_or_404(mine, token_key=self.kwargs["key"])
        return forms.Form(*data)

    def context(self) -> dict[str, Any]:
        return {"page": "organization", "token": self.token}

    def perform(self, form: forms.Form) -> str:
        name = self.token.label or self.token.token_key
        workflow.revoke_token(self.token, actor=self.request.user.actor(), at=clock.now())
        messages.success(self.request, f"{name} is revoked. It no longer works.")
        return reverse("tokens")
