"""Service documents: every version with when it is in force, its file, and a new one."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from documents import storage
from documents import workflow as documents
from documents.policy import FileNotAccepted
from partners import clock
from partners.enums import Permission
from partners.pages import FormPage, OrganizationPage
from support import workflow
from support.forms.papers import FILE, PaperForm
from support.models import ServicePaper
from support.models.papers import with_ends


class ServicePapers(OrganizationPage):
    """Every version of every service document; `?file=` gives one of them out."""

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest) -> HttpResponse | FileResponse:
        if "file" in request.GET:
            return _handed_out(request.GET["file"])
        context = {
            "page": "contracts",
            "groups": list(_groups(on=clock.business_today())),
            "may_add": request.user.can(Permission.MANAGE_SUPPORT, self.organization),
        }
        return render(request, "support/papers.html", context)


def _groups(*, on: date) -> Iterator[dict[str, Any]]:
    """Yield each document with its versions, and which of them is in force."""
    groups: dict[str, dict[str, Any]] = {}
    for paper, until in with_ends(list(ServicePaper.objects.for_list())):
        group = groups.setdefault(
            paper.title, {"title": paper.title, "in_force": None, "versions": []}
        )
        is_in_force = paper.valid_from <= on and (until is None or on <= until)
        if is_in_force:
            group["in_force"] = paper
        state = "in force" if is_in_force else "to come" if paper.valid_from > on else "over"
        group["versions"].append({"paper": paper, "until": until, "state": state})
    yield from groups.values()


def _handed_out(reference: str) -> FileResponse:
    """Return the file as a download that no browser runs. Raises: Http404."""
    papers = ServicePaper.objects.select_related("document")
    paper = papers.filter(document__reference=reference.replace("\0", "")).first()
    if paper is None:
        raise Http404
    document = paper.document
    response = FileResponse(
        storage.path_of(document.reference).open("rb"), content_type=document.media_type
    )
    response.headers["Content-Disposition"] = content_disposition_header(True, document.name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


class AddPaper(FormPage):
    """Puts a version of a service document beside the earlier ones."""

    permissions = {"GET": Permission.MANAGE_SUPPORT, "POST": Permission.MANAGE_SUPPORT}
    form_class = PaperForm
    template_name = "support/paper_new.html"
    refusals = (workflow.PaperRefused, FileNotAccepted)

    def perform(self, form: Any) -> str:
        at, user = clock.now(), self.request.user
        document = documents.keep(
            form.cleaned_data["file"],
            FILE,
            organization=self.organization,
            actor=user.actor(),
            at=at,
        )
        paper = workflow.add_paper(
            form.paper(), document, organization=self.organization, user=user, at=at
        )
        messages.success(self.request, f"{paper} is kept. Partners find it here.")
        return reverse("service-papers")

    def context(self) -> dict[str, Any]:
        return {"page": "contracts"}
