"""`run.py serve` from its start to its end, with the real project."""

import os
import signal
import time

import pytest

pytestmark = pytest.mark.slow


def test_starts_says_where_refuses_a_second_and_stops_when_told(copy):
    run = copy.run()
    run.wait_for("Journaux :")

    ready = run.lines.index(f"Parvis est prêt : http://localhost:{copy.port}/")
    assert any(line.startswith("Résident") for line in run.lines[ready:])
    assert any(line.startswith("Agent") for line in run.lines[ready:])
    assert b" 200 " in copy.get("/").split(b"\r\n", 1)[0]
    assert (copy.folder / "var" / "secret_key").stat().st_mode & 0o777 == 0o600

    second = copy.run(PORT=str(copy.port + 1))
    assert second.wait() == 1
    assert len(second.lines) == 1
    assert f"déjà en marche dans ce dossier (processus {run.process.pid})" in second.text
    assert f"http://localhost:{copy.port}/" in second.text

    manage = copy.run("manage", "migrate", "--check")  # joins the servers of the first
    assert manage.wait() == 0, manage.text

    started = time.monotonic()
    assert run.signal(signal.SIGTERM) == 0
    assert time.monotonic() - started < 10  # 2 s alone; other tests share the machine
    assert copy.processes() == {}


def test_what_dies_is_started_again(copy):
    run = copy.run()
    run.wait_for("Journaux :")

    os.kill(copy.pid_of("granian"), signal.SIGKILL)
    os.kill(copy.pid_of("celery"), signal.SIGKILL)
    os.kill(copy.pid_of("postgres -D"), signal.SIGKILL)
    for name in ("web", "worker", "PostgreSQL"):
        run.wait_for(f"{name} s’est arrêté (code 137), relance dans 1 s")

    assert answers(copy, "/sante/")
    assert answers(copy, "/")
    assert copy.pid_of("celery")
    assert run.signal(signal.SIGINT) == 0


def test_killed_without_warning_leaves_no_process_and_starts_again(copy):
    first = copy.run()
    first.wait_for("Journaux :")
    secret = (copy.folder / "var" / "secret_key").read_text()

    first.signal(signal.SIGKILL)
    second = copy.run()  # at once, while the services of the first are still ending
    second.wait_for("Journaux :")

    assert answers(copy, "/")
    assert (copy.folder / "var" / "secret_key").read_text() == secret
    second.signal(signal.SIGKILL)
    deadline = time.monotonic() + 15
    while copy.processes() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert copy.processes() == {}


def answers(copy, path):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if b" 200 " in copy.get(path).split(b"\r\n", 1)[0]:
                return True
        except OSError:
            pass
        time.sleep(0.1)
    return False
