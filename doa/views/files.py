"""Handing out a file of a case: to who may see the case, never to be run."""

from django.http import FileResponse, Http404, HttpRequest
from django.utils.http import content_disposition_header

from doa.models import CaseFile
from documents import storage
from partners.enums import Permission
from partners.pages import OrganizationPage


class CaseFileDownload(OrganizationPage):
    """A file as it was handed in, by either side; what is internal is for staff alone."""

    permissions = {"GET": Permission.VIEW_CASES}

    def get(self, request: HttpRequest, reference: str) -> FileResponse:
        files = CaseFile.objects.for_organization(self.organization)
        found = files.filter(document__reference=reference[:43]).select_related("document")
        file = found.first()
        if file is None:
            raise Http404
        document = file.document
        response = FileResponse(
            storage.path_of(document.reference).open("rb"), content_type=document.media_type
        )
        response.headers["Content-Disposition"] = content_disposition_header(True, document.name)
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response
