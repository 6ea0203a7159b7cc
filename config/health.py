"""Says whether the house is alive, and whether it is ready to work."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from redis import Redis, RedisError

from jobs.models import Heartbeat
from partners.clock import now

SILENCE = timedelta(minutes=3)
"""How long the worker or the timetable may be unheard of before it counts as missing."""


class Missing(Exception):
    """A part of the house is not there; the message says what was seen."""


@login_not_required
def alive(request: HttpRequest) -> JsonResponse:
    """Answer without touching anything: the web process runs."""
    return JsonResponse({"status": "alive"})


@login_not_required
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every part is there, else 503 naming those that are missing."""
    parts = {name: _state(check) for name, check in CHECKS.items()}
    missing = sorted(name for name, state in parts.items() if state != "ok")
    body: dict[str, Any] = {"status": "missing" if missing else "ready", "missing": missing}
    return JsonResponse({**body, "parts": parts}, status=503 if missing else 200)


def _state(check: Callable[[], None]) -> str:
    try:
        check()
    except Missing as problem:
        return str(problem)
    return "ok"


def _database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as problem:
        raise Missing("does not answer") from problem


def _broker() -> None:
    if not settings.REDIS_URL:
        if not os.access(Path(settings.BROKER_DIR), os.W_OK):
            raise Missing("its folder cannot be written")
        return
    client = Redis.from_url(
        settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=0.5, retry=None
    )
    try:
        client.ping()
    except RedisError as problem:
        raise Missing("does not answer") from problem
    finally:
        client.close()


def _heartbeat(part: str) -> Callable[[], None]:
    def check() -> None:
        try:
            beat = Heartbeat.objects.filter(part=part).first()
        except DatabaseError as problem:
            raise Missing("cannot be known without the database") from problem
        if beat is None:
            raise Missing("was never seen")
        if now() - beat.seen_at > SILENCE:
            raise Missing(f"was last seen at {beat.seen_at.isoformat(timespec='seconds')}")

    return check


CHECKS = {
    "database": _database,
    "broker": _broker,
    "worker": _heartbeat("worker"),
    "beat": _heartbeat("beat"),
}
