"""The real application on a free port, in a thread of the test process.

pytest-django's `live_server` looks static files up by the names they have before collecting, and
knows none of the names that pages ask for; here WhiteNoise serves what collectstatic wrote, as in
production. In the test process, so that settings a test overrides hold, and a failure is seen.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.signals import got_request_exception, request_finished, request_started
from django.core.wsgi import get_wsgi_application


class Server:
    """The site at `url` between `start` and `stop`; `failures` holds what raised meanwhile."""

    def __init__(self) -> None:
        self.failures: list[str] = []
        self._running = 0
        self._gate = threading.Event()
        self._gate.set()
        self._changed = threading.Condition()
        self._httpd = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet, allow_reuse_address=False)
        self._httpd.set_app(get_wsgi_application())
        self._thread = threading.Thread(target=self._httpd.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._httpd.server_port}"

    def start(self) -> None:
        # Named by their sender: Django's test client sends these signals too.
        request_started.connect(self._began, sender=WSGIHandler)
        request_finished.connect(self._ended, sender=WSGIHandler)
        got_request_exception.connect(self._failed)
        self._thread.start()

    def stop(self) -> None:
        self._httpd.shutdown()
        self._thread.join()
        self._httpd.server_close()
        got_request_exception.disconnect(self._failed)
        request_finished.disconnect(self._ended, sender=WSGIHandler)
        request_started.disconnect(self._began, sender=WSGIHandler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep everyone waiting, as a slow network does; then answer all at once."""
        self._gate.clear()
        try:
            yield
        finally:
            self._gate.set()

    def settle(self) -> None:
        """Wait for the answers under way: the tables are emptied after each test."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._running == 0, timeout=10)

    def _began(self, **_: Any) -> None:
        self._count(1)
        self._gate.wait(10)

    def _ended(self, **_: Any) -> None:
        self._count(-1)

    def _count(self, step: int) -> None:
        with self._changed:
            self._running += step
            self._changed.notify_all()

    def _failed(self, **_: Any) -> None:
        self.failures.append("".join(traceback.format_exception(*sys.exc_info())))


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass
