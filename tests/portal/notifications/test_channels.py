"""A provider instead of a mail server: the same rows leave over its interface."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from portal.notifications import delivery
from portal.notifications.models import State
from portal.settings.env import email_route
from tests.mails.announce import announce

pytestmark = pytest.mark.django_db


class Provider:
    """What a provider was sent, and what it answers."""

    def __init__(self) -> None:
        self.posts: list[dict] = []
        self.status, self.body = 201, {"messageId": "<1@provider>"}


@contextmanager
def serving(provider: Provider) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            provider.posts.append(json.loads(sent) | {"key": self.headers["api-key"]})
            body = json.dumps(provider.body).encode()
            self.send_response(provider.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v3/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def provider(settings):
    provider = Provider()
    with serving(provider) as url:
        chosen = email_route(f"anymail://brevo?API_KEY=cle&API_URL={url}")
        settings.EMAIL_BACKEND = chosen.backend
        for name, value in chosen.settings.items():
            setattr(settings, name, value)
        yield provider


def test_message_leaves_by_the_provider(provider):
    message = announce()

    delivery.drain()

    message.refresh_from_db()
    assert message.state == State.SENT
    (post,) = provider.posts
    assert post["key"] == "cle"
    assert post["to"] == [{"email": "elodie@exemple.fr"}]
    assert post["subject"] == message.subject
    assert post["textContent"] == message.body_text
    assert post["htmlContent"] == message.body_html
    assert str(message.uuid) in json.dumps(post["headers"]), "the Message-ID goes along"


@pytest.mark.parametrize("status", [429, 500, 503, 401])
def test_provider_in_trouble_is_asked_again(provider, status):
    provider.status, provider.body = status, {"message": "no"}
    message = announce()

    delivery.drain()

    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.RETRY, 1)


def test_demonstration_lets_nothing_out_and_goes_on(settings):
    settings.EMAIL_BACKEND = email_route("demo:").backend
    message = announce()

    assert delivery.drain() == 1

    message.refresh_from_db()
    assert message.state == State.SENT
