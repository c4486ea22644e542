"""The link sent by mail: opened by a button and not by being followed, personal, and for a time."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from demarches.services import messages
from portal.notifications.models import OutgoingMessage
from tests.demarches.browser import Browser
from tests.demarches.traces import nothing_left
from tests.factories import CompteFactory, DemandeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def demande():
    return DemandeFactory(deposee=True)


def link(demande) -> str:
    return urlsplit(messages.lien(demande)).path


def suivi(demande) -> str:
    return reverse("demarches:suivi", kwargs={"uuid": demande.uuid})


@pytest.mark.parametrize("method", ["get", "head"])
def test_following_the_link_opens_nothing(client, demande, method):
    # Mail scanners follow links.
    response = getattr(client, method)(link(demande))
    assert response.status_code == 200
    assert client.get(suivi(demande))["Location"].startswith("/connexion/")


def test_page_of_the_link_tells_no_answer(client, demande):
    browser = Browser(client).open(link(demande))
    assert browser.heading == "Ouvrir ma demande"
    for secret in ("Un lampadaire", "Élodie", "elodie@exemple.fr"):
        assert secret not in browser.text


def test_button_opens_everything(client, demande):
    browser = Browser(client).open(link(demande)).send()
    assert browser.heading == "Suivi de la demande"
    browser.click("Récapitulatif")
    assert "Un lampadaire" in browser.text
    pdf = reverse("demarches:pdf", kwargs={"uuid": demande.uuid})
    assert client.get(pdf)["Content-Type"] == "application/pdf"


def test_level_of_the_link_outlives_the_number_typed_later(client, demande):
    Browser(client).open(link(demande)).send()
    client.post("/suivi/", {"numero": demande.numero})
    contenu = reverse("demarches:contenu", kwargs={"uuid": demande.uuid})
    assert "Un lampadaire" in Browser(client).open(contenu).text


def test_link_serves_several_times(client, demande):
    for _time in range(2):
        assert Browser(client).open(link(demande)).send().heading == "Suivi de la demande"


def tampered(token: str):
    middle = len(token) // 2
    yield token[:-1] + ("a" if token[-1] != "a" else "b")
    yield token[:middle] + ("x" if token[middle] != "x" else "y") + token[middle + 1 :]
    yield token.split(":")[0]
    yield token + "x"
    yield token.upper()
    yield "x"
    yield ":::"
    yield "x" * 5000
    yield "%00"
    yield "é"


def test_tampered_link_is_not_found(client, demande):
    for token in tampered(messages.jeton(demande)):
        assert client.get(f"/suivi/lien/{token}/").status_code == 404, token
        assert client.post(f"/suivi/lien/{token}/").status_code == 404, token
    assert client.get(suivi(demande)).status_code == 302


def test_link_signed_for_something_else_is_not_found(client, demande):
    other = signing.dumps(str(demande.uuid), salt="autre chose")
    assert client.get(f"/suivi/lien/{other}/").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_old_link_says_so_and_names_another_way(client, demande, method):
    url = link(demande)
    with time_machine.travel(timezone.now() + settings.DUREE_LIEN_DE_SUIVI - timedelta(hours=1)):
        assert client.get(url).status_code == 200
    with time_machine.travel(timezone.now() + settings.DUREE_LIEN_DE_SUIVI + timedelta(hours=1)):
        response = getattr(client, method)(url)
        browser = Browser(client)
        browser.page = response
        assert browser.status == 410
        assert "expiré" in browser.text
        assert browser.link("numéro de ticket") == "/suivi/"
        assert client.get(suivi(demande)).status_code == 302


def test_link_of_a_draft_is_not_found(client):
    draft = DemandeFactory(prete=True)
    assert client.get(f"/suivi/lien/{messages.jeton(draft)}/").status_code == 404


def test_link_of_a_request_attached_to_an_account_since_asks_for_the_login(client, demande):
    url = link(demande)
    demande.compte = CompteFactory()
    demande.save()
    for method in (client.get, client.post):
        assert method(url)["Location"].startswith(suivi(demande))
    assert client.get(suivi(demande))["Location"].startswith("/connexion/")


def test_link_is_asked_for_and_leads_to_everything(client, demande):
    client.post("/suivi/", {"numero": demande.numero})
    contenu = reverse("demarches:contenu", kwargs={"uuid": demande.uuid})
    browser = Browser(client).open(contenu).send()
    assert "envoyé" in browser.text
    assert "elodie@exemple.fr" not in browser.text
    mail = OutgoingMessage.objects.get()
    assert mail.recipient == "elodie@exemple.fr"
    path = re.search(r"https?://[^/]+(/suivi/lien/\S+)", mail.body_text)[1]
    assert "Un lampadaire" in browser.open(path).send().click("Récapitulatif").text


def test_mailbox_cannot_be_filled(client, demande):
    client.post("/suivi/", {"numero": demande.numero})
    url = reverse("demarches:demander-lien", kwargs={"uuid": demande.uuid})
    statuses = [client.post(url).status_code for _time in range(5)]
    assert statuses[:3] == [302, 302, 302]
    assert set(statuses[3:]) == {429}
    assert OutgoingMessage.objects.count() == 3
    refused = client.post(url)
    assert int(refused["Retry-After"]) > 0
    with time_machine.travel(timezone.now() + timedelta(hours=7)):
        assert client.post(url).status_code in (302, 429)


def test_account_holder_has_no_use_for_a_link(log_in, compte):
    demande = DemandeFactory(deposee=True, compte=compte)
    url = reverse("demarches:demander-lien", kwargs={"uuid": demande.uuid})
    with nothing_left():
        assert log_in(compte).post(url)["Location"] == suivi(demande)
