"""The virtual environment: made once, brought up to date when the pinned files change."""

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.checkout import Checkout, remove_tree
from runner.console import Failure, warn
from runner.process import Program, last_line, run

Command = list[str | Path]
STAMP = "parvis-installed.txt"
# What each set is made of; a change of any of these files means a new installation.
FILES = {
    "embedded": ("uv.txt", "embedded.txt"),
    "dev": ("uv.txt", "embedded.txt", "dev.txt"),
}


def ensure(checkout: Checkout, wanted: str) -> None:
    """Make sure that the environment holds the wanted set (`embedded` or `dev`)."""
    if is_current(checkout, wanted):
        return
    with _alone(checkout):
        if is_current(checkout, wanted):  # another run.py has just done it
            return
        # `dev` holds `embedded`: a serve after the tests must not throw their tools away.
        name = "dev" if _has_dev(checkout) else wanted
        unfinished = checkout.var / "installation-inachevee"
        # What a kill interrupted is made anew: half-written packages look like whole ones.
        is_whole = _python_runs(checkout) and _has_pip(checkout) and not unfinished.exists()
        if not is_whole:
            _require_modules()
        warn("Installation des dépendances dans .venv (une minute au plus, une seule fois)…")
        unfinished.touch()
        stamp = checkout.venv / STAMP
        stamp.unlink(missing_ok=True)
        try:
            if not is_whole:
                _make_venv(checkout)
            _install(checkout, name)
        except Failure:  # said and clean, unlike a kill in the middle
            unfinished.unlink()
            raise
        stamp.write_text(_stamp(checkout, name))
        unfinished.unlink()


def is_current(checkout: Checkout, wanted: str) -> bool:
    """Whether the environment already holds the wanted set."""
    try:
        stamp = (checkout.venv / STAMP).read_text()
    except OSError:
        return False
    names = {wanted, "dev"}
    return stamp in {_stamp(checkout, name) for name in names} and _python_runs(checkout)


def _has_dev(checkout: Checkout) -> bool:
    return any(checkout.venv.glob("lib/python*/site-packages/pytest/__init__.py"))


def _stamp(checkout: Checkout, name: str) -> str:
    digest = hashlib.sha256()
    for file in FILES[name]:
        digest.update((checkout.root / "requirements" / file).read_bytes())
    return f"{name} {digest.hexdigest()}\n"


def _python_runs(checkout: Checkout) -> bool:
    """False when the Python that the environment was made from has gone or is too old."""
    code = "import sys; sys.exit(sys.version_info < (3, 11))"
    command = [str(checkout.python), "-I", "-S", "-c", code]
    try:
        return subprocess.run(command, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def _require_modules() -> None:
    """Debian leaves these two out of its Python."""
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise Failure(
                f"Il manque le module {module} de Python : installez python3-venv "
                "(sous Debian ou Ubuntu : apt install python3-venv), puis relancez.",
                2,
            )


def _make_venv(checkout: Checkout) -> None:
    if not checkout.venv.is_symlink():
        remove_tree(checkout.venv)
    command: Command = [sys.executable, "-m", "venv", checkout.venv]
    _run_logged(checkout, command, "La création de .venv a échoué")


def _has_pip(checkout: Checkout) -> bool:
    return any(checkout.venv.glob("lib/python*/site-packages/pip/__init__.py"))


def _install(checkout: Checkout, name: str) -> None:
    """uv, ten times faster than pip; pip alone where uv does not work."""
    requirements = checkout.root / "requirements"
    pip: Command = [checkout.python, "-m", "pip", "install", "-q", "--require-hashes", "--no-deps"]
    pip += ["--disable-pip-version-check", "--no-input", "--retries", "2", "-r"]
    sync: Command = [checkout.python, "-m", "uv", "pip", "sync", "-q", "--require-hashes"]
    # The machine's own certificates: a town's network often has a proxy with a local authority.
    # Compiled once here rather than by three programs at once at each first start.
    sync += ["--system-certs", "--compile-bytecode", "--python", checkout.python]
    sync += [requirements / f"{name}.txt"]
    message = "L’installation des dépendances a échoué (vérifiez l’accès à Internet)"
    try:
        _run_logged(checkout, [*pip, requirements / "uv.txt"], message)
        _run_logged(checkout, sync, message)
    except Failure:
        warn("uv n’a pas pu installer les dépendances, nouvel essai avec pip (plus lent)…")
        _run_logged(checkout, [*pip, requirements / f"{name}.txt"], message)


def _run_logged(checkout: Checkout, command: Command, message: str) -> None:
    log = checkout.logs / "installation.log"
    if run(Program(name="installation", command=command, cwd=checkout.root, log=log)) != 0:
        raise Failure(f"{message} : {last_line(log)} (journal : {log})")


@contextmanager
def _alone(checkout: Checkout) -> Iterator[None]:
    """Two installations at once into one folder would spoil it: the second waits."""
    fd = os.open(checkout.var / "installation.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            warn("Une autre installation est en cours dans ce dossier, on l’attend…")
            fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
