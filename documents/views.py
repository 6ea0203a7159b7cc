"""Handing a document out: to whom it belongs and to Huawei, never to be run."""

from django.http import FileResponse, Http404, HttpRequest
from django.utils.http import content_disposition_header

from documents import storage
from documents.enums import MediaType
from documents.models import Document
from partners.enums import Permission
from partners.pages import OrganizationPage


class Download(OrganizationPage):
    """The file as it was handed in, as a download that no browser runs.

    An export is nothing that was handed in: its own page hands it to managers alone.
    """

    permissions = {"GET": Permission.VIEW_UNITS}

    def get(self, request: HttpRequest, reference: str) -> FileResponse:
        documents = Document.objects.for_organization(self.organization)
        document = documents.filter(reference=reference).exclude(media_type=MediaType.ZIP).first()
        if document is None:
            raise Http404
        response = FileResponse(
            storage.path_of(document.reference).open("rb"), content_type=document.media_type
        )
        response.headers["Content-Disposition"] = content_disposition_header(True, document.name)
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response
