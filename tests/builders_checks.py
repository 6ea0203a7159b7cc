"""Building checks of many serial numbers."""

from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.models import Job
from partners.models import Organization
from portal.checks import workflow
from tests.builders import SHIPPED_ON, at_noon, make_user

CHECKS = ("bulk-check", "bulk-check-csv", "bulk-check-xlsx")
"""The addresses that show a check."""


def make_check(organization: Organization, *serials: str) -> Job:
    """Return a check that an agent of `organization` asked for, answered."""
    job = workflow.ask(
        SimpleUploadedFile("list.txt", "\n".join(serials or ["NONE00000001"]).encode()),
        lines=len(serials) or 1,
        on=SHIPPED_ON,
        organization=organization,
        user=make_user(organization),
        at=at_noon(SHIPPED_ON),
    )
    return Job.unscoped.get(pk=job.pk)
