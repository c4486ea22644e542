"""A small HTTP client: keep-alive connections, one thread each, every answer checked.

Written on sockets because `http.client` takes as much CPU as some of our pages, on the same
machine.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Thread
from urllib.parse import urlencode

TIMEOUT = 20.0


@dataclass(frozen=True)
class Hit:
    """One request to send, and what must come back."""

    path: str
    cookies: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] | None = None  # sent by POST when given
    status: int = 200
    leads_to: str = ""  # the end of the address of a redirection

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies)

    @property
    def body(self) -> bytes:
        return urlencode(self.form or ()).encode()

    def message(self, host: str) -> bytes:
        """Return the request as it goes on the wire."""
        lines = [f"{'GET' if self.form is None else 'POST'} {self.path} HTTP/1.1", f"Host: {host}"]
        if self.cookies:
            lines.append(f"Cookie: {self.cookie}")
        if self.form is not None:
            lines.append("Content-Type: application/x-www-form-urlencoded")
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "Accept-Language: fr", "", ""]).encode() + self.body


@dataclass
class Outcome:
    """What a slice of load gave."""

    latencies: list[float] = field(default_factory=list)  # seconds
    faults: list[str] = field(default_factory=list)
    elapsed: float = 0.0


class Connection:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def send(self, hit: Hit) -> str:
        """Send a request and read its answer to the end; return "" or what is wrong with it."""
        self._socket.sendall(hit.message(self.host))
        head, self._rest = self._until_head()
        status = int(head[9:12])
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        self._skip(int(headers[b"content-length"]))
        location = headers.get(b"location", b"").decode()
        if status != hit.status or not location.endswith(hit.leads_to.lower()):
            return f"{hit.path}: {status} {location}"
        return ""

    def close(self) -> None:
        self._socket.close()

    def _until_head(self) -> tuple[bytes, bytes]:
        data = self._rest
        while b"\r\n\r\n" not in data:
            data += self._receive()
        head, _, rest = data.partition(b"\r\n\r\n")
        return head, rest

    def _skip(self, length: int) -> None:
        missing = length - len(self._rest)
        while missing > 0:
            missing -= len(self._receive())
        self._rest = b""

    def _receive(self) -> bytes:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data


def load(port: int, hits: Iterator[Hit], *, connections: int, seconds: float) -> Outcome:
    """Send `hits` for some seconds, or until there are none left."""
    outcome = Outcome()
    opened = [Connection(port) for _ in range(connections)]
    start = time.perf_counter()
    deadline = start + seconds
    threads = [Thread(target=_drive, args=(c, hits, deadline, outcome)) for c in opened]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.elapsed = time.perf_counter() - start
    for connection in opened:
        connection.close()
    return outcome


def _drive(connection: Connection, hits: Iterator[Hit], deadline: float, outcome: Outcome) -> None:
    # Appending to a list and taking the next of a list's iterator are atomic under the GIL.
    while (start := time.perf_counter()) < deadline:
        hit = next(hits, None)
        if hit is None:
            return
        try:
            fault = connection.send(hit)
        except (OSError, KeyError, ValueError) as error:
            outcome.faults.append(f"{hit.path}: {error!r}")
            return
        outcome.latencies.append(time.perf_counter() - start)
        if fault:
            outcome.faults.append(fault)
