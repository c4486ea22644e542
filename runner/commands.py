"""The commands that end by themselves: tests, checks, benchmarks, Django's own."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from runner import environment, install, servers
from runner.checkout import Checkout, Lock, short_temp
from runner.console import Failure, say
from runner.process import Program, run

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


class Check(NamedTuple):
    """One thing that `run.py check` looks at."""

    name: str
    module: tuple[str, ...]


CHECKS = (
    Check("ruff", ("-m", "ruff", "check", ".")),
    Check("ruff format", ("-m", "ruff", "format", "--check", ".")),
    Check("mypy", ("-m", "mypy")),
    Check("djlint", ("-m", "djlint", "templates", "--lint", "--quiet")),
    Check("migrations", ("manage.py", "makemigrations", "--check", "--dry-run")),
    Check("django", ("manage.py", "check", "--fail-level", "WARNING")),
    Check(
        "lint-imports",
        (
            "-c",
            "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())",
            "--no-logo",
        ),
    ),
)


def test(checkout: Checkout, args: Sequence[str]) -> int:
    """Every test, on fresh servers; the arguments are pytest's."""
    install.ensure(checkout, "dev")
    if not any(shutil.which(name) for name in CHROMIUM_NAMES):
        if os.environ.get("CI"):
            raise Failure("Chromium est introuvable : les tests du navigateur sont exigés ici.")
        say("Chromium est introuvable (apt install chromium) : tests du navigateur sautés.")
    with throwaway_env(checkout, fast=True) as env:
        return in_terminal(checkout, env, "-m", "pytest", "-n", "2", "--dist", "worksteal", *args)


def bench(checkout: Checkout, args: Sequence[str]) -> int:
    """The benchmarks, on fresh servers that write to the disk as in production."""
    install.ensure(checkout, "dev")
    with throwaway_env(checkout, fast=False) as env:
        return in_terminal(checkout, env, "-m", "tests.benchmarks", *args)


def check(checkout: Checkout) -> int:
    """Style, types, templates, migrations, import directions: all run, one verdict each."""
    install.ensure(checkout, "dev")
    with throwaway_env(checkout, fast=True) as env:
        refused = [item.name for item in CHECKS if not verdict(checkout, env, item)]
    if refused:
        say(f"À corriger : {', '.join(refused)}")
    return 1 if refused else 0


def verdict(checkout: Checkout, env: dict[str, str], item: Check) -> bool:
    """Run one check; what it says is shown only when it refuses."""
    with tempfile.TemporaryFile() as output:
        program = Program(
            name=item.name,
            # Both channels into one file, in the order they were written.
            command=("sh", "-c", 'exec "$@" 2>&1', "sh", checkout.python, *item.module),
            cwd=checkout.root,
            env=env,
        )
        code = run(program, stdout=output)
        if code:
            output.seek(0)
            say(output.read().decode(errors="replace").rstrip())
    say(f"{item.name} : {'bon' if code == 0 else f'en défaut (code {code})'}")
    return code == 0


def manage(checkout: Checkout, lock: Lock, args: Sequence[str]) -> int:
    """A command of manage.py, with the servers of `serve` if it runs, or with ours."""
    install.ensure(checkout, "embedded")
    found = servers.kept(checkout)
    secret = environment.kept_secret(checkout)
    if found and not lock.acquire():
        addresses = servers.addresses(found)
        env = environment.for_children(checkout, **addresses, PARVIS_SECRET_KEY=secret)
        return in_terminal(checkout, env, "manage.py", *args)
    with servers.started(found, lock=lock.fd):
        addresses = servers.addresses(found)
        env = environment.for_children(checkout, **addresses, PARVIS_SECRET_KEY=secret)
        return in_terminal(checkout, env, "manage.py", *args)


@contextmanager
def throwaway_env(checkout: Checkout, *, fast: bool) -> Iterator[dict[str, str]]:
    """Fresh servers, and an environment that touches nothing of var/."""
    folder = Path(tempfile.mkdtemp(prefix="parvis-essai-", dir=short_temp()))
    folder.chmod(0o711)  # as root, PostgreSQL's account passes through
    try:
        found = servers.thrown_away(checkout, folder, fast=fast)
        with servers.started(found):
            yield environment.for_children(
                checkout,
                **servers.addresses(found),
                PARVIS_SECRET_KEY=environment.TEST_SECRET,
                PARVIS_STATIC_ROOT=str(folder / "static"),
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def in_terminal(checkout: Checkout, env: dict[str, str], *command: str) -> int:
    """Run for the person at the terminal, to whose Ctrl-C the program answers as it likes."""
    program = Program(
        name=command[0],
        command=(checkout.python, *command),
        cwd=checkout.root,
        env=env,
        own_session=False,
    )
    if sys.stdin.isatty():
        signal.signal(signal.SIGINT, lambda *_: None)
    return run(program)
