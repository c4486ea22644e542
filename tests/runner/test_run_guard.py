"""The guard: nothing of a program outlives it, whatever the program does."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from runner.checkout import Lock
from runner.process import Program, Running, run
from tests.runner.running import until

ROOT = Path(__file__).resolve().parents[2]

# Starts a grandchild in a session of its own, which no signal to a group would reach.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    print(os.getpid(), flush=True)
    os.write(writing, b".")
    time.sleep(60)
os.read(reading, 1)
"""
# What run.py does before a kill -9, in a process that can be killed.
KILLED = """
import os, pathlib, sys, time
from runner.checkout import Lock
from runner.process import Program, Running
folder = pathlib.Path(sys.argv[1])
lock = Lock(folder / "lock")
lock.acquire()
command = [sys.executable, "-c", sys.argv[2]]
running = Running(Program("essai", command, folder, log=folder / "log", grace=1.0), lock=lock.fd)
while not (folder / "log").read_text():
    time.sleep(0.01)
os.kill(os.getpid(), 9)
"""


def program(tmp_path, code, **options):
    command = [sys.executable, "-c", code]
    return Program("essai", command, tmp_path, log=tmp_path / "log", grace=0.3, **options)


def lives(pid):
    """Whether it runs; one that is dead and not yet collected by its parent does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def grandchild(tmp_path):
    log = tmp_path / "log"
    until(lambda: log.exists() and log.read_text().endswith("\n"))
    return int(log.read_text())


def test_exit_code_is_the_programs(tmp_path):
    assert run(program(tmp_path, "raise SystemExit(7)")) == 7


def test_signal_is_128_and_more(tmp_path):
    assert run(program(tmp_path, "import os; os.kill(os.getpid(), 9)")) == 137


def test_stop_ends_what_ignores_signals_and_its_children(tmp_path):
    running = Running(program(tmp_path, STUBBORN + "time.sleep(60)"))
    pid = grandchild(tmp_path)

    started = time.monotonic()
    running.stop()

    assert not lives(pid)
    assert time.monotonic() - started < 5


def test_end_of_the_program_ends_its_children(tmp_path):
    assert run(program(tmp_path, STUBBORN)) == 0
    assert not lives(grandchild(tmp_path))


def test_lock_of_a_killed_run_is_free_when_its_programs_have_ended(tmp_path):
    command = [sys.executable, "-c", KILLED, tmp_path, STUBBORN + "time.sleep(60)"]
    killed = subprocess.run(command, cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    lock = Lock(tmp_path / "lock")

    assert lock.acquire()

    assert not lives(grandchild(tmp_path))
    os.close(lock.fd)


def test_death_of_the_guard_ends_the_program(tmp_path):
    running = Running(
        program(tmp_path, "import os, signal; print(os.getpid(), flush=True); signal.pause()")
    )
    pid = grandchild(tmp_path)

    os.kill(running._guard.pid, signal.SIGKILL)

    until(lambda: not lives(pid), 10)
    assert not lives(pid)
    running.stop()


def test_folder_to_remove_is_removed(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    run(program(tmp_path, "pass", remove=folder))
    assert not folder.exists()


def test_program_that_does_not_exist(tmp_path):
    missing = Program("essai", [tmp_path / "absent"], tmp_path, log=tmp_path / "log")
    assert run(missing) == 127
    assert "absent" in (tmp_path / "log").read_text()
