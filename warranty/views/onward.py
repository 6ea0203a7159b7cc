"""Recording one shipment that a distributor sends on, without a file."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from documents import workflow as documents
from documents.policy import TABLE, FileNotAccepted
from jobs import workflow as jobs
from jobs.enums import JobKind
from partners import clock
from partners.enums import Permission
from partners.pages import FormPage
from warranty.forms.onward import OnwardShipmentForm


class OnwardShipment(FormPage):
    """A form that becomes an upload: previewed like any file, saved like any file."""

    permissions = {"GET": Permission.UPLOAD_SHIPMENTS, "POST": Permission.UPLOAD_SHIPMENTS}
    form_class = OnwardShipmentForm
    template_name = "warranty/onward.html"
    refusals = (FileNotAccepted,)

    def form(self, *data: Any) -> OnwardShipmentForm:
        if self.organization.is_huawei:
            raise PermissionDenied("This form is for distributors. Upload a file instead.")
        return OnwardShipmentForm(self.organization, clock.business_today(), *data)

    def perform(self, form: OnwardShipmentForm) -> str:
        at, user = clock.now(), self.request.user
        name = f"Shipment {form.cleaned_data['number']}.csv".replace("/", "-")
        document = documents.keep(
            SimpleUploadedFile(name, form.as_file().getvalue()),
            TABLE,
            organization=self.organization,
            actor=user.actor(),
            at=at,
        )
        job = jobs.queue_upload(JobKind.IMPORT_SHIPMENTS, document, user=user, at=at)
        return reverse("shipment-job", args=[job.reference])

    def context(self) -> dict[str, Any]:
        return {"page": "shipments"}
