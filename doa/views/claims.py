"""Claims as those see them who make them: the list, a new one, one and what is said of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from doa.cargo import CARGO_DAYS, NotDelivered, latest_report
from doa.enums import ClaimKind, ClaimStatus
from doa.forms.claims import FORMS, ClaimForm, MessageForm
from doa.models import Claim, ClaimFile
from doa.workflow import claims as workflow
from doa.workflow.refusals import CaseRefused
from documents import workflow as documents
from documents.models import Document
from documents.policy import EVIDENCE, FileNotAccepted
from partners import clock
from partners.enums import Permission
from partners.models import Organization
from partners.pages import FormPage

TONES = {
    ClaimStatus.OPEN: "info",
    ClaimStatus.ACCEPTED: "ok",
    ClaimStatus.REFUSED: "stop",
    ClaimStatus.SETTLED: "wait",
}


def claims_of(organization: Organization) -> Any:
    return Claim.objects.for_organization(organization)


class KeepsFile(FormPage):
    """A page whose form takes one file, which stays kept while the rest is put right."""

    kept: Document | None = None

    def uploads(self) -> Any:
        found = Document.objects.for_organization(self.organization).unattached()
        return found.filter(organization=self.organization)

    def keep(self, form: Any) -> Document | None:
        """Keep the file that was handed in now, or find the one that was kept before."""
        upload = form.cleaned_data.get("document")
        if upload and self.kept is None:
            self.kept = documents.keep(
                upload,
                EVIDENCE,
                organization=self.organization,
                actor=self.request.user.actor(),
                at=clock.now(),
            )
        return self.kept or form.kept_document

    def files(self, form: Any) -> list[Document]:
        document = self.keep(form)
        return [document] if document else []

    def show(self, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        if form.is_bound:
            try:
                more["kept"] = self.keep(form)
            except FileNotAccepted as refusal:
                if not form.non_field_errors():
                    form.add_error("document", str(refusal))
        return super().show(form, status=status, **more)


class NewClaim(KeepsFile):
    """Report goods that arrived dented, wrong or not at all, or a spare part that is dead."""

    permissions = {"GET": Permission.APPLY_FOR_DOA, "POST": Permission.APPLY_FOR_DOA}
    template_name = "doa/claim_new.html"
    refusals = (workflow.AlreadyClaimed, NotDelivered, CaseRefused, FileNotAccepted)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._require_partner()
        if self.kind is None:
            return render(request, "doa/claim_kinds.html", self.context())
        return super().get(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._require_partner()
        return super().post(request)

    def _require_partner(self) -> None:
        if self.organization.is_huawei:
            raise PermissionDenied("Staff decide claims at the desk; partners report them.")

    @property
    def kind(self) -> ClaimKind | None:
        asked = self.request.GET.get("kind", "")
        return ClaimKind(asked) if asked in ClaimKind.values else None

    def form(self, *data: Any) -> ClaimForm:
        asked = {name: self.request.GET.get(name, "")[:64] for name in ("sn", "part_number")}
        return FORMS[self.kind or ClaimKind.CARGO](
            *data,
            organization=self.organization,
            uploads=self.uploads(),
            today=clock.business_today(),
            initial=asked,
        )

    def perform(self, form: ClaimForm) -> str:
        claim = workflow.report_claim(
            form.goods(),
            files=self.files(form),
            organization=self.organization,
            user=self.request.user,
            at=clock.now(),
        )
        messages.success(self.request, f"Reported as {claim}. Huawei's staff answer here.")
        return reverse("claim", args=[claim.reference])

    def context(self) -> dict[str, Any]:
        return {"kind": self.kind, "days": CARGO_DAYS, "page": "claims"}


class ClaimPage(KeepsFile):
    """One claim: where it stands, why, and what both sides write."""

    permissions = {"GET": Permission.VIEW_CASES, "POST": Permission.APPLY_FOR_DOA}
    template_name = "doa/claim.html"
    refusals = (FileNotAccepted,)

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        self._find(reference)
        return super().get(request)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        self._find(reference)
        return super().post(request)

    def _find(self, reference: str) -> None:
        found = claims_of(self.organization).for_list().filter(reference=reference)
        self.claim = found.first()
        if self.claim is None:
            raise Http404

    def form(self, *data: Any) -> MessageForm:
        return MessageForm(*data, uploads=self.uploads())

    def perform(self, form: MessageForm) -> str:
        workflow.write_message(
            self.claim,
            text=form.cleaned_data["text"],
            files=self.files(form),
            user=self.request.user,
            at=clock.now(),
        )
        return reverse("claim", args=[self.claim.reference])

    def context(self) -> dict[str, Any]:
        claim, organization = self.claim, self.organization
        files = ClaimFile.objects.for_organization(organization).filter(claim=claim, message=None)
        return {
            "claim": claim,
            "tone": TONES[ClaimStatus(claim.status)],
            "latest": latest_report(claim.delivered_on),
            "files": list(files.select_related("document")),
            "said": list(claim.messages.prefetch_related("files__document").order_by("pk")),
            "may_write": workflow.may_write(claim, self.request.user),
            "page": "claims",
        }
