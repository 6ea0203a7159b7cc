"""A wrong variable stops the start with one line that names it."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from config import env

pytestmark = pytest.mark.portable

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "k" * 40
POSTGRESQL = "postgres://ninety:secret@db.example:5433/ninety"
REFUSED = [
    ("DATABASE_URL", "mysql://db.example/ninety"),
    ("DATABASE_URL", "postgres://db.example"),
    ("REDIS_URL", "http://cache.example"),
    ("EMAIL_URL", "imap://mail.example"),
    ("BUSINESS_TIME_ZONE", "America/Chicagoo"),
    ("BUSINESS_TIME_ZONE", "../../etc/passwd"),
    ("ALLOWED_HOSTS", "https://ninety.example/"),
    ("BASE_URL", "ninety.example"),
    ("DEBUG", "perhaps"),
    ("MEDIA_ROOT", "media"),
    ("TRUSTED_PROXIES", "one"),
    ("TRUSTED_PROXIES", "-1"),
    ("NINETY_PROCESS", "desktop"),
    ("SECRET_KEY", KEY[1:]),
    ("SECRET_KEY_FALLBACKS", f"{KEY},{KEY[1:]}"),
]


def start(tmp_path: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Read the settings as a new process does."""
    known = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path / "var")}
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env=known | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_refuses_a_value_it_does_not_understand_in_one_line(tmp_path, name, value):
    refused = start(tmp_path, **{name: value})
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.startswith(f"{name}: ")
    assert len(refused.stderr.splitlines()) == 1


def test_starts_with_nothing_set_and_keeps_one_secret_key_to_itself(tmp_path):
    assert start(tmp_path).returncode == 0
    kept = tmp_path / "var" / "secret_key"
    first = kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(first) >= 40
    assert start(tmp_path).returncode == 0
    assert kept.read_text() == first


@pytest.mark.parametrize("attempt", range(9))
def test_processes_that_start_together_have_one_secret_key(tmp_path, monkeypatch, attempt):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    kept, together = tmp_path / "var" / "secret_key", Barrier(8)

    def begin(_):
        together.wait()
        return env.secret_key(kept, may_be_made=True)

    with ThreadPoolExecutor(8) as processes:
        keys = set(processes.map(begin, range(8)))
    assert keys == {kept.read_text()}
    assert len(kept.read_text()) >= 40
    assert list(kept.parent.iterdir()) == [kept]


def test_wants_a_secret_key_beside_a_real_database_unless_debugging(tmp_path):
    refused = start(tmp_path, DATABASE_URL=POSTGRESQL)
    assert refused.stderr.startswith("SECRET_KEY: ")
    assert start(tmp_path, DATABASE_URL=POSTGRESQL, SECRET_KEY=KEY).returncode == 0
    assert start(tmp_path, DATABASE_URL=POSTGRESQL, DEBUG="true").returncode == 0


def test_cuts_off_web_processes_and_lets_workers_take_their_time(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", POSTGRESQL)
    web = env.database(tmp_path / "x.sqlite3", process="web")["OPTIONS"]
    work = env.database(tmp_path / "x.sqlite3", process="work")["OPTIONS"]
    assert "statement_timeout=10s" in web["options"]
    assert "lock_timeout=3s" in web["options"]
    assert "jit=off" in web["options"]
    assert "jit=off" in work["options"]
    assert web["pool"]["max_size"] == 8
    assert "statement_timeout" not in work["options"]
    assert "pool" not in work


def test_reads_every_part_of_a_database_url(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", POSTGRESQL)
    read = env.database(tmp_path / "x.sqlite3", process="work")
    parts = [read[part] for part in ("USER", "PASSWORD", "HOST", "PORT", "NAME")]
    assert parts == ["ninety", "secret", "db.example", 5433, "ninety"]


def test_lets_several_processes_write_to_the_embedded_database(monkeypatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    read = env.database(tmp_path / "new" / "x.sqlite3", process="web")
    assert read["NAME"] == str(tmp_path / "new" / "x.sqlite3")
    assert read["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in read["OPTIONS"]["init_command"]


PRINT_SECURITY = (
    "from config import settings as s; "
    "print(s.SECURE, s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS)"
)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "False session False 0"),
        ({"ALLOWED_HOSTS": "ninety.example"}, "True __Host-session True 31536000"),
        ({"BASE_URL": "https://ninety.example"}, "True __Host-session True 31536000"),
    ],
)
def test_an_https_address_turns_on_everything_that_needs_it(tmp_path, environment, expected):
    known = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path)}
    printed = subprocess.run(
        [sys.executable, "-c", PRINT_SECURITY],
        cwd=ROOT,
        env=known | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout.strip() == expected


def test_writes_mail_into_the_folder_that_is_named(tmp_path):
    folder = tmp_path / "mail"
    assert env.as_mail(f"filemail://{folder}")["EMAIL_FILE_PATH"] == str(folder)
