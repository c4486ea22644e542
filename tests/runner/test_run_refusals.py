"""What can be mended by hand is one French line that says how, and never a traceback."""

import ast
import os
import pwd
import socket
import subprocess
import sys

import pytest

from tests.runner.running import clean_env


def refused(run, code=1):
    assert run.wait() == code, run.text
    assert len(run.lines) == 1, run.text
    return run.text


@pytest.mark.parametrize(("family", "host"), [("AF_INET", "127.0.0.1"), ("AF_INET6", "::1")])
def test_port_in_use(copy, family, host):
    with socket.socket(getattr(socket, family)) as taken:
        taken.bind((host, copy.port))
        taken.listen()
        message = refused(copy.run())

    assert f"Le port {copy.port} est déjà pris" in message
    assert f"PORT={copy.port + 1} python3 run.py" in message


@pytest.mark.parametrize("value", ["abc", "0", "70000", "-1"])
def test_port_that_is_none(copy, value):
    assert f"PORT={value} n’est pas un numéro de port" in refused(copy.run(PORT=value), 2)


def test_folder_that_cannot_be_written(copy):
    copy.folder.chmod(0o555)
    command = [sys.executable, "run.py"]
    user = None
    if os.getuid() == 0:  # root may write everywhere: ask as somebody else
        user = pwd.getpwnam("nobody").pw_uid
        command[0] = next(path for path in ("/usr/bin/python3", sys.executable) if runs(path, user))

    done = subprocess.run(
        command,
        cwd=copy.folder,
        env=clean_env(),
        user=user,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"Impossible d’écrire dans {copy.folder} (propriétaire" in done.stderr


def runs(python, user):
    """Whether this account can run this Python, and it is recent enough."""
    code = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        done = subprocess.run([python, "-c", code], user=user, check=False, cwd="/")
    except OSError:
        return False
    return done.returncode == 0


def test_python_without_venv(copy):
    (copy.folder / ".venv").unlink()
    code = "import sys, runpy; sys.modules['ensurepip'] = None; runpy.run_path('run.py')"

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=copy.folder,
        env=clean_env(PORT=str(copy.port)),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2, done.stderr
    assert "installez python3-venv" in done.stderr
    assert done.stderr.count("\n") == 1


def test_old_python_reads_a_sentence(copy):
    """Old Pythons are rarely here: the file must parse as 3.7 (the oldest that ast knows)…"""
    source = (copy.folder / "run.py").read_text()
    ast.parse(source, feature_version=(3, 7))

    # … and the version check must come before any import of newer code.
    code = f"import sys; sys.version_info = (3, 6, 15); exec({source!r})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "au moins Python 3.11" in done.stderr
    assert done.stderr.count("\n") == 1


def test_unknown_option_shows_the_usage(copy):
    run = copy.run("--nouveau")

    assert run.wait() == 2
    assert run.lines[0] == "Usage : python3 run.py [commande]"


def test_reset_asks_first(copy):
    assert "confirmez avec --yes" in refused(copy.run("--reset"), 2)
