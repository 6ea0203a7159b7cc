"""A worker's two steps with an uploaded shipments file: preview it, and save it when asked."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import TextIOWrapper
from itertools import pairwise
from tempfile import TemporaryFile
from typing import IO, cast

from django.core.files import File
from django.db import OperationalError, transaction

from documents import storage
from documents import workflow as documents
from documents.enums import MediaType
from documents.models import Document
from documents.policy import MEGABYTE, Accepted, FileNotAccepted
from jobs import workflow as jobs
from jobs.enums import JobStatus
from jobs.imports import MAX_KEPT, Outcome, write_bad_rows
from jobs.models import Job
from jobs.progress import Meter, alive
from jobs.workflow import Overtaken
from partners import clock
from warranty.imports import SHIPMENTS, Preview, import_shipments

logger = logging.getLogger(__name__)

REJECTED = Accepted("table", (MediaType.CSV,), largest=200 * MEGABYTE)
MOST_LEFT_OUT = MAX_KEPT
"""How many rejected lines may be left out; beyond it the file is to be corrected."""
NOTES_SHOWN = 30


def work_on(pk: int, *, at: datetime) -> None:
    """Take the next step of an upload, if nobody else is at it.

    When the database fails the job is left to the next worker; any other fault ends it.
    """
    job = jobs.claim(pk, at=at)
    if job is None:
        return
    step = _preview if job.status == JobStatus.PREVIEWING else _save
    try:
        with alive(job, at=at) as meter:
            step(job, meter)
    except Overtaken:
        logger.info("Job %s was taken by another worker or discarded.", pk)
    except OperationalError:
        raise
    except Exception:
        jobs.fail(job, at=clock.now())
        raise


@contextmanager
def _file_of(job: Job) -> Iterator[IO[bytes]]:
    with storage.path_of(cast(Document, job.document).reference).open("rb") as file:
        yield file


def _preview(job: Job, meter: Meter) -> None:
    """Find out what saving would do, take it back, and keep the rejected lines as a file."""
    found = Preview()
    with _file_of(job) as file:
        outcome = import_shipments(
            file,
            actor=job.actor,
            at=meter.at,
            today=clock.business_day(meter.at),
            organization=job.organization,
            dry_run=True,
            preview=found,
            within=meter,
        )
        bad_rows = _keep_bad_rows(job, file, outcome, at=meter.now)
    accepted = sum(outcome.counts.get(word, 0) for word in ("new", "changed", "unchanged"))
    with transaction.atomic():
        jobs.conclude(
            job,
            JobStatus.PREVIEWED if accepted else JobStatus.REFUSED,
            at=meter.now,
            problems=outcome.problems,
            counts={**outcome.all_counts, "units": found.units},
            preview=_as_json(found, outcome),
            bad_rows=bad_rows,
        )
        if bad_rows is not None:
            documents.attach(bad_rows, at=meter.now)


def _as_json(found: Preview, outcome: Outcome) -> dict[str, object]:
    """Return what the page shows, and which lines were rejected, as ranges."""
    return {
        "shipments": found.shipments,
        "new_shipments": found.new_shipments,
        "changes": found.changes,
        "changed_fields": found.changed_fields,
        "notes": outcome.warnings[:NOTES_SHOWN],
        "rejected": ranges(outcome.lines) if len(outcome.lines) <= MOST_LEFT_OUT else [],
    }


def _keep_bad_rows(job: Job, file: IO[bytes], outcome: Outcome, *, at: datetime) -> Document | None:
    """Keep the rejected lines with their reasons as a file to be corrected, if there are any."""
    if not outcome.lines or job.organization is None:
        return None
    with TemporaryFile() as raw:
        text = TextIOWrapper(raw, encoding="utf-8-sig", newline="", errors="replace")
        write_bad_rows(file, SHIPMENTS, outcome.problems, text)
        text.flush()
        name = f"rejected lines of {job.file_name.rpartition('.')[0] or job.file_name}.csv"
        try:
            return documents.keep(
                cast(documents.Upload, File(raw, name)),
                REJECTED,
                organization=job.organization,
                actor=job.actor,
                at=at,
            )
        except FileNotAccepted as refusal:
            logger.warning("The rejected lines of job %s were not kept: %s", job.pk, refusal)
            return None
        finally:
            text.detach()


def _save(job: Job, meter: Meter) -> None:
    """Record the file and the end of its job together, after every line is checked again."""
    found = Preview()
    left_out = lines_of(job.preview.get("rejected", ())) if job.leaves_out_lines else frozenset()
    with _file_of(job) as file, transaction.atomic():
        outcome = import_shipments(
            file,
            actor=job.actor,
            at=meter.at,
            today=clock.business_day(meter.at),
            organization=job.organization,
            preview=found,
            left_out=left_out,
            within=meter,
        )
        jobs.conclude(
            job,
            JobStatus.REFUSED if outcome.is_refused else JobStatus.DONE,
            at=meter.now,
            problems=outcome.problems,
            counts={**outcome.all_counts, "units": found.units, "left_out": len(left_out)},
        )


def ranges(lines: Iterable[int]) -> list[list[int]]:
    """Return line numbers as pairs of first and last, both included."""
    ordered = sorted(lines)
    breaks = [n for n, (one, next_one) in enumerate(pairwise(ordered), 1) if next_one > one + 1]
    cuts = [0, *breaks, len(ordered)]
    return [[ordered[a], ordered[b - 1]] for a, b in pairwise(cuts) if a < b]


def lines_of(pairs: Iterable[list[int]]) -> frozenset[int]:
    """Return the line numbers of what `ranges()` returned."""
    return frozenset(line for first, last in pairs for line in range(first, last + 1))
