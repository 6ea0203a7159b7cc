"""New versions of service documents."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from audit import trail
from documents import workflow as documents
from documents.models import Document
from partners.enums import Permission
from partners.models import Organization, User
from support.models import ServicePaper
from support.workflow.registering import require


class PaperRefused(ValueError):
    """A version that cannot stand beside those that are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a version is: of which document, since when, and whether its text is a sample."""

    family: str
    kind: str
    version: str
    valid_from: date
    is_sample: bool


def add_paper(
    paper: Paper, document: Document, *, organization: Organization, user: User, at: datetime
) -> ServicePaper:
    """Put a version beside the earlier ones. The file was kept by the caller.

    Raises: PermissionDenied; PaperRefused if its version or its day is taken.
    """
    require(user, Permission.MANAGE_SUPPORT, organization)
    added = ServicePaper(
        family=paper.family,
        kind=paper.kind,
        version=paper.version,
        valid_from=paper.valid_from,
        is_sample=paper.is_sample,
        document=document,
        added_at=at,
        added_by=user.actor().label,
    )
    try:
        with transaction.atomic():
            added.save(force_insert=True)
            documents.attach(document, at=at)
            detail = {"valid_from": paper.valid_from.isoformat(), "sha256": document.sha256}
            trail.record("support.paper.added", added, actor=user.actor(), at=at, **detail)
    except IntegrityError as race:
        raise PaperRefused(
            f"The {added.title} has this version or one of this day. Write another."
        ) from race
    return added
