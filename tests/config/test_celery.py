"""The timetable keeps the business day, and a real worker does what it is sent."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from redis import Redis

from config.celery import START_WARRANTIES, BusinessCrontab, app
from jobs.models import Heartbeat
from tests import servers
from tests.conftest import ROOT, wait_until

CHICAGO = ZoneInfo("America/Chicago")


def next_run(schedule, *, after):
    schedule.nowfun = lambda: after
    return after + schedule.remaining_estimate(after)


@pytest.mark.parametrize(
    ("day", "offset_hours"),
    [
        (date(2026, 3, 7), 6),
        (date(2026, 3, 8), 6),  # clocks go forward at two
        (date(2026, 3, 9), 5),
        (date(2026, 10, 31), 5),
        (date(2026, 11, 1), 5),  # clocks go back at two
        (date(2026, 11, 2), 6),
        (date(2027, 1, 1), 6),
        (date(2028, 2, 29), 6),
    ],
)
def test_the_night_begins_five_minutes_into_the_business_day(settings, day, offset_hours):
    settings.BUSINESS_TIME_ZONE = "America/Chicago"
    begins = datetime(day.year, day.month, day.day, 0, 5, tzinfo=CHICAGO).astimezone(UTC)
    assert begins.hour == offset_hours
    for earlier in (timedelta(minutes=1), timedelta(hours=5), timedelta(hours=23)):
        schedule = BusinessCrontab(minute=5, hour=0)
        assert next_run(schedule, after=begins - earlier) == begins


def test_the_timetable_names_tasks_that_exist():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
    assert START_WARRANTIES in app.tasks


def test_accepts_json_alone_and_keeps_no_results():
    assert list(app.conf.accept_content) == ["json"]
    assert app.conf.task_ignore_result
    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_a_worker_gives_a_sign_of_life_as_it_starts(celery_worker_process):
    celery_worker_process()
    wait_until(Heartbeat.objects.filter(part="worker").exists)


@pytest.mark.postgresql
def test_a_worker_that_starts_waits_for_a_broker_that_is_slow(tmp_path):
    """An answer may take a second elsewhere: this broker rests for three."""
    start = """
import os, django, redis
django.setup()
from config.celery import catch_up
redis.Redis.from_url(os.environ["REDIS_URL"]).execute_command("CLIENT", "PAUSE", "3000", "ALL")
catch_up()
"""
    with servers.redis() as url:
        told = {"REDIS_URL": url, "VAR_DIR": str(tmp_path)}
        told["DJANGO_SETTINGS_MODULE"] = "config.settings"
        run = [sys.executable, "-c", start]
        subprocess.run(run, cwd=ROOT, env=os.environ | told, check=True, timeout=90)
        assert Redis.from_url(url).llen("celery") == 5


@pytest.mark.django_db(transaction=True)
def test_a_task_sent_while_no_worker_runs_is_done_by_the_next(celery_worker_process):
    worker = celery_worker_process()
    wait_until(Heartbeat.objects.filter(part="worker").exists)
    worker.kill()
    Heartbeat.objects.all().delete()
    app.send_task("jobs.tasks.beat")
    celery_worker_process()
    wait_until(Heartbeat.objects.filter(part="beat").exists)
