"""Programs under a guard (`guard.py`): started, watched, stopped, never left behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

GUARD = Path(__file__).with_name("guard.py")


@dataclass(frozen=True)
class Account:
    """Another account of the machine, for a server that refuses to run as root."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Program:
    """What to run and how to end it."""

    name: str
    command: Sequence[str | Path]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    log: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 2.0
    # A command that talks to the person at the terminal stays in the terminal's session.
    own_session: bool = True
    # Removed once the program has ended, even when run.py was killed: a test's data folder.
    remove: Path | None = None


class Running:
    """A started program."""

    def __init__(
        self, program: Program, *, lock: int | None = None, stdout: int | IO[bytes] | None = None
    ) -> None:
        self.program = program
        keep = [] if lock is None else [lock]
        reading, self._pipe = os.pipe()
        output = program.log.open("ab") if program.log else None
        try:
            # The grandchild inherits these two, the guard being between us only to watch.
            self._guard = subprocess.Popen(  # noqa: S603  (a fixed list, no shell)
                [sys.executable, "-I", "-S", str(GUARD), str(reading)],
                cwd=program.cwd,
                env=program.env,
                stdin=subprocess.DEVNULL if program.own_session else None,
                stdout=stdout or output,
                stderr=output,
                pass_fds=(reading, *keep),
                start_new_session=program.own_session,
            )
        finally:
            os.close(reading)
            if output:
                output.close()
        os.write(self._pipe, self._spec(keep))

    def _spec(self, keep: list[int]) -> bytes:
        program = self.program
        spec = {
            "command": [str(part) for part in program.command],
            "account": program.account and [program.account.uid, program.account.gid],
            "stop_signal": program.stop_signal,
            "grace": program.grace,
            "own_session": program.own_session,
            "remove": program.remove and str(program.remove),
            "keep": keep,
        }
        return json.dumps(spec).encode() + b"\n"

    @property
    def stdout(self) -> IO[bytes]:
        if self._guard.stdout is None:
            raise ValueError(f"{self.program.name}: started without a pipe")
        return self._guard.stdout

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._guard.poll()

    def wait(self) -> int:
        return self._guard.wait()

    def stop(self) -> int:
        """Ask it to end, wait until nothing of it is left."""
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1
        return self._guard.wait()


@contextmanager
def running(program: Program, *, lock: int | None = None) -> Iterator[Running]:
    """A program that runs as long as the block."""
    process = Running(program, lock=lock)
    try:
        yield process
    finally:
        process.stop()


def run(program: Program, *, stdout: int | IO[bytes] | None = None) -> int:
    """Run to the end; whatever interrupts us ends it too."""
    process = Running(program, stdout=stdout)
    try:
        return process.wait()
    finally:
        process.stop()


def last_line(log: Path | None) -> str:
    """The last line of a log that says something, for the one-line message."""
    if log is None:
        return ""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
