"""Where a partner says that a fact is wrong, and sees what became of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from audit.models import Event
from audit.transitions import IllegalTransition
from catalog.policy import normalise_serial
from documents import workflow as documents
from documents.models import Document
from documents.policy import EVIDENCE, FileNotAccepted
from partners import clock
from partners.enums import Permission
from partners.pages import FormPage
from warranty import claims, facts, workflow
from warranty.enums import DisputeStatus, DisputeSubject
from warranty.forms.disputes import DisputeForm, WithdrawForm
from warranty.models import Dispute, Unit

TONES = {
    DisputeStatus.OPEN: "info",
    DisputeStatus.ACCEPTED: "ok",
    DisputeStatus.ANSWERED: "wait",
    DisputeStatus.WITHDRAWN: "wait",
}
"""The colour family of each state."""
TITLES = {
    "dispute.opened": ("info", "file", "Reported"),
    "dispute.accepted": ("ok", "check", "Accepted, and the record corrected"),
    "dispute.answered": ("wait", "msg", "Answered"),
    "dispute.withdrawn": ("wait", "x", "Withdrawn"),
}


def disputes_of(organization: Any) -> Any:
    found = Dispute.objects.for_organization(organization)
    return found.select_related("organization", "unit__part_number__product", "document")


class OpenDispute(FormPage):
    """Say which fact about a unit is wrong, what is right, and show the paper."""

    permissions = {"GET": Permission.VIEW_UNITS, "POST": Permission.VIEW_UNITS}
    template_name = "warranty/dispute_form.html"
    refusals = (workflow.AlreadyDisputed, claims.ClaimRefused, facts.NotOnFile, FileNotAccepted)
    kept: Document | None = None

    def get(self, request: HttpRequest, serial: str) -> HttpResponse:
        return self._of_unit(serial) or super().get(request)

    def post(self, request: HttpRequest, serial: str) -> HttpResponse:
        return self._of_unit(serial) or super().post(request)

    def _of_unit(self, serial: str) -> HttpResponse | None:
        """Find the unit; send whoever has to choose between two part numbers to do so."""
        number = self.request.GET.get("part_number", "").replace("\0", "").strip()[:40]
        units = Unit.objects.for_organization(self.organization).with_serial(
            normalise_serial(serial)
        )
        units = units.filter(part_number__number=number) if number else units
        found = list(units.for_answer()[:2])
        if not found:
            raise Http404
        self.require(Permission.DISPUTE_DATES)
        if self.organization.is_huawei:
            raise PermissionDenied("Staff correct dates at the desk, each with its reason.")
        if len(found) > 1:
            return HttpResponseRedirect(reverse("unit", args=[found[0].serial]))
        self.unit = found[0]
        self.open = list(
            disputes_of(self.organization).filter(unit=self.unit).open().newest_first()
        )
        return None

    def form(self, *data: Any) -> DisputeForm:
        uploads = Document.objects.for_organization(self.organization).unattached()
        return DisputeForm(
            *data,
            facts=list(facts.facts_of(self.unit)),
            disputed={dispute.subject for dispute in self.open},
            uploads=uploads.filter(organization=self.organization),
            today=clock.business_today(),
        )

    def _keep(self, form: DisputeForm) -> Document | None:
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

    def perform(self, form: DisputeForm) -> str:
        values = form.cleaned_data
        dispute = workflow.open_dispute(
            self.unit,
            organization=self.organization,
            subject=DisputeSubject(values["subject"]),
            claimed=values["claimed"],
            explanation=values["explanation"],
            document=self._keep(form),
            user=self.request.user,
            at=clock.now(),
        )
        messages.success(
            self.request, "Reported. Huawei's staff read your document and answer by mail."
        )
        return reverse("dispute", args=[dispute.reference])

    def show(self, form: DisputeForm, *, status: int = 200, **more: Any) -> HttpResponse:
        if form.is_bound:
            try:
                more["kept"] = self._keep(form)
            except FileNotAccepted as refusal:
                if not form.non_field_errors():
                    form.add_error("document", str(refusal))
        return super().show(form, status=status, **more)

    def context(self) -> dict[str, Any]:
        return {"unit": self.unit, "open": self.open, "page": "disputes"}


def row_of(dispute: Dispute) -> dict[str, Any]:
    subject = DisputeSubject(dispute.subject)
    return {
        "dispute": dispute,
        "tone": TONES[DisputeStatus(dispute.status)],
        "on_file": claims.in_words(subject, dispute.on_file),
        "claimed": claims.in_words(subject, dispute.claimed),
    }


class DisputePage(FormPage):
    """One dispute: where it stands, the answer, what happened; it may be withdrawn."""

    permissions = {"GET": Permission.VIEW_UNITS, "POST": Permission.VIEW_UNITS}
    form_class = WithdrawForm
    template_name = "warranty/dispute.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        self._find(reference)
        return super().get(request)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        self._find(reference)
        self.require(Permission.DISPUTE_DATES)
        return super().post(request)

    def _find(self, reference: str) -> None:
        self.dispute = disputes_of(self.organization).filter(reference=reference).first()
        if self.dispute is None:
            raise Http404

    def perform(self, form: WithdrawForm) -> str:
        try:
            workflow.withdraw_dispute(self.dispute, user=self.request.user, at=clock.now())
        except IllegalTransition:
            self.dispute.refresh_from_db()
            raise
        return reverse("dispute", args=[self.dispute.reference])

    def context(self) -> dict[str, Any]:
        user = self.request.user
        return {
            **row_of(self.dispute),
            "may_withdraw": workflow.WITHDRAW_DISPUTE.allows(self.dispute, user),
            "entries": list(self._entries()),
            "page": "disputes",
        }

    def _entries(self) -> Any:
        """Yield what happened, newest first; people of Huawei are named to Huawei alone."""
        for event in Event.objects.about(Dispute._meta.label_lower, self.dispute.pk):
            tone, icon, title = TITLES[event.name]
            own = self.organization.is_huawei or event.organization_id == self.organization.pk
            actor = event.actor_label if own else "Huawei"
            text = event.detail.get("reason", "")
            yield {
                "tone": tone, "icon": icon, "title": title,
                "text": text, "actor": actor, "at": event.at,
            }  # fmt: skip
