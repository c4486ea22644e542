"""Rounds of load; the reference pages run around every few of ours, so that noise hits both."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.client import Hit, Outcome, load
from tests.benchmarks.pages import BY_NAME, Page
from tests.benchmarks.scene import Scene
from tests.benchmarks.servers import Server, database_cpu

GROUP = 4  # of our pages between two looks at the references
WARM_SECONDS = 0.5


@dataclass(frozen=True)
class Slice:
    """One page for a moment: CPU of one request, in ms, of the web server and of PostgreSQL."""

    requests: int
    elapsed: float
    web: float
    database: float | None

    @property
    def total(self) -> float:
        return self.web + (self.database or 0.0)


@dataclass
class Result:
    """All that was measured of a page."""

    page: Page
    latencies: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    slices: list[Slice] = field(default_factory=list)
    # To the reference page of its limit, a value a slice: web alone, web and database.
    ratios: list[tuple[float, float]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        elapsed = sum(s.elapsed for s in self.slices)
        return sum(s.requests for s in self.slices) / elapsed if elapsed else 0.0

    @property
    def web(self) -> float:
        return statistics.median(s.web for s in self.slices)

    @property
    def database(self) -> float | None:
        known = [s.database for s in self.slices if s.database is not None]
        return statistics.median(known) if known else None

    def percentile(self, share: float) -> float:
        """Latency in milliseconds that this share of the requests stays under."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)]


class Bench:
    """Two servers, a scene, and what was measured so far."""

    def __init__(self, servers: dict[str, Server], scene: Scene, connections: int) -> None:
        self._servers, self._scene, self._connections = servers, scene, connections
        self._streams: dict[str, Iterator[Hit]] = {}
        self.results: dict[str, Result] = {}

    def warm(self, pages: Sequence[Page]) -> None:
        """Lazy imports, caches and connections are not what is measured."""
        for page in pages:
            self._load(page, WARM_SECONDS)

    def round(self, references: Sequence[Page], ours: Sequence[Page], seconds: float) -> None:
        """Measure each page once, and the references around each group of them."""
        before = self._references(references, seconds)
        for start in range(0, len(ours), GROUP):
            group = [(page, self._slice(page, seconds)) for page in ours[start : start + GROUP]]
            after = self._references(references, seconds)
            for page, measured in group:
                self._compare(page, measured, before, after)
            before = after

    def _references(self, pages: Sequence[Page], seconds: float) -> dict[str, Slice]:
        measured = {page.name: self._slice(page, seconds) for page in pages}
        return {name: one for name, one in measured.items() if one is not None}

    def _compare(
        self, page: Page, measured: Slice | None, before: dict[str, Slice], after: dict[str, Slice]
    ) -> None:
        if page.limit is None or measured is None:
            return
        around = [found[page.limit.of] for found in (before, after)]
        web = statistics.mean(s.web for s in around)
        total = statistics.mean(s.total for s in around)
        self.results[page.name].ratios.append((measured.web / web, measured.total / total))

    def _slice(self, page: Page, seconds: float) -> Slice | None:
        """Measure a page once and keep it; None when not a request was answered."""
        result = self.results.setdefault(page.name, Result(page))
        server = self._servers[page.side]
        web, database = server.cpu(), database_cpu()
        outcome = self._load(page, seconds)
        web, database_after = server.cpu() - web, database_cpu()
        result.faults += outcome.faults
        count = len(outcome.latencies)
        if not count:
            return None
        result.latencies += outcome.latencies
        taken = sum(cpu - database.get(pid, 0.0) for pid, cpu in database_after.items())
        measured = Slice(
            requests=count,
            elapsed=outcome.elapsed,
            web=1000 * web / count,
            database=1000 * taken / count if database_after else None,
        )
        result.slices.append(measured)
        return measured

    def _load(self, page: Page, seconds: float) -> Outcome:
        if page.name not in self._streams:
            self._streams[page.name] = page.stream(self._scene)
        return load(
            self._servers[page.side].port,
            self._streams[page.name],
            connections=self._connections,
            seconds=seconds,
        )


def needed_references(ours: Sequence[Page]) -> list[Page]:
    """Return the reference pages that the limits of these pages look at."""
    names = {page.limit.of for page in ours if page.limit}
    return [BY_NAME[name] for name in ("d", "f") if name in names]
