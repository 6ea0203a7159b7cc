"""The environment: reads every variable once, and refuses what it does not understand.

Each function returns the settings one variable stands for. A refusal ends the process
with one line that begins with the name of the variable.
"""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ

env = environ.Env()

STATEMENT_TIMEOUT_OF_WEB = "10s"
LOCK_TIMEOUT_OF_WEB = "3s"
WITHOUT_COMPILING = "-c jit=off"
SHORTEST_KEY = 40
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
    "PRAGMA mmap_size=268435456; PRAGMA cache_size=-32000;"
)
MAIL_SCHEMES = {"smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "filemail", "memorymail"}


class Refused(SystemExit):
    """A variable has a value that cannot be used; its message is printed and no more."""


def refuse(name: str, why: str) -> NoReturn:
    raise Refused(f"{name}: {why}")


def read(name: str, cast: Callable[[str], Any], default: Any) -> Any:
    """Return `cast` of the variable's text, or `default` where it is unset or empty.

    Raises: Refused with the message of the ValueError that `cast` raises.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        return cast(text)
    except (ValueError, KeyError) as problem:
        refuse(name, str(problem) or f"{text!r} cannot be used.")


def as_flag(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.lower() not in words:
        raise ValueError(f"say true or false, not {text!r}.")
    return words[text.lower()]


def as_hosts(text: str) -> list[str]:
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    if any("/" in host or " " in host for host in hosts):
        raise ValueError(f"host names separated by commas are needed, not {text!r}.")
    return hosts


def as_keys(text: str) -> list[str]:
    keys = [key.strip() for key in text.split(",") if key.strip()]
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise ValueError(f"each key has at least {SHORTEST_KEY} characters; commas part them.")
    return keys


def as_base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise ValueError(f"an address such as https://ninety.example is needed, not {text!r}.")
    return text.rstrip("/")


def as_time_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (OSError, KeyError, ValueError) as problem:
        raise ValueError(f"{text!r} is not a time zone such as America/Chicago.") from problem


def as_directory(text: str) -> Path:
    path = Path(text)
    if not path.is_absolute() or (path.exists() and not path.is_dir()):
        raise ValueError(f"an absolute path of a directory is needed, not {text!r}.")
    return path


def as_process(text: str) -> str:
    if text not in {"web", "work"}:
        raise ValueError(f"say web or work, not {text!r}.")
    return text


def as_count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 100:
        raise ValueError(f"a number from 0 to 100 is needed, not {text!r}.")
    return int(text)


def as_redis(text: str) -> str:
    if urlsplit(text).scheme not in {"redis", "rediss", "unix", "redis+socket"}:
        raise ValueError("an address such as redis://host:6379/0 is needed.")
    return text


def as_mail(text: str) -> dict[str, Any]:
    """Read where messages go; the path of `filemail:///folder` is absolute."""
    parts = urlsplit(text)
    if parts.scheme not in MAIL_SCHEMES:
        raise ValueError("an address such as smtp+tls://user:password@host:587 is needed.")
    config: dict[str, Any] = env.email_url_config(text)
    if parts.scheme == "filemail":
        config["EMAIL_FILE_PATH"] = parts.path
    return config


def as_database(text: str) -> dict[str, Any]:
    """Read `postgres://user:password@host:port/name` or `sqlite:////absolute/path`.

    A host that is a path of a socket begins with `//` after the port.
    """
    if urlsplit(text).scheme not in {"postgres", "postgresql", "sqlite"}:
        raise ValueError("an address such as postgres://user:password@host:5432/name is needed.")
    config = env.db_url_config(text)
    if config["NAME"] in {"", ":memory:"}:
        raise ValueError("the name of the database is missing.")
    return config


def database(embedded: Path, *, process: str) -> dict[str, Any]:
    """Return what `DATABASE_URL` says, or without it the SQLite file `embedded`.

    Only web processes are cut off after ten seconds and share a pool: commands and
    workers may take their time, and a pool does not survive the fork of a worker.
    PostgreSQL never compiles a statement for any of them: one that reads a unit from all
    sides costs milliseconds, and compiling it costs seconds.
    """
    config = read("DATABASE_URL", as_database, None)
    if config is None:
        return sqlite(embedded)
    if "sqlite" in config["ENGINE"]:
        return sqlite(Path(config["NAME"]))
    options = config.setdefault("OPTIONS", {})
    options["options"] = f"{WITHOUT_COMPILING} -c idle_in_transaction_session_timeout=300s"
    options.setdefault("connect_timeout", 5)
    if process == "web":
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 5}
        options["options"] = (
            f"{WITHOUT_COMPILING} -c statement_timeout={STATEMENT_TIMEOUT_OF_WEB}"
            f" -c lock_timeout={LOCK_TIMEOUT_OF_WEB}"
            " -c idle_in_transaction_session_timeout=30s"
        )
    return {**config, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}


def sqlite(path: Path) -> dict[str, Any]:
    """Return a SQLite database that several processes may write to at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": SQLITE_PRAGMAS,
        },
    }


def secret_key(kept_in: Path, *, may_be_made: bool) -> str:
    """Return `SECRET_KEY`, or one made once and kept in a file where that is allowed.

    Of processes that start together, the first to be done makes the key of all: it appears
    whole and is never replaced.
    """
    given: str = read("SECRET_KEY", str, "")
    if given:
        if len(given) < SHORTEST_KEY:
            refuse("SECRET_KEY", f"at least {SHORTEST_KEY} random characters are needed.")
        return given
    if not may_be_made:
        refuse("SECRET_KEY", "is required with DATABASE_URL unless DEBUG is true.")
    if not kept_in.exists():
        _keep(secrets.token_urlsafe(48), kept_in)
    return kept_in.read_text()


def _keep(secret: str, kept_in: Path) -> None:
    """Write a secret for the owner's eyes, unless another process was first."""
    kept_in.parent.mkdir(parents=True, exist_ok=True)
    written = kept_in.with_name(f"{kept_in.name}.{secrets.token_hex(8)}")
    written.touch(mode=0o600)
    written.write_text(secret)
    with suppress(FileExistsError):
        kept_in.hardlink_to(written)
    written.unlink()
