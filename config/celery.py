"""Work outside of requests: the broker, the limits, the timetable.

A task only hints that rows are waiting. It takes ids, reads the rows again and may run
twice or never; the next run of the timetable finds whatever a lost one left.
"""

import gc
import os
from typing import Any
from zoneinfo import ZoneInfo

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_process_init, worker_ready
from django.conf import settings

from config.broker import ALIAS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

START_WARRANTIES = "warranty.tasks.start_due_warranties"
SEND_NUDGES = "warranty.tasks.send_nudges"
PUBLISH_ANNOUNCEMENTS = "lifecycle.tasks.publish_due_announcements"
SEND_RECALLS = "support.tasks.send_recalls"

REDIS = {
    "socket_timeout": 1,
    "socket_connect_timeout": 0.5,
    "visibility_timeout": 3600,
    "max_retries": 0,
}
"""Short patience: a request waits for it. Kombu would sleep two seconds and try again."""
PERSEVERING = {"socket_timeout": 20, "socket_connect_timeout": 20, "max_retries": 20}
"""For a worker that starts: nobody waits for it, and what it cannot send is sent tomorrow."""


class BusinessCrontab(crontab):
    """A crontab whose hours are those of the business time zone, across clock changes."""

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(settings.BUSINESS_TIME_ZONE)


def broker() -> dict[str, Any]:
    """Return Redis with short patience, or without `REDIS_URL` a folder of files."""
    if settings.REDIS_URL:
        return {
            "broker_url": settings.REDIS_URL,
            "broker_transport_options": REDIS,
        }
    settings.BROKER_DIR.mkdir(parents=True, exist_ok=True)
    folder = str(settings.BROKER_DIR)
    return {
        "broker_url": f"{ALIAS}://localhost",
        "broker_transport_options": {
            "data_folder_in": folder,
            "data_folder_out": folder,
            "control_folder": folder,
        },
    }


app = Celery("ninety")
app.conf.update(
    **broker(),
    broker_connection_timeout=1,
    broker_connection_retry_on_startup=True,
    task_publish_retry=False,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_soft_time_limit=30 * 60,
    task_time_limit=35 * 60,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    timezone="UTC",
    enable_utc=True,
    beat_schedule_filename=str(settings.VAR / "beat-schedule"),
    beat_schedule={
        "start-due-warranties": {
            "task": START_WARRANTIES,
            "schedule": BusinessCrontab(minute=5, hour=0),
        },
        "send-nudges": {
            "task": SEND_NUDGES,
            "schedule": BusinessCrontab(minute=0, hour=7),
        },
        "send-recalls": {
            "task": SEND_RECALLS,
            "schedule": BusinessCrontab(minute=10, hour=7),
        },
        "deliver-due-messages": {
            "task": "notifications.tasks.deliver_due_messages",
            "schedule": 30.0,
        },
        "deliver-webhooks": {"task": "webhooks.tasks.deliver_due", "schedule": 30.0},
        "sweep-documents": {
            "task": "documents.tasks.sweep_documents",
            "schedule": crontab(minute="*/10"),
        },
        "drive-jobs": {"task": "jobs.tasks.drive_jobs", "schedule": 30.0},
        "forget-ended-sessions": {
            "task": "accounts.tasks.forget_ended_sessions",
            "schedule": crontab(minute=20, hour="*/6"),
        },
        "forget-replies": {
            "task": "partners.tasks.forget_expired_replies",
            "schedule": crontab(minute=17),
        },
        "forget-checks": {
            "task": "portal.tasks.forget_checks",
            "schedule": crontab(minute=40, hour="*/6"),
        },
        "follow-shipments": {
            "task": "support.tasks.follow_shipments",
            "schedule": crontab(minute="5-59/10"),
        },
        "end-referrals": {
            "task": "doa.tasks.end_referrals",
            "schedule": crontab(minute=35),
        },
        "mind-the-clocks": {
            "task": "doa.tasks.mind_the_clocks",
            "schedule": crontab(minute="*/5"),
        },
        "publish-announcements": {"task": PUBLISH_ANNOUNCEMENTS, "schedule": crontab()},
        "beat": {"task": "jobs.tasks.beat", "schedule": 60.0},
    },
)
app.autodiscover_tasks()


@worker_process_init.connect
def keep(**kwargs: Any) -> None:
    """Never look for garbage in what the house consists of: long work passes it many times."""
    gc.freeze()


@worker_ready.connect
def catch_up(**kwargs: Any) -> None:
    """Give a sign of life, and start at once what fell due while no worker was there."""
    due = (START_WARRANTIES, SEND_NUDGES, PUBLISH_ANNOUNCEMENTS, SEND_RECALLS)
    with app.connection_for_write(transport_options=PERSEVERING) as patient:
        for name in ("jobs.tasks.beat", *due):
            app.send_task(name, connection=patient)
