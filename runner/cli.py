"""The command line of run.py: which command, under which lock, with which exit code."""

import contextlib
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from runner import commands, environment, postgres, serve
from runner.checkout import Checkout, Lock, remove_tree
from runner.console import Failure, Stop, ask, say, warn

USAGE = """Usage : python3 run.py [commande]

  serve             lance Parvis : base de données, web et tâches, jusqu’à Ctrl-C (par défaut)
  test [options]    lance tous les tests ; les options sont celles de pytest
  check             vérifie le style, les types, les gabarits, les migrations et les imports
  bench [options]   lance les mesures de performance
  manage …          lance une commande de manage.py, par exemple : manage createsuperuser

  --reset           efface les données de ce dossier, puis lance Parvis à neuf
  --yes             avec --reset : ne pose pas la question

PORT choisit le port (8000 par défaut) ; DATABASE_URL et REDIS_URL remplacent les serveurs
embarqués. Les données et les journaux sont dans var/."""

# Kept by --reset: the locks that are held, and the note about an unfinished installation.
NOT_DATA = {"run.lock", "installation.lock", "installation-inachevee"}
PASSED_ON: dict[str, Callable[[Checkout, Sequence[str]], int]] = {
    "test": commands.test,
    "bench": commands.bench,
}


def main(argv: Sequence[str]) -> int:
    """Run a command; whatever can be mended by hand is one line on the standard error."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _stop)
    try:
        return dispatch(argv)
    except Failure as failure:
        warn(str(failure))
        return failure.code
    except OSError as error:  # a file of another account, a full disk
        if error.filename is None:
            raise
        warn(f"{error.filename} : {error.strerror}")
        return 1
    except Stop as stop:
        return 128 + stop.signum


def dispatch(argv: Sequence[str]) -> int:
    """Read the command line and run the command."""
    command, *rest = argv or ["serve"]
    checkout = Checkout(Path(__file__).resolve().parents[1])
    if command in PASSED_ON:
        checkout.make_var()
        return PASSED_ON[command](checkout, rest)
    if command == "manage":
        checkout.make_var()
        return commands.manage(checkout, Lock(checkout.var / "run.lock"), rest)
    if command == "check" and not rest:
        checkout.make_var()
        return commands.check(checkout)
    if {"-h", "--help"} & set(argv):
        say(USAGE)
        return 0
    options = list(rest if command == "serve" else argv)
    if set(options) - {"--reset", "--yes"}:
        warn(USAGE)
        return 2
    return _serve(checkout, reset="--reset" in options, sure="--yes" in options)


def _serve(checkout: Checkout, *, reset: bool, sure: bool) -> int:
    checkout.make_var()
    lock = Lock(checkout.var / "run.lock")
    if not lock.acquire(url=environment.public_url() + "/"):
        holder = lock.holder()
        place = f" : {holder['url']}" if "url" in holder else ""
        raise Failure(
            f"Parvis est déjà en marche dans ce dossier (processus {holder.get('pid')}){place}"
        )
    if reset:
        if environment.is_given("DATABASE_URL"):
            raise Failure(
                "--reset n’efface que les données embarquées : videz vous-même la base de "
                "DATABASE_URL.",
                2,
            )
        if not sure and not ask(
            f"Effacer toutes les données de {checkout.var} et repartir à neuf ?"
        ):
            say("Rien n’a été effacé.")
            return 0
        _erase(checkout)
    try:
        serve.serve(checkout, lock)
    except Stop:
        say("Parvis est arrêté.")
    return 0


def _erase(checkout: Checkout) -> None:
    postgres.remove_kept(checkout)
    for path in checkout.var.iterdir():
        if path.name not in NOT_DATA:
            remove_tree(path)
    checkout.make_var()


def _stop(signum: int, _frame: FrameType | None) -> NoReturn:
    # Stopping takes a moment; an impatient second Ctrl-C must not cut it short.
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise Stop(signum)
