"""Starts that were killed half-way, and folders that PostgreSQL's account cannot enter."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from runner import postgres
from runner.checkout import Checkout
from tests.runner.running import until


def version(copy):
    """The shortest command that needs the servers."""
    run = copy.run("manage", "migrate", "--plan")
    assert run.wait() == 0, run.text


def test_killed_while_the_database_is_made(copy):
    data = copy.folder / "var" / "postgres"
    draft = data.with_name("postgres.new")
    run = copy.run("manage", "migrate", "--plan")
    until(lambda: (draft / "PG_VERSION").exists())
    assert not data.exists()
    run.signal(signal.SIGKILL)

    version(copy)

    assert (data / "PG_VERSION").exists()
    assert not draft.exists()


def test_process_number_of_a_dead_server_taken_by_another_program(copy):
    version(copy)
    pid_file = copy.folder / "var" / "postgres" / "postmaster.pid"
    account = pid_file.parent.stat()

    # As after a power cut: the number is that of another program of the same account.
    with subprocess.Popen(["sleep", "60"], user=account.st_uid) as other:
        pid_file.write_text(f"{other.pid}\n{pid_file.parent}\n1\n5432\n/tmp\n\n 1 1\nready\n")
        os.chown(pid_file, account.st_uid, account.st_gid)
        version(copy)
        assert other.poll() is None
        other.kill()


@pytest.mark.skipif(os.getuid() != 0, reason="only root lends PostgreSQL another account")
def test_closed_folder_as_root(copy):
    copy.folder.parent.chmod(0o700)
    home = postgres.SYSTEM_DATA / Checkout(copy.folder).key

    version(copy)

    assert (home / "postgres" / "PG_VERSION").exists()
    assert str(home) in (copy.folder / "var" / "ou-est-la-base.txt").read_text()


def test_interrupted_installation_is_done_again(copy, monkeypatch):
    from runner import install

    checkout = Checkout(copy.folder)
    checkout.make_var()
    (copy.folder / ".venv").unlink()
    commands = []
    monkeypatch.setattr(install, "run", lambda program: commands.append(program.command) or 0)
    broken = copy.folder / ".venv" / "lib" / "python3" / "site-packages" / "pip"
    broken.mkdir(parents=True)
    (checkout.var / "installation-inachevee").touch()

    with pytest.raises(FileNotFoundError):  # the stamp: nothing was really created
        install.ensure(checkout, "embedded")

    assert commands[0][1:3] == ["-m", "venv"]
    assert not broken.exists()
    assert (checkout.var / "installation-inachevee").exists()


def test_serve_keeps_the_tools_of_the_tests(copy):
    from runner import install

    checkout = Checkout(copy.folder)
    assert Path(os.readlink(checkout.venv)).name == ".venv"
    assert install.is_current(checkout, "dev")
    assert install.is_current(checkout, "embedded")
