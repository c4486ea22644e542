"""One page in this process, without a server: its queries, and where its time goes."""

from __future__ import annotations

import cProfile
import io
import pstats
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.benchmarks.client import Hit
from tests.benchmarks.pages import PLAIN, Page
from tests.benchmarks.reference.conf import reference_project
from tests.benchmarks.scene import Scene

# The architecture counts queries, not the marks of transactions.
MARKS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "BEGIN", "COMMIT")
SAMPLES = 3
OWN_FILES = r"/(portal|accounts|demarches|templates|benchmarks/reference)/"


@dataclass(frozen=True)
class Counted:
    """Queries of a page (the most of what was asked), or why it does not answer as it should."""

    queries: int = 0
    bytes: int = 0
    fault: str = ""


def count(page: Page, scene: Scene) -> Counted:
    """Ask a page a few times, warm; with few rows and with many where that may differ."""
    hits = [*islice(page.stream(scene), SAMPLES), *page.extremes(scene)]
    most = size = 0
    with project_of(page):
        for rank, hit in enumerate(hits):
            try:
                queries, content = _ask(hit)
            except Exception as error:
                return Counted(fault=f"{type(error).__name__}: {error}")
            if rank:  # the first one fills caches that every other finds full
                most, size = max(most, len(queries)), max(size, len(content))
    return Counted(most, size)


def queries_of(page: Page, scene: Scene) -> list[str]:
    """Return the SQL of a page, warm."""
    with project_of(page):
        first, second = islice(page.stream(scene), 2)
        _ask(first)
        return _ask(second)[0]


def profile(page: Page, scene: Scene, *, requests: int, lines: int) -> str:
    """Return the functions of a page by cumulative time over some requests, warm."""
    stream = page.stream(scene)
    with project_of(page):
        client = _client()
        for hit in islice(stream, 5):
            _send(client, hit)
        profiler = cProfile.Profile()
        hits = list(islice(stream, requests))
        profiler.enable()
        _all(client, hits)
        profiler.disable()
    text = io.StringIO()
    stats = pstats.Stats(profiler, stream=text)
    stats.sort_stats("cumulative").print_stats(lines)
    text.write("The same, in our own files only:\n")
    stats.print_stats(OWN_FILES, lines // 2)
    return f"{page.name}: {len(hits)} requests\n{text.getvalue()}"


def project_of(page: Page) -> AbstractContextManager[None]:
    """Be the reference project while one of its pages is asked."""
    return reference_project() if page.side == PLAIN else nullcontext()


def _all(client: Client, hits: Iterable[Hit]) -> None:
    for hit in hits:
        _send(client, hit)


def _ask(hit: Hit) -> tuple[list[str], bytes]:
    with CaptureQueriesContext(connection) as captured:
        content = _send(_client(), hit)
    queries = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in queries if not sql.startswith(MARKS)], content


def _client() -> Client:
    return Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")


def _send(client: Client, hit: Hit) -> bytes:
    client.cookies.clear()
    response = client.generic(
        "GET" if hit.form is None else "POST",
        hit.path,
        hit.body,
        content_type="application/x-www-form-urlencoded",
        HTTP_COOKIE=hit.cookie,
    )
    if response.status_code != hit.status:
        raise AssertionError(f"{hit.path} answered {response.status_code}, not {hit.status}")
    return response.content
