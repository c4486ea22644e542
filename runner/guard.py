"""Runs one program and makes sure that nothing of it outlives run.py, even after a kill -9.

Started as `python -I -S guard.py FD`, one for each program. FD is the reading end of a pipe whose
other end only run.py has: the first line says what to run, the end of the file says "stop", whether
run.py asked for it or is dead. The command is not in our own command line, so that a `pkill -f` of
the program leaves its guard alive to clear up behind it.
"""

import ctypes
import json
import os
import select
import signal
import sys
import time
from typing import Any, NoReturn

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
CLEAR_UP_SECONDS = 3.0
LINUX = sys.platform.startswith("linux")


class Guard:
    """The program, its descendants, and the two things we wait for: its end and our pipe's."""

    def __init__(self, watch: int, spec: dict[str, Any]) -> None:
        self.watch = watch
        self.spec = spec
        self.wake, wake_end = os.pipe()
        for end in (self.wake, wake_end):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
        # Handlers that do nothing, rather than SIG_IGN, which the program would inherit.
        for signum in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(signum, lambda *_: None)
        self.status: int | None = None
        self.asked_to_stop = False
        self.pid = self.spawn()

    def spawn(self) -> int:
        pid = os.fork()
        if pid == 0:
            try:
                become(self.spec)
            except BaseException as error:  # after a fork nothing may return into the guard's code
                os.write(2, f"{self.spec['command'][0]}: {error}\n".encode())
                os._exit(127)
        return pid

    def run(self) -> int:
        """Wait for the end or for the order to stop, then leave nothing behind."""
        while self.status is None and not self.asked_to_stop:
            self.wait(None)
        if self.status is None:
            self.kill(self.pid, self.spec["stop_signal"])
            deadline = time.monotonic() + self.spec["grace"]
            while self.status is None and time.monotonic() < deadline:
                self.wait(deadline - time.monotonic())
        self.clear_up()
        return 0 if self.status is None else os.waitstatus_to_exitcode(self.status)

    def wait(self, timeout: float | None) -> None:
        """Sleep until something happens, then note what."""
        watched = [self.wake] if self.asked_to_stop else [self.wake, self.watch]
        ready, _, _ = select.select(watched, [], [], None if timeout is None else max(timeout, 0))
        if self.wake in ready and signal.SIGTERM in os.read(self.wake, 4096):
            self.asked_to_stop = True
        if self.watch in ready and not os.read(self.watch, 4096):
            self.asked_to_stop = True
        self.reap()

    def reap(self) -> bool:
        """Collect ended children, adopted ones included; False when none is left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.pid:
                self.status = status

    def clear_up(self) -> None:
        """Kill what the program left: its processes become our children when their parent ends."""
        deadline = time.monotonic() + CLEAR_UP_SECONDS
        while self.reap() and time.monotonic() < deadline:
            if self.status is None:
                self.kill(self.pid, signal.SIGKILL)
            for pid in descendants():
                self.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        if not LINUX and self.spec["own_session"]:
            self.kill(-self.pid, signal.SIGKILL)

    @staticmethod
    def kill(pid: int, signum: int) -> None:
        try:
            os.kill(pid, signum)
        except (ProcessLookupError, PermissionError):
            pass


def become(spec: dict[str, Any]) -> NoReturn:
    """In the forked child: turn into the program."""
    signal.set_wakeup_fd(-1)
    if spec["own_session"]:
        os.setsid()
    if spec["account"]:
        uid, gid = spec["account"]
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if LINUX:
        # Should the guard itself be killed. After setuid, which would clear it.
        prctl(PR_SET_PDEATHSIG, spec["stop_signal"])
    os.execvp(spec["command"][0], spec["command"])  # noqa: S606  (a fixed list, no shell)


def prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def descendants() -> list[int]:
    """Our children and theirs, by the parent numbers of /proc."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc") if LINUX else ():
        if name.isdigit() and (parent := parent_of(name)):
            children.setdefault(parent, []).append(int(name))
    found, queue = [], [os.getpid()]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def parent_of(pid: str) -> int | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            # The name, in brackets, may itself hold spaces and brackets.
            return int(stat.read().rpartition(b")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None


def read_line(fd: int) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        chunk = os.read(fd, 4096)
        if not chunk:
            sys.exit(0)  # run.py died before it could say what to run
        line += chunk
    return line


def main() -> int:
    watch = int(sys.argv[1])
    os.set_inheritable(watch, False)
    spec = json.loads(read_line(watch))
    for fd in spec["keep"]:
        os.set_inheritable(fd, False)
    if LINUX:
        prctl(PR_SET_CHILD_SUBREAPER, 1)
    code = Guard(watch, spec).run()
    if spec["remove"]:
        import shutil

        shutil.rmtree(spec["remove"], ignore_errors=True)
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    sys.exit(main())
