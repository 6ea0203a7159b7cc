"""A check from its list to its answers: asked, answered by a worker, forgotten after a month."""

import logging
from datetime import date, datetime, timedelta
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import cast

from django.core.files import File
from django.db import OperationalError, transaction

from audit import trail
from documents import storage
from documents import workflow as documents
from documents.enums import MediaType
from documents.models import Document
from documents.policy import MEGABYTE, Accepted, FileNotAccepted
from jobs import workflow as jobs
from jobs.enums import JobKind, JobStatus
from jobs.models import Job
from jobs.problems import FileRefused, Problem
from jobs.progress import Meter, Tally, alive
from jobs.workflow import Overtaken
from partners import clock
from partners.models import Organization, User
from portal.bulk_check import check_serials
from portal.checks.reading import lines_of
from portal.checks.sample import MISTYPED, Sample

logger = logging.getLogger(__name__)

LIST = Accepted("list", (MediaType.CSV, MediaType.XLSX), largest=20 * MEGABYTE)
ANSWERS = Accepted("table", (MediaType.CSV,), largest=200 * MEGABYTE)
AT_ONCE = 500
"""How many serial numbers are answered while the person waits; more are left to a worker."""
KEPT = timedelta(days=30)
"""How long a check is found again; then its list and its answers are deleted."""


def ask(
    upload: documents.Upload,
    *,
    lines: int,
    on: date,
    organization: Organization,
    user: User,
    at: datetime,
    at_once: int = AT_ONCE,
) -> Job:
    """Keep a list and have it answered as of a day; one of `at_once` lines or fewer now.

    Raises: FileNotAccepted.
    """
    document = documents.keep(upload, LIST, organization=organization, actor=user.actor(), at=at)
    order = {"on": on.isoformat(), "lines": lines}
    job = jobs.queue_upload(JobKind.CHECK_SERIALS, document, user=user, at=at, order=order)
    if lines <= at_once:
        work_on(job.pk, at=at)
    return job


def work_on(pk: int, *, at: datetime) -> None:
    """Answer the list of a check, if nobody else is at it.

    When the database fails the check is left to the next worker; any other fault ends it.
    """
    job = jobs.claim(pk, at=at)
    if job is None:
        return
    try:
        with alive(job, at=at) as meter:
            _answer(job, meter)
    except Overtaken:
        logger.info("Check %s was taken by another worker.", pk)
    except (FileNotAccepted, FileRefused) as refusal:
        problem = Problem(None, "", str(refusal))
        jobs.conclude(job, JobStatus.REFUSED, at=clock.now(), problems=[problem])
    except OperationalError:
        raise
    except Exception:
        jobs.fail(job, at=clock.now())
        raise


def _answer(job: Job, meter: Meter) -> None:
    """Write the answers to a file, keep it, and end the check with it."""
    meter.table = tally = Tally(total=job.order["lines"])
    sample = Sample(tally)
    source = storage.path_of(cast(Document, job.document).reference)
    with source.open("rb") as file, TemporaryFile() as raw, lines_of(file) as lines:
        output = TextIOWrapper(raw, encoding="utf-8", newline="")
        counts = check_serials(
            lines,
            output,
            organization=cast(Organization, job.organization),
            on=date.fromisoformat(job.order["on"]),
            notice=sample.notice,
        )
        output.flush()
        result = documents.keep(
            cast(documents.Upload, File(raw, f"check of {job.file_name}.csv")),
            ANSWERS,
            organization=cast(Organization, job.organization),
            actor=job.actor,
            at=meter.now,
        )
        output.detach()
    with transaction.atomic():
        jobs.conclude(
            job,
            JobStatus.DONE,
            at=meter.now,
            counts={**counts, MISTYPED: sample.mistyped},
            preview={"rows": sample.rows},
            result=result,
        )
        documents.attach(result, at=meter.now)


def forget(*, at: datetime) -> int:
    """Delete the checks of a month ago; the sweep of documents takes their files.

    Returns how many there were. Safe to run at any time and twice at once.
    """
    old = Job.unscoped.filter(kind=JobKind.CHECK_SERIALS, started_at__lt=at - KEPT)
    count = 0
    for job in old.select_related("document", "result").order_by("pk"):
        with transaction.atomic():
            if not Job.unscoped.filter(pk=job.pk).delete()[0]:
                continue
            trail.record("job.forgotten", job, actor=trail.SYSTEM, at=at)
            for document in (job.document, job.result):
                if document is not None:
                    documents.detach(document)
        count += 1
    return count
