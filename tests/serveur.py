"""The real web server (granian, as in production) on the test database, and a small HTTP client."""

from __future__ import annotations

import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from tests import database


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def web(**environment: str) -> Iterator[str]:
    """Run the server and give its address; `environment` changes the settings (REDIS_URL…)."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    env = os.environ | {
        "DATABASE_URL": database.url(),
        "PARVIS_PUBLIC_URL": address,
        "PARVIS_ALLOWED_HOSTS": "127.0.0.1",
        "PARVIS_STATIC_ROOT": settings.STATIC_ROOT,
        "PARVIS_PROCESS": "web",
        **environment,
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "portal.wsgi:application"]
    command += ["--workers", "2", "--blocking-threads", "16"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(command, env=env)
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped with code {process.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/sante/", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start in 30 s")


class Navigateur:
    """A browser without scripts: cookies, redirections, forms with their CSRF token."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._cookies = http.cookiejar.CookieJar()
        jar = urllib.request.HTTPCookieProcessor(self._cookies)
        self._opener = urllib.request.build_opener(jar)
        self.url = ""
        self.html = ""
        self.status = 0

    def copy(self) -> Navigateur:
        """Return the same browser at the same page, for a click at the same moment."""
        other = Navigateur(self.address)
        for cookie in self._cookies:
            other._cookies.set_cookie(cookie)
        other.url, other.html = self.url, self.html
        return other

    def get(self, path: str) -> str:
        return self._open(urllib.request.Request(self._absolute(path)))

    def post(self, path: str, data: dict[str, str]) -> str:
        """Send a form of the page shown last (its CSRF token goes with it)."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.html)
        fields = {"csrfmiddlewaretoken": token[1] if token else "", **data}
        body = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(self._absolute(path), data=body)
        return self._open(request)

    def _absolute(self, path: str) -> str:
        return path if path.startswith("http") else self.address + path

    def _open(self, request: urllib.request.Request) -> str:
        try:
            with self._opener.open(request, timeout=30) as response:
                self.status, self.url = response.status, response.url
                self.html = response.read().decode()
        except urllib.error.HTTPError as error:
            self.status, self.url, self.html = error.code, error.url or "", error.read().decode()
        return self.html
