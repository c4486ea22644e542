"""The ticket number as a key: what it opens, what it does not, and how guessing is slowed (A5)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from demarches.models import Demande
from tests.conftest import StrictClient
from tests.demarches.browser import Browser, plain
from tests.demarches.saisies import file
from tests.demarches.traces import nothing_left
from tests.factories import CompteFactory, DemandeFactory

pytestmark = pytest.mark.django_db
FREE = 20
UNKNOWN = "ZZZZ-ZZZZ-ZZZZ"
UNITS = {"seconde": timedelta(seconds=1), "minute": timedelta(minutes=1)}


def ask(client, number):
    return client.post("/suivi/", {"numero": number})


@pytest.fixture
def demande():
    return DemandeFactory(deposee=True, numero="7K2M-9QXD-04TB")


def address(name, demande):
    return reverse(f"demarches:{name}", kwargs={"uuid": demande.uuid})


@pytest.mark.parametrize(
    "typed",
    [
        "7K2M-9QXD-04TB",
        "7k2m-9qxd-04tb",
        "7K2M9QXD04TB",
        "7K2M 9QXD 04TB",
        "  7k2m 9qxd-04tb ",
        "7K2M\u00a09QXD\u00a004TB",
        "7K2M\u20119QXD\u201104TB",  # no-break hyphens, as our own pages write the example
        "7K2M–9QXD–04TB",
        "7K2M-9QXD-O4TB",  # the letter O for a zero
    ],
)
def test_number_is_read_however_it_is_typed(client, demande, typed):
    response = ask(client, typed)
    assert response.status_code == 302
    assert response["Location"] == address("suivi", demande)


def test_number_opens_the_state_and_the_history(client, demande):
    browser = Browser(client).open("/suivi/").send(numero=demande.numero)
    assert browser.heading == "Suivi de la demande"
    assert demande.numero in browser.text
    assert demande.demarche_titre in browser.text
    assert "reçue" in browser.text.lower()
    assert "étape 1 sur 4" in browser.text
    assert "Historique" in browser.text
    assert "Demande reçue" in browser.text


def test_box_on_the_home_page_opens_it_too(client, demande):
    home = client.get("/").content.decode()
    assert 'name="numero"' in home
    assert "Consulter cette demande" in home


def test_number_alone_shows_no_answer_no_name_and_no_pdf(client, demande):
    Demande.objects.update(reponses={"objet": "Une réponse intime"})
    ask(client, demande.numero)
    browser = Browser(client)
    for name in ("suivi", "contenu", "envoyee"):
        browser.open(address(name, demande))
        assert browser.status == 200
        for secret in ("Une réponse intime", "Élodie", "N'Guyen", "elodie@exemple.fr"):
            assert secret not in browser.text, name
        assert "PDF" not in browser.text
    assert client.get(address("pdf", demande)).status_code == 404


def test_number_alone_does_not_show_the_text_of_the_decision(client):
    demande = DemandeFactory(acceptee=True, motif="Votre dossier médical est complet.")
    ask(client, demande.numero)
    for name in ("suivi", "contenu"):
        text = Browser(client).open(address(name, demande)).text
        assert "dossier médical" not in text
    assert "acceptée" in Browser(client).open(address("suivi", demande)).text


def test_number_alone_leads_to_the_link_by_mail(client, demande):
    ask(client, demande.numero)
    browser = Browser(client).open(address("contenu", demande))
    assert "Recevoir le lien par courriel" in browser.labels


def test_browser_that_filed_keeps_its_level_when_it_types_the_number(browser, catalogue):
    file(browser, "signalement-voirie")
    demande = Demande.objects.get()
    browser.open("/suivi/").send(numero=demande.numero)
    assert browser.click("Récapitulatif").status == 200
    assert "Rue de l'École" in browser.text


def test_number_of_an_accounts_request_asks_for_the_login(client, log_in, compte):
    demande = DemandeFactory(deposee=True, compte=compte)
    response = ask(client, demande.numero)
    assert response.status_code == 302
    assert response["Location"] == f"/connexion/?next={address('suivi', demande)}"
    # It opened nothing on the way.
    assert client.get(address("suivi", demande)).status_code == 302
    assert ask(log_in(compte), demande.numero)["Location"] == address("suivi", demande)
    stranger = log_in(CompteFactory())
    assert stranger.get(ask(stranger, demande.numero)["Location"], follow=True).status_code == 404


def test_request_attached_to_an_account_since_closes_for_who_had_opened_it(client, demande):
    ask(client, demande.numero)
    Demande.objects.update(compte=CompteFactory())
    for name in ("suivi", "contenu", "pdf", "envoyee"):
        response = client.get(address(name, demande))
        assert response.status_code == 302, name
        assert response["Location"].startswith("/connexion/")


def test_number_is_never_in_an_address(client, demande):
    response = client.post("/suivi/", {"numero": demande.numero}, follow=True)
    assert all(demande.numero not in url for url, _status in response.redirect_chain)
    assert Browser(client).open(f"/suivi/?numero={demande.numero}").heading != "Suivi de la demande"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        UNKNOWN,
        "1234",
        "7K2M-9QXD-04T",
        "é" * 12,
        "7K2M-9QXD-04TB-X",
        "' OR 1=1 --",
        "%%%%%%%%%%%%",
        "\x00" * 12,
        "0" * 100_000,
        "<script>",
    ],
)
def test_wrong_number_stays_on_the_page_and_tells_nothing(client, typed):
    DemandeFactory(deposee=True)
    with nothing_left():
        browser = Browser(client).open("/suivi/").send(numero=typed)
    assert browser.status == 422
    assert browser.title.startswith("Erreur : ")
    assert browser.url == "/suivi/"
    if typed.strip() and len(typed) < 100 and "\x00" not in typed:
        assert browser.fields["numero"] == [typed.strip()] or browser.fields["numero"] == [typed]


def test_number_of_a_draft_or_of_nothing_answers_the_same(client):
    DemandeFactory(prete=True)
    first = Browser(client).open("/suivi/").send(numero=UNKNOWN)
    second = Browser(client).open("/suivi/").send(numero="AAAA-AAAA-AAAA")
    assert first.text == second.text.replace("AAAA-AAAA-AAAA", UNKNOWN)
    assert "Aucune demande ne porte ce numéro" in first.text


def test_no_number_sent_at_all(client):
    assert client.post("/suivi/", {}).status_code == 422


def test_guessing_is_slowed_after_the_free_tries(client, demande):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        for _try in range(FREE):
            assert ask(client, UNKNOWN).status_code == 422
        browser = Browser(client).open("/suivi/").send(numero="AAAA-BBBB-CCCC")
        assert browser.status == 429
        assert "Attendez" in browser.text
        assert "seconde" in browser.text
        assert browser.fields["numero"] == ["AAAA-BBBB-CCCC"]
        # Changing the browser does not help, nor does finding a right number meanwhile.
        assert ask(StrictClient(), demande.numero).status_code == 429
    with time_machine.travel(start + timedelta(minutes=10, seconds=1)):
        assert ask(client, demande.numero).status_code == 302


def test_wait_named_is_the_wait_and_it_grows(client):
    now = timezone.now()
    waits = []
    with time_machine.travel(now, tick=False):
        for _try in range(FREE):
            ask(client, UNKNOWN)
    for _try in range(6):
        with time_machine.travel(now, tick=False):
            refused = plain(ask(client, UNKNOWN).content.decode())
        count, unit = re.search(r"Attendez (\d+) (seconde|minute)", refused).groups()
        waits.append(int(count) * UNITS[unit])
        now += waits[-1]
        with time_machine.travel(now, tick=False):
            assert ask(client, UNKNOWN).status_code == 422
    assert waits == sorted(waits)
    assert waits[0] < timedelta(seconds=10)
    assert waits[-1] > waits[0] * 8


def test_another_address_is_not_slowed(client):
    for _try in range(FREE + 1):
        ask(client, UNKNOWN)
    assert ask(client, UNKNOWN).status_code == 429
    other = StrictClient(REMOTE_ADDR="203.0.113.7")
    assert ask(other, UNKNOWN).status_code == 422


def test_right_numbers_are_no_guesses(client):
    # The screen at the counter, or a phone network: many people share an address.
    demandes = DemandeFactory.create_batch(FREE + 5, deposee=True)
    for demande in demandes:
        assert ask(client, demande.numero).status_code == 302


def test_right_number_does_not_forgive_the_wrong_ones(client, demande):
    # Who holds one number must not buy endless guesses with it.
    for _try in range(FREE // 2):
        ask(client, UNKNOWN)
        ask(client, demande.numero)
    for _try in range(FREE // 2):
        ask(client, UNKNOWN)
    assert ask(client, UNKNOWN).status_code == 429
