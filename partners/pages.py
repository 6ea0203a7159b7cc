"""What every page in the name of an organization shares: who may, whose clock, one form."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import classonlymethod
from django.views import View

from audit.transitions import IllegalTransition
from partners.enums import Permission
from partners.models import Organization

NO_ORGANIZATION = "Your account belongs to no organization yet. Ask who invited you."


class OrganizationPage(View):
    """A page in the name of the signed-in person's organization, in its time zone.

    `permissions` names for each method what a person must be allowed to do; a method
    without an entry stops the start of the house.
    """

    organization: Organization
    permissions: ClassVar[Mapping[str, Permission]] = {}
    http_method_names = ["get", "head", "post"]

    @classonlymethod
    def as_view(cls, **initkwargs: Any) -> Any:
        answered = {name for name in ("get", "post") if hasattr(cls, name)}
        declared = {method.lower() for method in cls.permissions}
        if answered != declared:
            raise ImproperlyConfigured(
                f"{cls.__name__} answers {sorted(answered)} and declares {sorted(declared)}."
            )
        return super().as_view(**initkwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.organization:
            raise PermissionDenied(NO_ORGANIZATION)
        self.organization = request.organization
        method = "GET" if request.method == "HEAD" else request.method or ""
        permission = self.permissions.get(method)
        if permission is not None:
            self.require(permission)
        with timezone.override(self.organization.time_zone):
            return super().dispatch(request, *args, **kwargs)

    def require(self, permission: Permission) -> None:
        """Refuse who may not do this; for steps on a record, after it was found in scope.

        Raises: PermissionDenied, which says why and who could change that.
        """
        if not self.request.user.can(permission, self.organization):
            raise PermissionDenied(refusal(permission, self.organization))


def refusal(permission: Permission, organization: Organization) -> str:
    """Say why a person may not do this, and who could change that."""
    if permission not in organization.permissions:
        return f"{permission.deed} is not for a {organization.get_kind_display()}."
    return f"Your role does not include this: {permission.deed.lower()}. Ask a manager."


class FormPage(OrganizationPage):
    """A page with one form and one call: `perform()` writes and returns where to go next.

    A refusal named in `refusals` comes back on the form, with everything that was typed.
    """

    form_class: type[forms.Form]
    template_name: str
    refusals: tuple[type[Exception], ...] = ()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            return HttpResponseRedirect(self.perform(form))
        except (IllegalTransition, ValidationError, *self.refusals) as problem:
            form.add_error(None, problem if isinstance(problem, ValidationError) else str(problem))
            status = 409 if isinstance(problem, IllegalTransition) else 400
            return self.show(form, status=status)

    def form(self, *data: Any) -> forms.Form:
        """Build the form; a page whose choices hang on the organization says so here."""
        return self.form_class(*data)

    def perform(self, form: forms.Form) -> str:
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        return {}

    def show(self, form: forms.Form, *, status: int = 200, **more: Any) -> HttpResponse:
        context = {**self.context(), "form": form, **more}
        return render(self.request, self.template_name, context, status=status)
