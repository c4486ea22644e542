"""`python3 run.py bench`: our pages against plain Django, in a town of the size asked for."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.database import Database

QUICK = (1_000, 10_000)
FULL = (100_000, 1_000_000)


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    if not Path("/proc/self/stat").exists():
        sys.stderr.write("the benchmarks read the CPU of the servers in /proc: Linux only\n")
        return 2
    accounts, requests = FULL if options.full else (options.accounts, options.requests)
    database = Database(accounts=accounts, requests=requests, reuse=options.reuse)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="parvis-bench-")))
        to_build = database.create()
        stack.callback(database.leave)
        _environment(folder)
        _set_up()
        if to_build:
            _build(accounts, requests)
            database.record_size()
        from tests.benchmarks import run

        return run.run(options, folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__)
    parser.add_argument("--accounts", type=int, default=QUICK[0])
    parser.add_argument("--requests", type=int, default=QUICK[1])
    parser.add_argument("--full", action="store_true", help="100,000 accounts, 1,000,000 requests")
    parser.add_argument("--reuse", action="store_true", help="keep the town, and use a kept one")
    parser.add_argument("--pages", nargs="*", default=[], metavar="PAGE", help="by default all")
    parser.add_argument("--seconds", type=float, default=1.0, help="for a page in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--strict", action="store_true", help="fail when a limit is broken")
    parser.add_argument("--profile", metavar="PAGE", help="where the time of one page goes")
    parser.add_argument("--sql", metavar="PAGE", help="the queries of one page")
    return parser


def _environment(folder: Path) -> None:
    """What differs from the environment we were given, for us and for the servers."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    os.environ["PARVIS_STATIC_ROOT"] = str(folder / "static")
    os.environ["PARVIS_PUBLIC_URL"] = "http://127.0.0.1"
    os.environ["PARVIS_ALLOWED_HOSTS"] = "127.0.0.1"
    os.environ["PARVIS_DEBUG"] = "0"


def _set_up() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("prepare")


def _build(accounts: int, requests: int) -> None:
    from tests.benchmarks import town

    start = time.monotonic()
    town.build(accounts=accounts, requests=requests)
    town.vacuum()
    sys.stderr.write(f"the town took {time.monotonic() - start:.0f} s\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
