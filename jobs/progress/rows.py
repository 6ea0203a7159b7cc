"""On PostgreSQL a sign goes into the job's row, over the connection of its thread."""

from jobs.enums import AT_WORK
from jobs.models import Job
from jobs.progress.signs import Sign


def tell(job: Job, sign: Sign) -> None:
    """Write the sign, unless the job is over or another worker has taken it."""
    ours = Job.unscoped.filter(pk=job.pk, attempts=job.attempts, status__in=AT_WORK)
    ours.update(**sign._asdict())


def last(job: Job) -> Sign:
    return Sign(job.rows_read, job.rows_total, job.claimed_until)


def forget(job: Job) -> None:
    """Leave the row as it is: it says what became of the job."""
