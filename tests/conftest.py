"""What every test may use: a folder of its own, a real worker, a real browser."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection, connections
from django.test import TransactionTestCase

from config.celery import app, broker
from tests.builders import load_service_levels, make_policy

ROOT = Path(__file__).resolve().parent.parent
WORKER_PATIENCE = 90.0
"""Seconds a worker may take until it is ready."""

# Playwright keeps an event loop running in the thread that also holds the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--with-servers",
        action="store_true",
        help="leave out tests that no server can change: another run has had them",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest; keep, if asked to, what a server takes part in."""
    slow = {item.path for item in items if _is_slow(item)}
    items.sort(key=lambda item: item.path not in slow)
    if not config.getoption("--with-servers"):
        return
    pure = [item for item in items if not _uses_server(item)]
    config.hook.pytest_deselected(items=pure)
    items[:] = [item for item in items if _uses_server(item)]


def _is_slow(item: Any) -> bool:
    """Tell whether a test drives a browser or competes, so that no process ends with it alone."""
    marker = item.get_closest_marker("django_db")
    competes = marker is not None and bool(marker.kwargs.get("transaction"))
    return competes or item.get_closest_marker("browser") is not None


def _uses_server(item: Any) -> bool:
    """Tell whether a test reads a database, or settings that name the servers.

    What is marked `portable` reads one and says nothing of it: doors and documents.
    """
    if item.get_closest_marker("portable"):
        return False
    in_case = isinstance(item.cls, type) and issubclass(item.cls, TransactionTestCase)
    is_given = {"db", "transactional_db", "live_server"} & set(item.fixturenames)
    marks = ("django_db", "postgresql", "browser")
    is_about_settings = ROOT / "tests" / "config" in item.path.parents
    return (
        is_about_settings
        or in_case
        or bool(is_given)
        or any(item.get_closest_marker(mark) for mark in marks)
    )


def _number() -> int:
    """Return which of the parallel processes this is: 0, 1 …"""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def _redis_url() -> str | None:
    """Return the numbered database of the tests' Redis that this process has to itself."""
    given = django_settings.REDIS_URL
    return f"{given.rsplit('/', 1)[0]}/{_number()}" if given else None


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep what this process writes, and its broker, away from every other."""
    var = tmp_path_factory.mktemp("var")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "VAR", var)
        patch.setattr(django_settings, "MEDIA_ROOT", var / "media")
        patch.setattr(django_settings, "FILE_UPLOAD_TEMP_DIR", var / "media" / "incoming")
        django_settings.FILE_UPLOAD_TEMP_DIR.mkdir(parents=True)
        patch.setattr(django_settings, "BROKER_DIR", var / "broker")
        patch.setattr(django_settings, "REDIS_URL", _redis_url())
        app.conf.update(broker())
        yield var


@pytest.fixture(autouse=True)
def fresh_limits(request: pytest.FixtureRequest) -> Iterator[None]:
    """Forget the counters of limits that a test without a rolled-back transaction left."""
    yield
    if "transactional_db" in request.fixturenames or "live_server" in request.fixturenames:
        cache.clear()


@pytest.fixture(autouse=True)
def rows_of_migrations(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Put back what the migrations loaded, which emptying the tables takes away."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        with django_db_blocker.unblock():
            make_policy()
            load_service_levels()


def database_url() -> str:
    """Return the address of the test database, for processes that a test starts."""
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{config['NAME']}"
    who = quote(config["USER"]) + (f":{quote(config['PASSWORD'])}" if config["PASSWORD"] else "")
    return f"postgres://{who}@{config['HOST']}:{config['PORT']}/{config['NAME']}"


def process_environment(var: Path) -> dict[str, str]:
    """Return an environment in which another process works on this test's data."""
    told = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(var),
        "SECRET_KEY": "t" * 50,
        "BASE_URL": "http://127.0.0.1:8000",
    }
    redis_url = _redis_url()
    return {**os.environ, **told, **({"REDIS_URL": redis_url} if redis_url else {})}


@dataclass
class Worker:
    """A Celery worker in a process group of its own."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def kill(self) -> None:
        """Kill the whole group, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


def _start_worker(var: Path, log: Path, *arguments: str) -> Worker:
    command = [sys.executable, "-m", "celery", "-A", "config"]
    command += ["worker", "--concurrency", "1", "--loglevel", "INFO", *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=process_environment(var),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Worker(process, log)


def wait_until(condition: Callable[[], Any], *, seconds: float = WORKER_PATIENCE) -> Any:
    """Return what `condition` returns once it is true. Raises: AssertionError after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(f"Not within {seconds:g} s: {condition}")


def somebody_waits() -> int:
    """Return how many connections wait for a lock in this database; others run beside it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


@pytest.fixture
def celery_worker_process(
    transactional_db: None, own_folders: Path, tmp_path: Path
) -> Iterator[Callable[..., Worker]]:
    """Give a function that starts a real worker on the test's database and broker.

    Its arguments go to `celery worker`: `celery_worker_process("--beat")`.
    """
    started: list[Worker] = []

    def start(*arguments: str) -> Worker:
        worker = _start_worker(own_folders, tmp_path / f"worker-{len(started)}.log", *arguments)
        started.append(worker)
        wait_until(
            lambda: worker.process.poll() is not None or " ready." in worker.log.read_text(),
        )
        assert worker.process.poll() is None, worker.log.read_text()
        return worker

    yield start
    for worker in started:
        worker.stop()
        print(worker.log.read_text())  # pytest shows it if the test failed


@pytest.fixture(scope="session")
def playwright(playwright: Any) -> Iterator[Any]:
    """Close, before the browser's event loop ends, what was opened while it ran.

    Django keeps a connection for the loop beside that of the thread: whoever drops the
    database after the loop knows only of the second.
    """
    yield playwright
    connections.close_all()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Drive the system's Chromium: `page` and `live_server` then work as documented.

    Its shell without a window draws the same and opens a page for a quarter of the work.
    """
    flags = "headless no-sandbox disable-gpu disable-quic no-first-run disable-sync"
    flags += " disable-background-networking disable-component-update"
    return {
        "executable_path": shutil.which("chromium-headless-shell") or shutil.which("chromium"),
        "args": [f"--{flag}" for flag in flags.split()],
    }
