"""The table that a run prints, and what it says of the limits."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from tests.benchmarks.inprocess import Counted
from tests.benchmarks.measure import Result

MEMORY_LIMIT = 150.0  # MB of a web process
HEAD = (
    *("page", "kB", "req/s", "median", "p99", "web CPU", "PG CPU", "ratio", "(min-max)", "with PG"),
    *("limit", "queries", "limit", "verdict"),
)


def table(results: Mapping[str, Result], counted: Mapping[str, Counted]) -> str:
    """Return a line a page; times in milliseconds, CPU for one request."""
    rows = [HEAD, *(_row(results.get(name), name, counted[name]) for name in counted)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEAD))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def broken(results: Mapping[str, Result], counted: Mapping[str, Counted]) -> list[str]:
    """Return the limits that do not hold, as « page: what »."""
    return [
        f"{name}: {fault}"
        for name, one in counted.items()
        for fault in verdicts(results.get(name), one)
        if fault != SLOW_TAIL
    ]


SLOW_TAIL = "p99"  # shown, and not held against a page: other programs of the machine make it too


def verdicts(result: Result | None, counted: Counted) -> list[str]:
    """Return what is wrong with a page; an empty list is a good page."""
    if counted.fault:
        return ["no answer"]
    if result is None or not result.slices:
        return ["not measured"]
    found = ["errors"] if result.faults else []
    limit = result.page.limit
    if limit is None:
        return found
    if len(result.latencies) >= 100 and result.percentile(0.99) > 3 * result.percentile(0.5):
        found.append(SLOW_TAIL)
    if max(_ratios(result)) > limit.ratio:
        found.append("CPU")
    if counted.queries > limit.queries:
        found.append("queries")
    return found


def faults(results: Mapping[str, Result], counted: Mapping[str, Counted]) -> str:
    """Return one line for each page that did not answer as it should."""
    lines = [f"{name}: {one.fault}" for name, one in counted.items() if one.fault]
    lines += [
        f"{name}: {len(result.faults)} errors, the first: {result.faults[0]}"
        for name, result in results.items()
        if result.faults
    ]
    return "\n".join(lines)


def _ratios(result: Result) -> tuple[float, float]:
    """CPU against the reference page: web alone, then with PostgreSQL; the larger one is judged."""
    if not result.ratios:
        return 0.0, 0.0
    return (
        statistics.median(web for web, _total in result.ratios),
        statistics.median(total for _web, total in result.ratios),
    )


def _row(result: Result | None, name: str, counted: Counted) -> Sequence[str]:
    verdict = " ".join(verdicts(result, counted)) or "ok"
    if result is None or not result.slices:
        return (name, *("",) * (len(HEAD) - 2), verdict)
    limit = result.page.limit
    ratio = limits = spread = with_database = ""
    if limit and result.ratios:
        web, total = _ratios(result)
        ratio, with_database, limits = f"{web:.2f}", f"{total:.2f}", f"{limit.ratio} {limit.of}"
        only = [one for one, _total in result.ratios]
        spread = f"{min(only):.2f}-{max(only):.2f}"
    database = "" if result.database is None else f"{result.database:.2f}"
    return (
        name,
        f"{counted.bytes / 1000:.1f}",
        f"{result.rate:.0f}",
        f"{result.percentile(0.5):.1f}",
        f"{result.percentile(0.99):.1f}",
        f"{result.web:.2f}",
        database,
        ratio,
        spread,
        with_database,
        limits,
        str(counted.queries),
        str(limit.queries) if limit else "",
        verdict,
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, last = row[0].ljust(widths[0]), row[-1]
    middle = (cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True))
    return "  ".join([first, *middle, last])
