"""The two web servers of a run, and the CPU and memory their processes take (/proc: Linux)."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from tests.benchmarks.client import Connection, Hit

ROOT = Path(__file__).resolve().parents[2]
TICK = os.sysconf("SC_CLK_TCK")
START_SECONDS = 30.0
BACKENDS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


class Server:
    """Granian as in production, but with one worker, so that its CPU is that of the pages."""

    def __init__(self, application: str, log: Path) -> None:
        self.port = free_port()
        self.log = log
        command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
            *("--workers", "1", "--blocking-threads", "16", "--workers-kill-timeout", "1"),
            *("--host", "127.0.0.1", "--port", str(self.port), application),
        ]
        with log.open("w") as output:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | {"PARVIS_PROCESS": "web"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait(self, hit: Hit) -> None:
        """Until `hit` is answered as it should; raises RuntimeError with the log's last line."""
        deadline = time.monotonic() + START_SECONDS
        fault = "no answer"
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                fault = Connection(self.port).send(hit)
            except OSError as error:
                fault = str(error)
            if not fault:
                return
            time.sleep(0.1)
        last = (self.log.read_text().strip().splitlines() or [""])[-1]
        raise RuntimeError(f"{self.log.stem} does not serve: {fault} ({last})")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def cpu(self) -> float:
        """Seconds of CPU taken since the start by every process of the server."""
        return sum(cpu_of(pid) or 0.0 for pid in tree(self._process.pid))

    def memory(self) -> float:
        """Resident memory of the largest process, the one that serves, in MB."""
        return max(resident(pid) for pid in tree(self._process.pid))


@contextmanager
def serving(application: str, log: Path) -> Iterator[Server]:
    """A server for the time of a block."""
    server = Server(application, log)
    try:
        yield server
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_cpu() -> dict[int, float]:
    """CPU of the PostgreSQL processes of our database, by pid; empty when it runs elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(BACKENDS)
        pids = [pid for (pid,) in cursor.fetchall()]
    taken = {pid: cpu_of(pid) for pid in pids if _name(pid) == "postgres"}
    return {pid: cpu for pid, cpu in taken.items() if cpu is not None}


def cpu_of(pid: int) -> float | None:
    """User and system time of one process in seconds, None when it is not here."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / TICK


def resident(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next(
        (int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")),
        0.0,
    )


def tree(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # ended meanwhile
            continue
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
