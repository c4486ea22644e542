"""PostgreSQL and Valkey around a block of work, where the environment names none."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from runner import postgres, valkey
from runner.checkout import Checkout
from runner.console import Failure
from runner.environment import is_given
from runner.postgres import Postgres
from runner.process import Running, last_line, running
from runner.valkey import Valkey

READY_SECONDS = 60.0  # a database that was killed may have to recover first
Server = Postgres | Valkey


def missing() -> list[str]:
    """Which addresses the environment does not give."""
    return [name for name in ("DATABASE_URL", "REDIS_URL") if not is_given(name)]


def kept(checkout: Checkout) -> list[Server]:
    """The servers that `serve` and `manage` need, with their data under var/."""
    names = missing()
    sockets = checkout.socket_dir() if names else checkout.var
    found: list[Server] = []
    if "DATABASE_URL" in names:
        found.append(postgres.kept(checkout, sockets))
    if "REDIS_URL" in names:
        found.append(valkey.kept(checkout, sockets))
    return found


def thrown_away(checkout: Checkout, folder: Path, *, fast: bool) -> list[Server]:
    """Fresh servers in a temporary folder, for tests (`fast`: nothing is flushed to the disk)."""
    names = missing()
    found: list[Server] = []
    if "DATABASE_URL" in names:
        found.append(postgres.thrown_away(checkout, folder / "pg", fast=fast))
    if "REDIS_URL" in names:
        found.append(valkey.thrown_away(checkout, folder / "valkey"))
    return found


@contextmanager
def started(servers: list[Server], *, lock: int | None = None) -> Iterator[list[Running]]:
    """Start the servers in their order, stop them in the reverse one."""
    with ExitStack() as stack:
        for server in servers:
            stack.callback(remove_if_empty, server.socket_dir)
        processes: list[Running] = []
        for server in servers:
            server.stop_leftover()
            server.create()
            process = stack.enter_context(running(server.program, lock=lock))
            processes.append(process)
        for server, process in zip(servers, processes, strict=True):
            wait_ready(server, process)
        yield processes


def remove_if_empty(folder: Path) -> None:
    """Tidy the temporary folder; a socket that is still there belongs to somebody."""
    with suppress(OSError):
        folder.rmdir()


def addresses(servers: list[Server]) -> dict[str, str]:
    """What the environment must say for these servers to be used."""
    names = {Postgres: "DATABASE_URL", Valkey: "REDIS_URL"}
    return {names[type(server)]: server.url for server in servers}


def wait_ready(server: Server, process: Running) -> None:
    """Until the server answers; a failure names its log."""
    deadline = time.monotonic() + READY_SECONDS
    while not server.ready():
        if process.poll() is not None or time.monotonic() > deadline:
            name, log = process.program.name, server.log
            raise Failure(f"{name} ne démarre pas : {last_line(log)} (journal : {log})")
        time.sleep(0.02)
