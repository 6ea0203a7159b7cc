"""An upload from its file to its end: queued, previewed by a worker, saved when asked.

A worker that dies is replaced when its lease ends; one that was only slow finds its job
taken when it wants to conclude, and takes back what it did.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerDown
from redis import RedisError

from audit import trail
from audit.transitions import Transition
from documents import workflow as documents
from documents.models import Document
from jobs import progress
from jobs.enums import JobKind, JobStatus
from jobs.models import Job
from jobs.problems import Problem
from jobs.workflow.runs import MAX_PROBLEMS
from notifications import outbox
from partners.enums import Permission
from partners.models import Organization, User

logger = logging.getLogger(__name__)

TASKS = {
    JobKind.IMPORT_SHIPMENTS: "warranty.tasks.work_on_upload",
    JobKind.REGISTER_CONTRACT: "support.tasks.register_contract",
    JobKind.EXPORT_DATA: "portal.tasks.export_data",
    JobKind.CHECK_SERIALS: "portal.tasks.check_serials",
}
"""Which task works on a job of a kind; it takes the key of its job."""
MAX_ATTEMPTS = 3
"""How often a step is begun before it counts as failed."""
GRACE = timedelta(seconds=30)
"""How long the first hint may take before the timetable gives another."""
WORTH_A_MAIL = timedelta(seconds=60)
"""A step that takes longer than this is told by mail, too."""
FINISHED = "jobs/import_finished"
MAILS = {
    JobKind.REGISTER_CONTRACT: "jobs/contract_not_registered",
    JobKind.CHECK_SERIALS: "jobs/check_finished",
}
"""Which mail says how work of a kind ended; what is not named here has `FINISHED`."""
LISTED = 5
DIED = (
    "The work was begun three times and stopped each time. Nothing was saved. "
    "Upload the file again in smaller parts."
)
BROKEN = "The work stopped because of a fault of ours. Nothing was saved. Upload the file again."
DIED_WITHOUT_FILE = (
    "The work was begun three times and stopped each time. Nothing was saved. "
    "Split the units between several contracts, or ask Huawei's service desk."
)
NO_EXPORT = "The work stopped because of a fault of ours. Make the export again."
BROKEN_WITHOUT_FILE = (
    "The work stopped because of a fault of ours. Nothing was saved. Register the contract again."
)


class Overtaken(Exception):
    """Another worker has taken the job, or somebody has discarded it."""


def _may_upload(job: Job, user: User) -> bool:
    return bool(job.organization and user.can(Permission.UPLOAD_SHIPMENTS, job.organization))


SAVE = Transition(
    event="job.save_asked",
    sources=frozenset({JobStatus.PREVIEWED}),
    target=JobStatus.SAVING,
    is_permitted=_may_upload,
)
DISCARD = Transition(
    event="job.discarded",
    sources=frozenset({JobStatus.QUEUED, JobStatus.PREVIEWING, JobStatus.PREVIEWED}),
    target=JobStatus.DISCARDED,
    is_permitted=_may_upload,
)


def queue_upload(
    kind: JobKind,
    document: Document,
    *,
    user: User,
    at: datetime,
    order: dict[str, Any] | None = None,
) -> Job:
    """Let a kept file be worked on; from now on the file stays. `order` says what is asked."""
    with transaction.atomic():
        job = Job.unscoped.create(
            kind=kind,
            organization=document.organization,
            asked_by=user,
            actor_label=str(user)[:254],
            file_name=document.name,
            document=document,
            order=order or {},
            status=JobStatus.QUEUED,
            started_at=at,
            asked_at=at,
        )
        documents.attach(document, at=at)
        trail.record("job.queued", job, actor=user.actor(), at=at, sha256=document.sha256)
        transaction.on_commit(partial(hint, job))
    return job


def queue_order(
    kind: JobKind,
    order: dict[str, Any],
    *,
    name: str,
    organization: Organization,
    user: User,
    at: datetime,
) -> Job:
    """Let a worker save what was asked on a page, in the name of `user`; `name` finds it again.

    One that waits under the same name is returned instead, so that a second click asks nothing.
    """
    with transaction.atomic():
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        waiting = Job.unscoped.for_workers().filter(
            kind=kind, organization=organization, file_name=name
        )
        if job := waiting.first():
            return job
        job = Job.unscoped.create(
            kind=kind,
            organization=organization,
            asked_by=user,
            actor_label=str(user)[:254],
            file_name=name,
            order=order,
            status=JobStatus.SAVING,
            started_at=at,
            asked_at=at,
        )
        trail.record("job.queued", job, actor=user.actor(), at=at)
        transaction.on_commit(partial(hint, job))
    return job


def ask_to_save(job: Job, *, user: User, at: datetime, leaves_out_lines: bool) -> None:
    """Let a previewed upload be saved in the name of `user`, once.

    Raises: PermissionDenied; IllegalTransition if it is not waiting for that.
    """
    with SAVE.on(job, user=user, at=at, leaves_out_lines=leaves_out_lines) as locked:
        locked.leaves_out_lines = leaves_out_lines
        locked.asked_by, locked.actor_label, locked.asked_at = user, str(user)[:254], at
        locked.claimed_until, locked.attempts = None, 0
        locked.rows_read = locked.rows_total = 0
        transaction.on_commit(partial(hint, locked))


def discard(job: Job, *, user: User, at: datetime) -> None:
    """Drop an upload of which nothing was saved.

    Raises: PermissionDenied; IllegalTransition once it is being saved.
    """
    with DISCARD.on(job, user=user, at=at) as locked:
        locked.finished_at = at


def hint(job: Job) -> None:
    """Tell a worker that the job waits. A lost hint costs a minute and no upload."""
    try:
        current_app.send_task(TASKS[JobKind(job.kind)], kwargs={"job_id": job.pk}, retry=False)
    except (BrokerDown, RedisError, OSError):
        logger.warning("The broker is down; the timetable will go on with job %s.", job.pk)


def waiting_for_a_worker(*, at: datetime) -> list[Job]:
    """Return the uploads that no worker has begun, or whose worker has died."""
    asked = Job.unscoped.for_workers().filter(asked_at__lte=at - GRACE).order_by("asked_at", "pk")
    return [job for job in asked if progress.is_abandoned(job, at=at)]


def claim(pk: int, *, at: datetime) -> Job | None:
    """Take an upload on which nobody works, for as long as signs come; None if there is none.

    One that was begun three times fails: something in it kills its workers.
    """
    with transaction.atomic():
        found = Job.unscoped.for_workers().select_for_update(skip_locked=True, of=("self",))
        job: Job | None = found.select_related("organization", "document").filter(pk=pk).first()
        if job is None or not progress.is_abandoned(job, at=at):
            return None
        if job.attempts >= MAX_ATTEMPTS:
            died = _said(job, DIED, DIED_WITHOUT_FILE)
            conclude(job, JobStatus.FAILED, at=at, problems=[Problem(None, "", died)])
            return None
        if job.status == JobStatus.QUEUED:
            job.status = JobStatus.PREVIEWING
        job.attempts, job.claimed_until = job.attempts + 1, at + progress.LEASE
        job.rows_read = job.rows_total = 0
        job.save(update_fields=["status", "attempts", "claimed_until", "rows_read", "rows_total"])
    return job


def conclude(
    job: Job,
    status: JobStatus,
    *,
    at: datetime,
    problems: Sequence[Problem] = (),
    **results: Any,
) -> None:
    """Bring a step to its end in the caller's transaction, and tell who asked if need be.

    Raises: Overtaken if this run no longer has the job: then nothing of it may stay.
    """
    ours = Job.unscoped.filter(pk=job.pk, status=job.status, attempts=job.attempts)
    results["problems"] = [problem._asdict() for problem in problems[:MAX_PROBLEMS]]
    if status != JobStatus.PREVIEWED:
        results["finished_at"] = at
    with transaction.atomic():
        if not ours.update(status=status, claimed_until=None, **results):
            raise Overtaken
        for name, value in {"status": status, **results}.items():
            setattr(job, name, value)
        trail.record(f"job.{status}", job, actor=trail.SYSTEM, at=at, counts=job.counts)
        _tell(job, at=at)


def fail(job: Job, *, at: datetime) -> None:
    """Record that a fault of ours stopped a step; nothing of it was saved."""
    broken = _said(job, BROKEN, BROKEN_WITHOUT_FILE)
    conclude(job, JobStatus.FAILED, at=at, problems=[Problem(None, "", broken)])


def _said(job: Job, of_a_file: str, of_a_contract: str) -> str:
    """Choose the words for what became of a job."""
    if job.kind == JobKind.EXPORT_DATA:
        return NO_EXPORT
    return of_a_file if job.document_id else of_a_contract


def _tell(job: Job, *, at: datetime) -> None:
    """Queue a mail to who asked, if the step went wrong or they may have left (mail 14)."""
    is_trouble = job.status in (JobStatus.REFUSED, JobStatus.FAILED)
    is_slow = job.asked_at is not None and at - job.asked_at > WORTH_A_MAIL
    is_told_elsewhere = job.kind == JobKind.REGISTER_CONTRACT
    if job.kind == JobKind.EXPORT_DATA:
        return  # its page says how it stands
    if job.asked_by is None or not (is_trouble or (is_slow and not is_told_elsewhere)):
        return
    outbox.enqueue(
        MAILS.get(JobKind(job.kind), FINISHED),
        key=f"import-finished:{job.reference}:{job.status}",
        to=job.asked_by.email,
        organization=job.organization,
        context={
            "reference": str(job.reference),
            "file_name": job.file_name,
            "status": job.status,
            "counts": job.counts,
            "lines": job.problems[:LISTED],
        },
        at=at,
    )
