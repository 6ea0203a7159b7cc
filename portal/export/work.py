"""Asking for an export, making it a table at a time, and finding it while it is kept."""

import io
import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import OperationalError, transaction

from documents import workflow as documents
from documents.enums import MediaType
from documents.models import Document
from jobs import workflow as jobs
from jobs.enums import JobKind, JobStatus
from jobs.exports import write_csv
from jobs.models import Job
from jobs.progress import Tally, alive
from jobs.workflow import Overtaken
from partners import clock
from partners.models import Organization, User
from portal.export.tables import tables_of

logger = logging.getLogger(__name__)

KEPT = documents.KEPT_UNATTACHED
"""How long an export can be downloaded; then the sweep deletes it."""
PIECE = 2000
"""Rows that are read at a time."""
MOST_A_DAY = 5
"""Exports of one organization within a day: each holds a copy of everything."""


class TooManyExports(Exception):
    """The organization has made as many exports as it may within a day."""


def exports_of(organization: Organization) -> Any:
    mine = Job.objects.for_organization(organization).filter(organization=organization)
    return mine.filter(kind=JobKind.EXPORT_DATA)


def ask(organization: Organization, *, user: User, at: datetime) -> Job:
    """Let a worker make an export; one that is being made is returned instead.

    Raises: TooManyExports.
    """
    with transaction.atomic():
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        recent = exports_of(organization).filter(asked_at__gt=at - timedelta(days=1))
        if recent.filter(status=JobStatus.DONE).count() >= MOST_A_DAY:
            raise TooManyExports(
                f"There were {MOST_A_DAY} exports within a day. Download one of them, or come "
                "back tomorrow."
            )
        return jobs.queue_order(
            JobKind.EXPORT_DATA, {}, name="export", organization=organization, user=user, at=at
        )


def work_on(pk: int, *, at: datetime) -> None:
    """Make the export that a job asks for, if nobody else is at it."""
    job = jobs.claim(pk, at=at)
    if job is None:
        return
    try:
        with alive(job, at=at) as meter:
            meter.table = tally = Tally()
            document = _make(job, tally, at=at)
            counts = {"rows": tally.count}
            made = {"document": document.pk}
            jobs.conclude(job, JobStatus.DONE, at=meter.now, counts=counts, preview=made)
    except Overtaken:
        logger.info("Job %s was taken by another worker.", pk)
    except OperationalError:
        raise
    except Exception:
        jobs.fail(job, at=clock.now())
        raise


def _make(job: Job, tally: Tally, *, at: datetime) -> Document:
    """Keep a file of tables; nothing rests on it, so that the sweep takes it in a day."""
    organization = job.organization
    if organization is None or organization.is_huawei:
        raise ValueError(f"Job {job.pk} is for no partner.")
    return documents.keep_made(
        lambda file: _write(file, organization, tally),
        name=f"export-{organization.code}-{clock.business_day(at):%Y-%m-%d}.zip",
        media_type=MediaType.ZIP,
        organization=organization,
        actor=job.actor,
        at=at,
    )


def _write(file: IO[bytes], organization: Organization, tally: Tally) -> None:
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for table in tables_of(organization):
            with (
                archive.open(f"{table.name}.csv", "w", force_zip64=True) as raw,
                io.TextIOWrapper(raw, encoding="utf-8", newline="") as text,
            ):
                rows = table.values.iterator(chunk_size=PIECE)
                write_csv(text, list(table.columns), _counted(rows, tally))


def _counted(rows: Iterable[Any], tally: Tally) -> Iterator[Any]:
    for row in rows:
        tally.count += 1
        yield row


def file_of(job: Job, *, at: datetime) -> Document | None:
    """Return the file of an export while it is kept."""
    found = Document.unscoped.filter(
        pk=job.preview.get("document"),
        organization=job.organization_id,
        media_type=MediaType.ZIP,
        kept_at__gt=at - KEPT,
    )
    return found.first()
