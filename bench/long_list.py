"""A step of a long list of serial numbers, in a process of its own; `flat.py` asks for it.

    long_list.py STEP --folder FOLDER --lines N

prints one JSON line: seconds, what was done, and the memory of this process.
"""

import argparse
import json
import os
import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402 (the path comes first)

django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from audit.trail import SYSTEM  # noqa: E402
from jobs.enums import JobStatus  # noqa: E402
from jobs.models import Job  # noqa: E402
from partners import clock, workflow  # noqa: E402
from partners.enums import Role  # noqa: E402
from partners.models import Organization, User  # noqa: E402
from portal.checks import workflow as checks  # noqa: E402

EMAIL = "flat@partner.example"


def asker() -> tuple[User, Organization]:
    """Return somebody of the first distributor, made when first asked for."""
    organization = Organization.objects.get(code="D0001")
    found = User.objects.filter(email=EMAIL).first() or workflow.create_user(
        email=EMAIL,
        password="four-keys-for-one-bench",  # noqa: S106 (of a database that goes away)
        organization=organization,
        role=Role.MANAGER,
        actor=SYSTEM,
        at=clock.now(),
    )
    return found, organization


def asked(folder: Path, lines: int) -> int:
    """Hand a list in; nothing is answered yet."""
    user, organization = asker()
    with (folder / "lookup.csv").open("rb") as file:
        text = b"".join(line for _, line in zip(range(lines + 1), file, strict=False))
    upload = SimpleUploadedFile("list.csv", text, "text/csv")
    checks.ask(
        upload,
        lines=lines,
        on=clock.business_today(),
        organization=organization,
        user=user,
        at=clock.now(),
        at_once=0,
    )
    return lines


def answered(folder: Path, lines: int) -> int:
    """Do what a worker does with the newest list."""
    job = Job.unscoped.latest("pk")
    checks.work_on(job.pk, at=clock.now())
    job.refresh_from_db()
    assert job.status == JobStatus.DONE, job.status
    return lines


def downloaded(folder: Path, lines: int) -> int:
    """Read the table of the newest list piece by piece; return its bytes."""
    job, client = Job.unscoped.latest("pk"), Client(headers={"host": "127.0.0.1:8000"})
    client.force_login(asker()[0])
    response = client.get(reverse("bulk-check-csv", args=[job.reference]))
    return sum(len(piece) for piece in response.streaming_content)


STEPS = {step.__name__: step for step in (asked, answered, downloaded)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("--lines", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    began = time.perf_counter()
    done = STEPS[given.step](given.folder, given.lines)
    seconds = time.perf_counter() - began
    mib = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps({"seconds": seconds, "done": done, "mib": mib}))


if __name__ == "__main__":
    main()
