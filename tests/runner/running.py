"""Helpers: a copy of the checkout, and `python3 run.py` in it."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from runner import checkout as places
from runner import postgres

PATIENCE = 60.0


class Run:
    """One `python3 run.py …` and what it prints."""

    def __init__(self, folder: Path, *args: str, **env: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "run.py", *args],
            cwd=folder,
            env=clean_env(**env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self) -> None:
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.replace("\u00a0", " ").rstrip())

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, words: str) -> None:
        until(lambda: words in self.text or self.process.poll() is not None)
        assert words in self.text, self.text

    def wait(self) -> int:
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return code

    def signal(self, signum: signal.Signals) -> int:
        """Send a signal and wait for the end: its exit code."""
        self.process.send_signal(signum)
        return self.wait()


class Copy:
    """A copy of the checkout, and every run.py started in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.runs: list[Run] = []

    def run(self, *args: str, **env: str) -> Run:
        run = Run(self.folder, *args, **{"PORT": str(self.port), **env})
        self.runs.append(run)
        return run

    def processes(self) -> dict[int, str]:
        """What still runs of this copy: number and command line."""
        found = {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and self.owns(entry):
                    found[int(entry.name)] = command_line(entry)
        return found

    def owns(self, entry: Path) -> bool:
        here = str(self.folder)
        return here in command_line(entry) or os.readlink(entry / "cwd").startswith(here)

    def pid_of(self, words: str) -> int:
        return next(pid for pid, line in self.processes().items() if words in line)

    def get(self, path: str) -> bytes:
        """The body of a page, by HTTP, nothing of the environment in between."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as client:
            client.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            return b"".join(iter(lambda: client.recv(65536), b""))

    def close(self) -> None:
        for run in self.runs:
            if run.process.poll() is None:
                run.signal(signal.SIGTERM)
        until(lambda: not self.processes(), 10)
        for pid in self.processes():  # only when a test has just failed on it
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        checkout = places.Checkout(self.folder)
        postgres.remove_kept(checkout)
        shutil.rmtree(checkout.socket_dir(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def clean_env(**values: str) -> dict[str, str]:
    """Our environment without what would change run.py's mind."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PARVIS_", "DATABASE_URL", "REDIS_URL", "DJANGO_", "PYTEST_"))
    }
    return kept | values


def free_port() -> int:
    # Below the range of outgoing connections, where a free port may be taken a moment later.
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def command_line(entry: Path) -> str:
    return (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
