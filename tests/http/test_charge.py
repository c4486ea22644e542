"""The web alone: it files whatever becomes of the broker, and slow clients hold nobody up."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.db import connection

from demarches.models import Demande
from demarches.states import Etat
from portal.notifications.delivery import drain
from portal.notifications.models import OutgoingMessage, State
from tests.factories import VersionDemarcheFactory
from tests.portal.captcha.helpers import answer
from tests.serveur import Navigateur, free_port, web

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CLIENTS = 20


def file_a_request(address: str, code: str, rank: int) -> str:
    """File one request as a resident without scripts; return the ticket number."""
    browser = Navigateur(address)
    browser.get(f"/demarches/{code}/")
    browser.post(f"/demarches/{code}/commencer/", {})
    me = {"nom": f"N’Guyen {rank}", "prenoms": "Élodie", "courriel": f"e{rank}@exemple.fr"}
    browser.post(browser.url, me)
    browser.post(browser.url, {"objet": "Un lampadaire"})
    try:
        code_copied = answer(browser.html)
    finally:
        connection.close()  # this thread's own
    browser.post(browser.url, code_copied)
    number = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", browser.html)
    assert number, f"{browser.status} {browser.url}"
    return number[0]


def test_six_clicks_at_once_send_once_and_say_so():
    """A code serves once; the clicks that find it spent lead to the confirmation all the same."""
    version = VersionDemarcheFactory()
    with web() as address, ThreadPoolExecutor(6) as pool:
        browser = Navigateur(address)
        browser.get(f"/demarches/{version.demarche.code}/")
        browser.post(f"/demarches/{version.demarche.code}/commencer/", {})
        me = {"nom": "Martin", "prenoms": "Zoé", "courriel": "zoe@exemple.fr"}
        browser.post(browser.url, me)
        browser.post(browser.url, {"objet": "Un lampadaire"})
        form = answer(browser.html)
        clicks = [browser.copy() for _click in range(6)]
        list(pool.map(lambda click: click.post(click.url, form), clicks))

    assert {click.url.rsplit("/", 2)[1] for click in clicks} == {"envoyee"}
    assert Demande.objects.filter(etat=Etat.DEPOSEE).count() == 1


@contextmanager
def hanging_broker() -> Iterator[str]:
    """A broker that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(200)
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


@contextmanager
def stopped_broker() -> Iterator[str]:
    """A broker that is not there."""
    yield f"redis://127.0.0.1:{free_port()}/0"


@pytest.mark.parametrize("broker", [stopped_broker, hanging_broker])
def test_twenty_people_file_while_the_broker_is_down(broker):
    version = VersionDemarcheFactory()
    with broker() as url, web(REDIS_URL=url) as address, ThreadPoolExecutor(CLIENTS) as pool:
        code = version.demarche.code
        numbers = list(pool.map(lambda rank: file_a_request(address, code, rank), range(CLIENTS)))

    assert len(set(numbers)) == CLIENTS
    assert Demande.objects.filter(etat=Etat.DEPOSEE, numero__in=numbers).count() == CLIENTS
    assert OutgoingMessage.objects.filter(state=State.QUEUED).count() == CLIENTS
    drain()
    told = {number for message in mail.outbox for number in numbers if number in message.subject}
    assert told == set(numbers)
    assert len(mail.outbox) == CLIENTS


def slow_upload(port: int) -> socket.socket:
    """Begin a POST of 1 MB and send only its first bytes; the view waits for the rest."""
    client = socket.create_connection(("127.0.0.1", port))
    head = "POST /suivi/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n"
    head += f"Cookie: csrf={'a' * 32}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    client.sendall(f"{head}\r\nnumero=".encode())
    return client


def slow_download(port: int) -> socket.socket:
    """Ask for a page and read nothing of it."""
    client = socket.create_connection(("127.0.0.1", port))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    client.sendall(b"GET /demarches/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return client


def test_slow_uploads_and_downloads_leave_the_home_page_quick():
    with web() as address:
        Navigateur(address).get("/")  # the first page of a process also loads its templates
        port = urlsplit(address).port
        assert port is not None
        slow = [make(port) for make in (slow_upload, slow_download) for _rank in range(8)]
        time.sleep(0.5)
        try:
            times = []
            for _round in range(10):
                start = time.monotonic()
                browser = Navigateur(address)
                browser.get("/")
                times.append(time.monotonic() - start)
                assert browser.status == 200
        finally:
            for client in slow:
                client.close()

    assert max(times) < 1, times
