"""Recovery codes: shown once, each serves once, and their owner is told."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest
import time_machine
from django_otp.plugins.otp_static.models import StaticToken

from accounts.services import second_facteur
from tests.accounts.telephone import (
    AJOUTER,
    CODES,
    SECOURS,
    VERIFIER,
    enroler,
    is_in,
    messages,
    page,
    reste,
    totp,
    words,
)
from tests.factories import PASSWORD, CompteFactory, ServiceFactory
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def agent():
    compte = CompteFactory(agent=True, services=[ServiceFactory()])
    compte.set_password(PASSWORD)
    compte.save()
    return compte


def test_recovery_code_opens_once_and_says_how_many_are_left(log_in, agent):
    _cle, codes = enroler(agent)
    client = log_in(agent)

    typed = codes[0].lower().replace("-", " ").replace("0", "o")
    arrived = client.post(SECOURS, {"code": typed, "next": "/second-facteur/"}, follow=True)

    assert "Il vous reste 9 codes de secours." in words(arrived)
    assert is_in(client)
    assert messages("code_de_secours_utilise") == [agent.courriel]
    assert log_in(agent).post(SECOURS, {"code": codes[0]}).status_code == 422


def test_last_recovery_codes_are_a_warning(log_in, agent):
    _cle, codes = enroler(agent)
    StaticToken.objects.filter(pk__in=StaticToken.objects.values("pk")[:8]).delete()
    left = [code for code in codes if reste(agent, code)]

    first, last = (
        words(log_in(agent).post(SECOURS, {"code": c, "next": "/second-facteur/"}, follow=True))
        for c in left
    )

    assert "Il vous reste 1 code de secours. Créez-en de nouveaux" in first
    assert "C’était votre dernier code de secours." in last


def test_recovery_codes_are_stored_as_fingerprints(agent):
    _cle, codes = enroler(agent)

    stored = set(StaticToken.objects.values_list("token", flat=True))

    assert len(codes) == len(set(codes)) == len(stored) == 10
    for code in codes:
        assert code not in stored
        assert code.replace("-", "") not in stored


def test_recovery_codes_are_shown_once(log_in, agent):
    client = log_in(agent)
    client.get(AJOUTER)
    client.post(AJOUTER, {"code": totp(client.session["second_facteur_cle"])})
    assert client.head(CODES).status_code == 200  # a look without reading spends nothing
    assert len(page(client.get(CODES)).xpath("//main//li/code")) == 10

    again = client.get(CODES)

    assert page(again).xpath("//main//li/code") == []
    assert "second_facteur_codes" not in client.session
    assert "Il vous reste 10 codes de secours." in words(again)


def test_new_recovery_codes_replace_the_old_behind_the_password(log_in, agent, clock):
    cle, old = enroler(agent)
    clock.shift(60)
    client = log_in(agent)
    client.post(VERIFIER, {"code": totp(cle)})

    assert client.post(CODES, {"mot_de_passe": "non"}).status_code == 422
    assert reste(agent, old[0]), "nothing changed"
    assert client.post(CODES, {"mot_de_passe": PASSWORD})["Location"] == CODES

    new = [code.text for code in page(client.get(CODES)).xpath("//main//li/code")]
    assert not set(new) & set(old)
    assert not reste(agent, old[0])
    assert reste(agent, new[0])
    assert is_in(client), "who came in by the phone stays in"


@pytest.mark.parametrize("code", ["", "7K2M9", "7K2M9-QXD04-00000", "é" * 10, "\x00" * 10])
def test_recovery_code_of_another_shape(log_in, agent, code):
    enroler(agent)

    assert log_in(agent).post(SECOURS, {"code": code}).status_code == 422


def test_wrong_recovery_code_is_told_in_its_own_words_and_the_next_one_opens(log_in, agent):
    _cle, codes = enroler(agent)
    client = log_in(agent)

    refused = words(client.post(SECOURS, {"code": "7K2M9-QXD04"}))

    assert "essayez-en un autre de votre liste" in refused
    assert "téléphone affiche" not in refused
    assert client.post(SECOURS, {"code": codes[0]}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_one_recovery_code_used_by_two_at_once_serves_one():
    agent = CompteFactory(agent=True)
    _cle, codes = enroler(agent)
    use = partial(second_facteur.verifier_secours, compte=agent, code=codes[0])

    results = race([use] * 6)

    assert sum(not isinstance(result, Exception) for result in results) == 1, results
    assert StaticToken.objects.count() == 9
