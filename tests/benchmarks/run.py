"""One run: queries in process, then the load on the two servers, then the table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import inprocess, report
from tests.benchmarks.client import Hit
from tests.benchmarks.measure import Bench, Result, needed_references
from tests.benchmarks.pages import BY_NAME, MINE, OURS, PLAIN, Page
from tests.benchmarks.scene import Scene, prepare
from tests.benchmarks.servers import Server, serving

# A draft is filed once: enough of them for the fastest machine.
FILED_A_SECOND = 400
PROFILED, LINES = 100, 40


def run(options: argparse.Namespace, folder: Path) -> int:
    """Do what the options ask in the town that is there; return the exit code."""
    unknown = {*options.pages, options.profile, options.sql} - {*BY_NAME, None}
    if unknown:
        sys.stderr.write(f"unknown: {', '.join(unknown)}; the pages are {', '.join(BY_NAME)}\n")
        return 2
    pages = [page for page in OURS if page.name in options.pages or not options.pages]
    slices = options.seconds * (options.rounds + 1)
    scene = prepare(drafts=PROFILED * 2 + int(FILED_A_SECOND * slices))
    if options.profile:
        page = BY_NAME[options.profile]
        print(inprocess.profile(page, scene, requests=PROFILED, lines=LINES))
        return 0
    if options.sql:
        print("\n\n".join(inprocess.queries_of(BY_NAME[options.sql], scene)))
        return 0
    return _measure(pages, scene, options, folder)


def _measure(pages: Sequence[Page], scene: Scene, options: argparse.Namespace, folder: Path) -> int:
    references = needed_references(pages) or [BY_NAME["d"]]
    counted = {
        page.name: inprocess.count(page, scene) for page in (BY_NAME["c"], *references, *pages)
    }
    answering = [page for page in (BY_NAME["c"], *pages) if not counted[page.name].fault]
    with ExitStack() as stack:
        servers = {
            MINE: stack.enter_context(serving("portal.wsgi:application", folder / "parvis.log")),
            PLAIN: stack.enter_context(
                serving("tests.benchmarks.wsgi:application", folder / "reference.log")
            ),
        }
        servers[MINE].wait(Hit("/sante/"))
        servers[PLAIN].wait(Hit("/c/", scene.plain[0]))
        bench = Bench(servers, scene, options.connections)
        bench.warm([*references, *answering])
        first = servers[MINE].memory()
        for _ in range(options.rounds):
            bench.round(references, answering, options.seconds)
        memory = _memory(servers[MINE], first)
    return _report(bench.results, counted, memory, options)


def _memory(server: Server, first: float) -> list[str]:
    last = server.memory()
    print(f"memory of our web process: {first:.0f} MB after warm-up, {last:.0f} MB at the end")
    return [f"memory: {last:.0f} MB"] if last > report.MEMORY_LIMIT else []


def _report(
    results: dict[str, Result],
    counted: dict[str, inprocess.Counted],
    broken: list[str],
    options: argparse.Namespace,
) -> int:
    print(report.table(results, counted))
    print(report.faults(results, counted))
    broken = [*broken, *report.broken(results, counted)]
    print("broken limits: " + ("; ".join(broken) or "none"))
    return 1 if broken and options.strict else 0
