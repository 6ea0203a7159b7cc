"""On the embedded database a sign is a small file, renamed into its place."""

import json
from datetime import datetime
from pathlib import Path

from django.conf import settings

from jobs.models import Job
from jobs.progress.signs import Sign


def _place(job: Job) -> Path:
    return Path(settings.VAR) / "progress" / f"{job.reference}.json"


def tell(job: Job, sign: Sign) -> None:
    place = _place(job)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    growing = place.with_suffix(f".{job.attempts}.new")
    until = sign.claimed_until.isoformat() if sign.claimed_until else None
    said = {**sign._asdict(), "claimed_until": until, "attempts": job.attempts}
    growing.write_text(json.dumps(said))
    growing.rename(place)


def last(job: Job) -> Sign:
    """Return the last sign of the job's present run, else what its row says."""
    try:
        said = json.loads(_place(job).read_text())
    except FileNotFoundError:
        said = {}
    if said.get("attempts") != job.attempts:
        return Sign(job.rows_read, job.rows_total, job.claimed_until)
    until = datetime.fromisoformat(said["claimed_until"])
    return Sign(said["rows_read"], said["rows_total"], until)


def forget(job: Job) -> None:
    _place(job).unlink(missing_ok=True)
