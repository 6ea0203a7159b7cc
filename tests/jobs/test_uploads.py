"""An upload's job: claimed once, taken over from the dead, concluded by whoever holds it."""

from datetime import timedelta

import pytest

from audit.models import Event
from audit.trail import SYSTEM
from documents.workflow import sweep
from jobs import progress, workflow
from jobs.enums import JobKind, JobStatus
from jobs.models import Job
from jobs.problems import Problem
from jobs.progress import files, rows
from jobs.progress.signs import Sign
from jobs.workflow import Overtaken
from notifications.models import Message
from tests import builders as make
from tests.builders import SHIPPED_ON, at_noon

pytestmark = pytest.mark.django_db

AT = at_noon(SHIPPED_ON)
SOON = AT + progress.LEASE - timedelta(seconds=1)
LATER = AT + progress.LEASE


@pytest.fixture
def job():
    return make.make_upload(make.make_organization("DIST"))


def test_of_two_workers_one_gets_the_job(job):
    assert workflow.claim(job.pk, at=AT).status == JobStatus.PREVIEWING
    assert workflow.claim(job.pk, at=AT) is None


@pytest.mark.parametrize(("at", "is_taken_over"), [(SOON, False), (LATER, True)])
def test_a_silent_worker_is_replaced_when_its_lease_ends(job, at, is_taken_over):
    workflow.claim(job.pk, at=AT)
    assert (workflow.claim(job.pk, at=at) is not None) is is_taken_over
    assert [found.pk for found in workflow.waiting_for_a_worker(at=at)] == []
    far = at + timedelta(minutes=5)
    assert [found.pk for found in workflow.waiting_for_a_worker(at=far)] == [job.pk]


def test_a_sign_of_life_renews_the_lease(job):
    claimed = workflow.claim(job.pk, at=AT)
    sign = Sign(rows_read=7, rows_total=9, claimed_until=LATER + timedelta(minutes=1))
    progress.telling.twin().tell(claimed, sign)
    stored = Job.unscoped.get(pk=job.pk)
    assert workflow.claim(job.pk, at=LATER) is None
    assert progress.seen(stored) == progress.Seen(7, 9)


@pytest.mark.parametrize("twin", [files, rows])
def test_both_twins_tell_what_was_told_and_only_of_the_present_run(job, twin):
    claimed = workflow.claim(job.pk, at=AT)
    sign = Sign(rows_read=7, rows_total=9, claimed_until=LATER)
    twin.tell(claimed, sign)
    assert twin.last(Job.unscoped.get(pk=job.pk)) == sign
    again = workflow.claim(job.pk, at=LATER + timedelta(hours=1))
    twin.tell(claimed, Sign(8, 9, LATER + timedelta(days=1)))
    told = twin.last(Job.unscoped.get(pk=job.pk))
    assert (told.rows_read, told.claimed_until) == (0, again.claimed_until)
    twin.forget(again)
    assert twin.last(Job.unscoped.get(pk=job.pk)).rows_read == 0


def test_a_worker_that_was_only_slow_may_not_conclude_what_another_has_taken(job):
    slow = workflow.claim(job.pk, at=AT)
    other = workflow.claim(job.pk, at=LATER)
    with pytest.raises(Overtaken):
        workflow.conclude(slow, JobStatus.PREVIEWED, at=LATER)
    assert Job.unscoped.get().status == JobStatus.PREVIEWING
    workflow.conclude(other, JobStatus.PREVIEWED, at=LATER)
    assert Job.unscoped.get().status == JobStatus.PREVIEWED


def test_what_was_discarded_is_not_brought_back_by_its_worker(job):
    claimed = workflow.claim(job.pk, at=AT)
    workflow.discard(job, user=job.asked_by, at=AT)
    with pytest.raises(Overtaken):
        workflow.conclude(claimed, JobStatus.PREVIEWED, at=AT)
    assert Job.unscoped.get().status == JobStatus.DISCARDED


def test_what_kills_its_workers_fails_after_three_and_is_told(job):
    at = AT
    for _ in range(workflow.MAX_ATTEMPTS):
        assert workflow.claim(job.pk, at=at) is not None
        at += progress.LEASE
    assert workflow.claim(job.pk, at=at) is None
    job.refresh_from_db()
    assert (job.status, job.finished_at) == (JobStatus.FAILED, at)
    assert "begun three times" in job.problems[0]["message"]
    assert Message.unscoped.get().recipient == job.asked_by.email
    assert workflow.claim(job.pk, at=at + timedelta(days=1)) is None


def test_a_first_hint_has_half_a_minute_before_the_timetable_gives_another(job):
    for seconds, found in ((29, 0), (30, 1)):
        at = AT + timedelta(seconds=seconds)
        assert len(workflow.waiting_for_a_worker(at=at)) == found


def test_a_file_on_which_a_job_rests_is_never_swept(job):
    sweep(at=AT + timedelta(days=400))
    assert Job.unscoped.get().document is not None
    assert Event.objects.filter(name="document.swept").count() == 0


def test_a_run_whose_process_has_died_is_marked_as_failed():
    workflow.open_job(JobKind.START_WARRANTIES, actor=SYSTEM, at=AT)
    assert workflow.bury_dead_runs(at=SOON) == 0
    assert workflow.bury_dead_runs(at=LATER) == 1
    job = Job.unscoped.get()
    assert (job.status, job.finished_at) == (JobStatus.FAILED, LATER)
    assert "Start the run again" in job.problems[0]["message"]
    assert workflow.bury_dead_runs(at=LATER) == 0


def test_a_run_from_before_there_were_leases_is_marked_as_failed_too():
    job = workflow.open_job(JobKind.IMPORT_REPORTS, actor=SYSTEM, at=AT)
    Job.unscoped.update(claimed_until=None)
    assert workflow.bury_dead_runs(at=AT) == 1
    job.refresh_from_db()
    assert job.status == JobStatus.FAILED


def test_a_conclusion_keeps_the_first_hundred_problems(job):
    claimed = workflow.claim(job.pk, at=AT)
    problems = [Problem(n, "leg", "Write huawei.") for n in range(101)]
    workflow.conclude(claimed, JobStatus.REFUSED, at=AT, problems=problems)
    assert len(Job.unscoped.get().problems) == workflow.MAX_PROBLEMS
