"""A run's row from its beginning to its end, and the signs of life."""

import io
from datetime import date, timedelta

import pytest

from audit.trail import SYSTEM
from jobs import workflow
from jobs.enums import JobKind, JobStatus
from jobs.imports import run_import
from jobs.models import Heartbeat, Job
from jobs.problems import FileRefused, Problem
from jobs.tabular import Layout
from jobs.tasks import beat
from partners import clock
from partners.models import Organization
from tests.builders import at_noon, make_organization

pytestmark = pytest.mark.django_db

AT = at_noon(date(2026, 3, 1))


def run(work, content=b"a,b\n1,2\n", **options):
    return run_import(
        JobKind.IMPORT_PRODUCTS,
        io.BytesIO(content),
        Layout(("a", "b")),
        work,
        actor=SYSTEM,
        at=AT,
        **options,
    )


def store(table, refuse):
    """Read the table and leave an organization behind."""
    rows = list(table.rows(refuse))
    make_organization("LEFT")
    return {"new": len(rows)}


def test_a_job_keeps_who_what_and_the_first_hundred_refusals():
    job = workflow.open_job(JobKind.IMPORT_REPORTS, actor=SYSTEM, at=AT, file_name="r.csv")
    assert (job.status, job.started_at, job.finished_at) == (JobStatus.RUNNING, AT, None)
    later = AT + timedelta(seconds=5)
    problems = [Problem(n, "leg", "Write huawei.") for n in range(101)]
    workflow.finish_job(job, JobStatus.REFUSED, at=later, counts={"new": 1}, problems=problems)
    job = Job.unscoped.get()
    assert (job.actor_label, job.file_name, job.finished_at) == ("Ninety", "r.csv", later)
    assert (job.counts, len(job.problems)) == ({"new": 1}, 100)
    assert job.problems[0] == {"line": 0, "field": "leg", "message": "Write huawei."}


def test_what_was_accepted_is_kept_with_its_counts():
    assert run(store).counts == {"new": 1}
    job = Job.unscoped.get()
    assert (job.status, job.counts) == (JobStatus.DONE, {"new": 1, "rejected": 0})
    assert Organization.objects.filter(code="LEFT").exists()


@pytest.mark.parametrize("content", [b"a,b\n1\n", b"a,b\n", b"", b"a\n1\n"])
def test_what_was_refused_leaves_only_its_job(content):
    assert run(store, content).is_refused
    assert Job.unscoped.get().status == JobStatus.REFUSED
    assert not Organization.objects.exists()


def test_a_dry_run_leaves_nothing():
    assert run(store, dry_run=True).counts == {"new": 1}
    assert (Job.unscoped.count(), Organization.objects.count()) == (0, 0)


def test_a_fault_of_ours_is_raised_and_the_job_says_so():
    def fail(table, refuse):
        make_organization("LEFT")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(fail)
    assert Job.unscoped.get().status == JobStatus.FAILED
    assert not Organization.objects.exists()


def test_a_refusal_of_the_whole_file_during_the_work_is_said():
    def refuse_all(table, refuse):
        raise FileRefused("Too many rows.")

    assert run(refuse_all).problems == [Problem(None, "", "Too many rows.")]


def test_one_beat_proves_scheduler_and_worker():
    before = clock.now()
    beat()
    seen = dict(Heartbeat.objects.values_list("part", "seen_at"))
    assert set(seen) == {"beat", "worker"}
    assert all(before <= at <= clock.now() for at in seen.values())


def test_a_later_heartbeat_replaces_the_earlier():
    workflow.heartbeat("worker", AT)
    workflow.heartbeat("worker", AT + timedelta(minutes=1))
    assert Heartbeat.objects.get().seen_at == AT + timedelta(minutes=1)
