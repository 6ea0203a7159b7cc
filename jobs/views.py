"""A view of a list that somebody names, names otherwise or deletes."""

from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from jobs import workflow
from jobs.forms import ViewNameForm
from jobs.lists.pages import LISTS, ListPage
from jobs.models import SavedView
from partners import clock
from partners.enums import Permission
from partners.pages import FormPage


class SavedViewPage(FormPage):
    """The name of a view. Who reads the list keeps views of it."""

    permissions = {"GET": Permission.VIEW_UNITS, "POST": Permission.VIEW_UNITS}
    form_class = ViewNameForm
    refusals = (workflow.ViewRefused,)

    def list_named(self, name: str) -> type[ListPage]:
        if name not in LISTS:
            raise Http404
        permission = LISTS[name].permissions.get("GET")
        if permission is not None:
            self.require(permission)
        return LISTS[name]


class NewSavedView(SavedViewPage):
    """Name the question in the address; what the list cannot read is not kept."""

    template_name = "jobs/saved_view_new.html"

    @cached_property
    def page(self) -> ListPage:
        page = self.list_named(self.kwargs["name"])()
        page.setup(self.request)
        page.organization = self.organization
        return page

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = self.page.asked
        if asked.problems or not asked.given:
            return HttpResponseRedirect(self._list(request.GET.urlencode()))
        return super().get(request, **kwargs)

    def perform(self, form: forms.Form) -> str:
        asked, name = self.page.asked, form.cleaned_data["name"]
        if asked.problems:
            raise workflow.ViewRefused(f"This view is not kept. {asked.problems[0]}")
        given = asked.given
        user, at = self.request.user, clock.now()
        workflow.keep_view(
            user, self.organization, of=self.page.name, name=name, given=given, at=at
        )
        messages.success(self.request, f"“{name}” stands among the tabs of this list.")
        return self._list(asked.url(given).removeprefix("?"))

    def context(self) -> dict[str, Any]:
        asked = self.page.asked
        chips = [] if asked.problems else list(asked.chips())
        return {"page": self.page.name, "chips": chips, "back": self._list(asked.query[1:])}

    def _list(self, query: str) -> str:
        return f"{reverse(self.page.name)}?{query}"


class ChangeSavedView(SavedViewPage):
    """Name a view otherwise, or delete it."""

    template_name = "jobs/saved_view.html"

    @cached_property
    def view(self) -> SavedView:
        own = SavedView.objects.of(self.request.user, self.organization)
        view = get_object_or_404(own, pk=self.kwargs["pk"])
        self.list_named(view.list)
        return view

    def form(self, *data: Any) -> forms.Form:
        return ViewNameForm(*data[:1], initial={"name": self.view.name})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "delete" not in request.POST:
            return super().post(request, **kwargs)
        workflow.drop_view(self.view, at=clock.now())
        messages.success(request, f"The view “{self.view.name}” is deleted.")
        return HttpResponseRedirect(reverse(self.view.list))

    def perform(self, form: forms.Form) -> str:
        workflow.rename_view(self.view, form.cleaned_data["name"], at=clock.now())
        return self._list()

    def context(self) -> dict[str, Any]:
        return {"page": self.view.list, "view": self.view, "back": self._list()}

    def _list(self) -> str:
        return f"{reverse(self.view.list)}?{self.view.query}"
