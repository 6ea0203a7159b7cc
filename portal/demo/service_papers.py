"""Service documents of the demonstration: two versions of each, every one labelled a sample."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import product

from catalog.policy import day_text
from documents import workflow as documents
from documents.enums import MediaType
from documents.policy import MEGABYTE, Accepted
from partners.models import Organization, User
from portal.demo.paper import PaperFile, pdf
from support.enums import Family, PaperKind
from support.workflow import Paper, add_paper

FILE = Accepted("service document", (MediaType.PDF,), largest=MEGABYTE)
VERSIONS = (("1.0", 700), ("1.1", 40))
"""Each version, and how many days before today it came into force."""


def publish(
    organization: Organization,
    user: User,
    *,
    today: date,
    instant: Callable[[date], datetime],
) -> None:
    """Let staff hand in each version on the day from which it is in force."""
    for (version, age), family, kind in product(VERSIONS, Family, PaperKind):
        since = today - timedelta(days=age)
        paper = Paper(family=family, kind=kind, version=version, valid_from=since, is_sample=True)
        document = documents.keep(
            _file(paper, family, kind),
            FILE,
            organization=organization,
            actor=user.actor(),
            at=instant(since),
        )
        add_paper(paper, document, organization=organization, user=user, at=instant(since))


def _file(paper: Paper, family: Family, kind: PaperKind) -> PaperFile:
    lines = [
        f"{family.label} {kind.label.lower()}, version {paper.version}",
        "Sample, invented for the demonstration of Ninety. It promises nothing.",
        f"In force from {day_text(paper.valid_from)}",
        "The page of a service level says what it promises.",
    ]
    return PaperFile(f"{family.label} {kind.label.lower()} {paper.version}.pdf", pdf(lines))
