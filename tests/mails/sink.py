"""A real SMTP server for the tests: it keeps what it is given, and fails as it is told."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event, Lock

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

OK = "250 OK"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Sink:
    """Mails in the order they came. `at_rcpt` and `at_data` may answer anything but 250.

    `hold_after` = n keeps the sender of the nth mail waiting for its answer: the mail is here, and
    the sender does not know it.
    """

    def __init__(self) -> None:
        self.password: bytes | None = None
        self._lock = Lock()
        self.reset()

    def reset(self) -> None:
        """Forget what came, and fail no more."""
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.at_rcpt: Callable[[str], str] = lambda address: OK
        self.at_data: Callable[[EmailMessage], str] = lambda mail: OK
        self.delay = 0.0
        self.hold_after: int | None = None
        self.held = Event()

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.at_rcpt(address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.original_content, policy=policy.default)
        answer = self.at_data(mail)
        if answer == OK:
            with self._lock:
                self.mails.append(mail)
                self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
                rank = len(self.mails)
            if rank == self.hold_after:
                self.held.set()
                await asyncio.sleep(60)
        if self.delay:
            await asyncio.sleep(self.delay)
        return answer

    def authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        known = data.password == self.password
        return AuthResult(success=known, handled=known)

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    @property
    def recipients(self) -> list[str]:
        return [address for _sender, addresses in self.envelopes for address in addresses]

    def wait_for(self, count: int, seconds: float) -> float:
        """Wait until `count` mails are here; return after how long, or fail."""
        start = time.monotonic()
        while len(self.mails) < count:
            elapsed = time.monotonic() - start
            assert elapsed < seconds, f"{len(self.mails)} of {count} mails after {elapsed:.1f} s"
            time.sleep(0.02)
        return time.monotonic() - start


@contextmanager
def listening(sink: Sink, port: int | None = None) -> Iterator[int]:
    """Serve `sink` on 127.0.0.1; give the port."""
    port = port or free_port()
    auth = {"authenticator": sink.authenticate, "auth_require_tls": False} if sink.password else {}
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # every word of every session
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # passwords without encryption: never outside of this machine
        controller = Controller(sink, hostname="127.0.0.1", port=port, ready_timeout=10, **auth)
        controller.start()
    try:
        yield port
    finally:
        controller.stop()


def route(settings, port: int, **others: object) -> None:
    """Make Django's mails leave to a port of this machine, over SMTP."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
    for name, value in others.items():
        setattr(settings, name, value)
