"""A private PostgreSQL cluster for one run: made in a temporary folder, gone afterwards."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TUNED = {
    "shared_buffers": "2GB",
    "effective_cache_size": "6GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "min_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "lz4",
    "wal_buffers": "64MB",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "200",
    "jit": "off",
}
"""What the administrator's guide advises. Durability stays on: fsync, full_page_writes and
synchronous_commit keep their defaults."""


def binaries() -> Path:
    """Return the folder of the newest PostgreSQL on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    if initdb is None:
        raise SystemExit("bench: PostgreSQL's server programs are missing (initdb, pg_ctl).")
    return Path(initdb).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_server_user(*command: str | Path) -> None:
    """Run a server program; PostgreSQL refuses to be run by root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *map(str, command)], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def running(folder: Path, *databases: str) -> Iterator[str]:
    """Start a tuned cluster in `folder`, make the databases, yield `host:port`, stop it."""
    bin_folder, data, port = binaries(), folder / "cluster", free_port()
    data.mkdir()
    if os.geteuid() == 0:
        folder.chmod(0o755)
        shutil.chown(data, "postgres")
    as_server_user(
        bin_folder / "initdb", "-D", data, "-A", "trust", "-U", "postgres",
        "--locale=C.UTF-8", "-E", "UTF8",
    )  # fmt: skip
    own = {"port": port, "listen_addresses": "'127.0.0.1'", "unix_socket_directories": f"'{data}'"}
    with (data / "postgresql.conf").open("a") as conf:
        conf.writelines(f"{name} = {value}\n" for name, value in (TUNED | own).items())
    as_server_user(bin_folder / "pg_ctl", "-D", data, "-l", data / "log", "-w", "start")
    try:
        for name in databases:
            as_server_user(
                bin_folder / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", name
            )
        yield f"127.0.0.1:{port}"
    finally:
        as_server_user(bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
