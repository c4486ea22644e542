"""What every test stands on: real PostgreSQL, no network, a client that refuses what pages must
not do.
"""

from __future__ import annotations

import os
import re
import socket
from typing import ClassVar

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.client import ClientHandler
from django.test.utils import CaptureQueriesContext, override_settings

# Playwright runs an event loop in the thread of the test; Django would refuse the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# Tables that a GET may write to (architecture.md, Security).
WRITABLE_ON_GET = (
    "accounts_sessioncompte",
    "audit_auditevent",
    "captcha_captchastore",
    "kernel_throttle",
)
_WRITE = re.compile(r'^\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)
_UNRENDERED = re.compile(r"\{\{|\{%|\{#")
_connect = socket.socket.connect


def _only_loopback(self: socket.socket, address: object) -> None:
    if self.family != socket.AF_UNIX:
        host = str(address[0])  # type: ignore[index]
        if not (host.startswith("127.") or host in {"::1", "localhost"}):
            raise RuntimeError(f"tests reach no network: {host}")
    _connect(self, address)  # type: ignore[arg-type]


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """Let nothing out but to this machine."""
    socket.socket.connect = _only_loopback  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def static_files(tmp_path_factory: pytest.TempPathFactory):
    """Collect static files once a worker, as production serves them."""
    with override_settings(STATIC_ROOT=str(tmp_path_factory.mktemp("static"))):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield


@pytest.fixture(autouse=True)
def empty_process_caches():
    """Forget what another test's database said."""
    from demarches.queries import catalogue

    catalogue._cache._held = None


class StrictClient(Client):
    """Django's test client, which fails on what no page of ours may do."""

    _handlers: ClassVar[dict[bool, ClientHandler]] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # WhiteNoise reads every static file for each new handler: clients share one.
        self.handler = self._handlers.setdefault(self.handler.enforce_csrf_checks, self.handler)

    def request(self, **request):
        with CaptureQueriesContext(connection) as queries:
            response = super().request(**request)
        if request.get("REQUEST_METHOD") in {"GET", "HEAD"}:
            refuse_writes(queries.captured_queries)
        refuse_bad_html(response)
        return response


def refuse_writes(queries) -> None:
    """Fail when a GET wrote anything but session, audit, captcha and throttle rows."""
    for query in queries:
        match = _WRITE.match(query["sql"])
        assert not match or match[2] in WRITABLE_ON_GET, f"a GET wrote: {query['sql'][:200]}"


def refuse_bad_html(response) -> None:
    """Fail on inline script or style, and on template tags that were not rendered."""
    if not response.get("Content-Type", "").startswith("text/html") or response.streaming:
        return
    html = response.content.decode()
    if response.wsgi_request.path.startswith("/admin/"):
        return  # Django's own pages
    inline = _INLINE.search(html)
    if inline:
        place = html[max(0, inline.start() - 80) : inline.end() + 80]
        raise AssertionError(f"inline script or style: {place}")
    assert not _UNRENDERED.search(html), "a template tag was not rendered"


@pytest.fixture
def client() -> Client:
    return StrictClient()


@pytest.fixture
def log_in():
    """Return a function that gives a client logged in as an account."""

    def make(compte) -> Client:
        client = StrictClient()
        client.force_login(compte)
        return client

    return make


@pytest.fixture
def max_queries():
    """Return a context manager that captures queries and gives their number without savepoints."""

    class Counter:
        def __enter__(self):
            self._context = CaptureQueriesContext(connection)
            self._context.__enter__()
            return self

        def __exit__(self, *exc):
            self._context.__exit__(*exc)
            skipped = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "BEGIN", "COMMIT")
            self.sql = [
                q["sql"] for q in self._context.captured_queries if not q["sql"].startswith(skipped)
            ]
            self.count = len(self.sql)

    return Counter
