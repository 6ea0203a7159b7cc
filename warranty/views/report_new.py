"""Handing in an installation report: ask, show what it changes, store it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from documents import workflow as documents
from documents.models import Document
from documents.policy import EVIDENCE, FileNotAccepted
from partners import clock
from partners.enums import Permission
from partners.pages import OrganizationPage
from warranty import outlook, policy, workflow
from warranty.effects import grouped
from warranty.forms.reports import ReportForm
from warranty.models import InstallationReport, Shipment

NOT_CARRIED = {"csrfmiddlewaretoken", "confirm", "change", "document", "file"}
"""What the second step does not repeat from the first."""


class NewReport(OrganizationPage):
    """Three answers to one form: the question, what it changes, the report.

    Nothing is stored before the last but the file, which waits under its reference. `begin`
    asks for a report of the serial numbers that another page has chosen.
    """

    permissions = {"GET": Permission.SUBMIT_REPORTS, "POST": Permission.SUBMIT_REPORTS}

    def get(self, request: HttpRequest) -> HttpResponse:
        self._require_partner()
        earlier = self._earlier(request.GET.get("from", ""))
        form = self._form(initial=self._initial(earlier))
        return self._ask(form, earlier.document if earlier else None, earlier=earlier)

    def post(self, request: HttpRequest) -> HttpResponse:
        self._require_partner()
        if "begin" in request.POST:
            return self._ask(self._form(initial={"serials": request.POST.get("serials", "")}), None)
        document = self._document(request.POST.get("document", ""))
        form = self._form(request.POST, request.FILES, document=document)
        is_complete = form.is_valid()
        document = self._kept(form) or document
        if "change" in request.POST:
            return self._ask(form, document)
        if not is_complete or document is None or form.errors:
            return self._ask(form, document, status=400)
        if "confirm" in request.POST:
            return self._hand_in(form, document)
        return self._show_changes(form, document)

    def _require_partner(self) -> None:
        if self.organization.is_huawei:
            raise PermissionDenied(
                "Distributors and value-added partners hand reports in. Staff accept them."
            )

    def _form(self, *data: Any, **more: Any) -> ReportForm:
        today = clock.business_today()
        return ReportForm(
            *data, organization=self.organization, today=today, shipment=self._shipment(), **more
        )

    def _shipment(self) -> Shipment | None:
        """Return the shipment that the address or the form names, if it is in scope."""
        asked = self.request.POST.get("shipment") or self.request.GET.get("shipment")
        if not asked:
            return None
        try:
            reference = UUID(asked)
        except ValueError:
            raise Http404 from None
        shipments = Shipment.objects.for_organization(self.organization)
        shipment = shipments.filter(reference=reference).first()
        if shipment is None:
            raise Http404
        return shipment

    def _earlier(self, reference: str) -> InstallationReport | None:
        """Return the report to be corrected, which has not to stand any more."""
        if not reference:
            return None
        own = InstallationReport.objects.for_organization(self.organization)
        report = own.select_related("document").filter(reference=reference[:32]).first()
        if report is None or report.is_standing:
            raise Http404
        return report

    def _initial(self, earlier: InstallationReport | None) -> dict[str, Any]:
        if earlier is None:
            return {"serials": self.request.GET.get("serial", "")[:32]}
        serials = earlier.units.order_by("serial").values_list("serial", flat=True)
        return {
            "signed_on": earlier.signed_on,
            "signed_by": earlier.signed_by,
            "serials": "\n".join(serials),
            "number": workflow.next_version(earlier),
        }

    def _document(self, reference: str) -> Document | None:
        """Return a file kept before, if it is the organization's and of a kind for reports."""
        documents = Document.objects.for_organization(self.organization)
        kinds = documents.filter(media_type__in=EVIDENCE.kinds)
        return kinds.filter(reference=reference[:43]).first() if reference else None

    def _kept(self, form: ReportForm) -> Document | None:
        """Keep the file of this request, even if another answer is wrong."""
        upload = form.cleaned_data.get("file")
        if not upload:
            return None
        try:
            return documents.keep(
                upload,
                EVIDENCE,
                organization=self.organization,
                actor=self.request.user.actor(),
                at=clock.now(),
            )
        except FileNotAccepted as refusal:
            form.add_error("file", str(refusal))
            return None

    def _show_changes(self, form: ReportForm, document: Document) -> HttpResponse:
        values, units = form.cleaned_data, form.found.units
        try:
            workflow.require_new(
                self.organization,
                units,
                signed_on=values["signed_on"],
                number=values["number"],
            )
        except workflow.ReportRefused as refusal:
            return self._refused(form, document, refusal)
        effects = outlook.effects_on(units, signed_on=values["signed_on"], today=form.today)
        groups = grouped((unit.serial, effect) for unit, effect in effects)
        context = {
            "page": "reports",
            "form": form,
            "document": document,
            "groups": groups,
            "is_pointless": not any(group.effect.changes for group in groups),
            "carried": list(self._carried()),
        }
        return render(self.request, "warranty/report_changes.html", context)

    def _carried(self) -> Iterator[tuple[str, str]]:
        for name, value in self.request.POST.items():
            if name not in NOT_CARRIED:
                yield name, value

    def _hand_in(self, form: ReportForm, document: Document) -> HttpResponse:
        values = form.cleaned_data
        try:
            report = workflow.submit_report(
                number=values["number"],
                organization=self.organization,
                signed_on=values["signed_on"],
                signed_by=values["signed_by"],
                units=form.found.units,
                user=self.request.user,
                at=clock.now(),
                document=document,
            )
        except workflow.ReportRefused as refusal:
            twin = getattr(refusal, "report", None)
            if twin is None or twin.document_id != document.pk:
                return self._refused(form, document, refusal)
            report = twin
        except (policy.SignedBeforeShipment, policy.SignedInFuture) as refusal:
            form.add_error("signed_on", str(refusal))
            return self._ask(form, document, status=400)
        messages.success(
            self.request,
            f"Report {report} is handed in. Huawei checks it, and a mail tells you the outcome.",
        )
        return HttpResponseRedirect(reverse("report", args=[report.reference]))

    def _refused(
        self, form: ReportForm, document: Document, refusal: workflow.ReportRefused
    ) -> HttpResponse:
        names = {workflow.NumberTaken: "number", workflow.DocumentGone: "file"}
        form.add_error(names.get(type(refusal)), str(refusal))
        kept = None if isinstance(refusal, workflow.DocumentGone) else document
        return self._ask(form, kept, status=409, twin=getattr(refusal, "report", None))

    def _ask(
        self, form: ReportForm, document: Document | None, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {"page": "reports", "form": form, "document": document, **more}
        return render(self.request, "warranty/report_new.html", context, status=status)
