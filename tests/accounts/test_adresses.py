"""The address base: off without configuration, silent when it fails, never in a transaction."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction

from accounts.models import Foyer
from accounts.services import adresses
from tests.accounts.inscrire import REPONSES, envoyer, remplir
from tests.factories import CompteFactory

FEATURE = {
    "label": "12 Rue des Tilleuls 49999 Clairval-sur-Loire",
    "name": "12 Rue des Tilleuls",
    "postcode": "49999",
    "city": "Clairval-sur-Loire",
}


class Base:
    """A small server that answers as the national base does (its addok API)."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.answer: bytes = self.features(FEATURE)
        self.status, self.delay = 200, 0.0
        base = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                base.asked.append(parse_qs(urlsplit(self.path).query))
                time.sleep(base.delay)
                self.send_response(base.status)
                self.end_headers()
                self.wfile.write(base.answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @staticmethod
    def features(*properties: object) -> bytes:
        return json.dumps({"features": [{"properties": each} for each in properties]}).encode()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def base(settings) -> Iterator[Base]:
    server = Base()
    settings.ADRESSES_URL = server.url
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.mark.django_db
def test_off_there_is_no_page_no_script_and_no_call(client):
    assert client.get("/adresses/?q=12 rue des Tilleuls").status_code == 404
    remplir(client, jusqu_a="adresse")
    page = client.get("/inscription/adresse/").content.decode()
    assert "addresses" not in page
    assert "data-adresses" not in page
    assert adresses.completer("12 rue des Tilleuls") == []


@pytest.mark.django_db(transaction=True)
def test_proposes_what_the_base_knows(client, base):
    answer = client.get("/adresses/", {"q": " 12 rue  des Til"})

    assert answer.json() == {
        "adresses": [
            {
                "libelle": FEATURE["label"],
                "voie": "12 Rue des Tilleuls",
                "code_postal": "49999",
                "commune": "Clairval-sur-Loire",
            }
        ]
    }
    assert base.asked == [{"q": ["12 rue des Til"], "limit": ["5"], "autocomplete": ["1"]}]
    remplir(client, jusqu_a="adresse")
    page = client.get("/inscription/adresse/").content.decode()
    assert 'data-adresses="/adresses/"' in page
    assert "js/addresses" in page


@pytest.mark.django_db(transaction=True)
def test_too_short_is_not_asked(client, base):
    assert client.get("/adresses/", {"q": "12"}).json() == {"adresses": []}
    assert base.asked == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"features": 3}',
        b'{"features": [3]}',
        b'{"features": [{}]}',
        Base.features({"label": "sans le reste"}),
        Base.features({**FEATURE, "postcode": 49999}),
        b"\xff\xfe",
        b'{"features": [' + b" " * 200_000 + b"]}",
    ],
)
def test_answers_that_make_no_sense_are_no_answer(client, base, answer):
    base.answer = answer

    assert client.get("/adresses/", {"q": "12 rue des Tilleuls"}).json() == {"adresses": []}


@pytest.mark.django_db(transaction=True)
def test_errors_and_silence_are_no_answer(client, base, monkeypatch, settings):
    base.status = 500
    assert adresses.completer("12 rue des Tilleuls") == []
    monkeypatch.setattr(adresses, "SECONDES", 0.1)
    base.status, base.delay = 200, 0.4
    assert adresses.completer("12 rue des Tilleuls") == []
    settings.ADRESSES_URL = "http://127.0.0.1:9"  # nobody listens there
    assert adresses.completer("12 rue des Tilleuls") == []
    assert adresses.discordance(REPONSES["adresse"]) == ""


@pytest.mark.django_db
def test_is_never_asked_in_a_transaction(base):
    with pytest.raises(RuntimeError), transaction.atomic():
        adresses.completer("12 rue des Tilleuls")
    assert base.asked == []


@pytest.mark.parametrize(
    ("code", "commune", "warned"),
    [
        ("49999", "Clairval-sur-Loire", False),
        ("49999", "CLAIRVAL SUR LOIRE", False),
        ("49999", "Clairval-sur-Loire Cedex 9", False),
        ("49999", "Lyon", True),
        ("75001", "Clairval sur Loire", True),
        ("75001", "Lyon", False),  # not ours: nothing is known of them
    ],
)
def test_without_a_base_only_our_own_town_is_known(code, commune, warned):
    typed = REPONSES["adresse"] | {"code_postal": code, "commune": commune}

    assert bool(adresses.discordance(typed)) is warned
    assert adresses.discordance(typed | {"pays": "BE"}) == ""


def test_town_without_a_readable_address(settings):
    settings.TOWN = {**settings.TOWN, "adresse": "Place de la Mairie"}

    assert adresses.discordance(REPONSES["adresse"] | {"commune": "Lyon"}) == ""


@pytest.mark.django_db(transaction=True)
def test_base_knows_all_towns(base):
    typed = REPONSES["adresse"] | {"code_postal": "75001", "commune": "Lyon"}
    base.answer = Base.features()
    assert "75001" in adresses.discordance(typed)
    assert base.asked[0]["postcode"] == ["75001"]
    base.answer = Base.features(FEATURE)
    assert adresses.discordance(typed) == ""


@pytest.mark.django_db
def test_warning_at_sign_up_is_passed_by_going_on(client):
    remplir(client, jusqu_a="adresse")

    response = envoyer(client, "adresse", commune="Lyon")

    page = response.content.decode()
    assert response.status_code == 422
    assert "ne semble pas être celui de « Lyon »" in page
    assert 'value="Lyon"' in page
    passed = envoyer(client, "adresse", commune="Lyon", adresse_verifiee="49999 Lyon")
    assert passed["Location"] == "/inscription/contact/"


@pytest.mark.django_db
def test_warning_is_given_again_for_another_address(client):
    remplir(client, jusqu_a="adresse")

    response = envoyer(client, "adresse", commune="Nantes", adresse_verifiee="49999 Lyon")

    assert response.status_code == 422


@pytest.mark.django_db
def test_warning_in_the_profile_changes_nothing_until_passed(log_in):
    client = log_in(CompteFactory(foyer=True))
    typed = REPONSES["adresse"] | {"commune": "Lyon"}

    assert client.post("/mon-espace/modifier/adresse/", typed).status_code == 422
    assert Foyer.objects.get().commune == "Clairval-sur-Loire"
    typed["adresse_verifiee"] = "49999 Lyon"
    assert client.post("/mon-espace/modifier/adresse/", typed).status_code == 302
    assert Foyer.objects.get().commune == "Lyon"
