"""What the pages of one case share: the case in scope, its lines, its refusals."""

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property

from doa.models import Case, CaseLine
from doa.workflow import CaseRefused, edges_for
from documents import workflow as documents
from documents.models import Document
from documents.policy import Accepted, FileNotAccepted
from partners import clock
from partners.pages import OrganizationPage

REFUSALS = (CaseRefused, FileNotAccepted)


def record_of(case: Case) -> str:
    """Name the case as its mails and its followers do."""
    return f"case:{case.reference}"


class OneCase(OrganizationPage):
    """A page about one case that the organization may see, read once for a request."""

    @cached_property
    def case(self) -> Case:
        """Raises: Http404."""
        seen = Case.objects.for_organization(self.organization)
        found = seen.select_related(
            "organization", "assignee", "applicant", "level__calendar"
        ).prefetch_related("proposals")
        case: Case | None = found.filter(reference=self.kwargs["reference"]).first()
        if case is None:
            raise Http404
        return case

    @cached_property
    def lines(self) -> list[CaseLine]:
        """Return the lines of the case, each knowing this very case."""
        lines = list(CaseLine.unscoped.filter(case=self.case).for_page())
        for line in lines:
            line.case = self.case
        return lines

    @cached_property
    def offered(self) -> frozenset[str]:
        """Return the names of the steps that will work for this person."""
        case: Any = self.case
        case._prefetched_objects_cache["lines"] = self.lines
        return edges_for(case, self.request.user, at=clock.now())

    def line_named(self, key: str | None, lines: list[CaseLine]) -> CaseLine | None:
        """Return the line of these that an address or a form names, or None."""
        return next((line for line in lines if str(line.pk) == key), None)

    def keep(self, upload: Any, accepted: Accepted) -> Document:
        """Keep a file of the applicant. Raises: FileNotAccepted."""
        return documents.keep(
            upload,
            accepted,
            organization=self.case.organization,
            actor=self.request.user.actor(),
            at=clock.now(),
        )
