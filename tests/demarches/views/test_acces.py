"""Drafts and requests belong to the browser or the account that filed them."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from demarches.models import Demande
from tests.conftest import StrictClient
from tests.demarches.browser import Browser
from tests.demarches.saisies import QUI, begin, file, screen
from tests.demarches.traces import nothing_left
from tests.factories import CompteFactory, DemandeFactory

pytestmark = pytest.mark.django_db

DRAFT_PAGES = ("la-demarche", "mes-informations", "ma-demande", "recapitulatif", "envoyee")
FILED_PAGES = ("envoyee", "suivi", "contenu", "pdf")


def address(name, demande, **kwargs) -> str:
    return reverse(f"demarches:{name}", kwargs={"uuid": demande.uuid, **kwargs})


def cases():
    """Every page of a draft and of a request, of nobody's account and of somebody's."""
    for compte in (None, "account"):
        for name in DRAFT_PAGES:
            yield pytest.param("prete", compte, name, id=f"draft-{compte}-{name}")
        for name in FILED_PAGES:
            yield pytest.param("deposee", compte, name, id=f"filed-{compte}-{name}")


@pytest.mark.parametrize(("trait", "owner", "name"), list(cases()))
def test_another_browser_is_led_to_the_login_and_another_account_finds_nothing(
    trait, owner, name, client, log_in
):
    demande = DemandeFactory(**{trait: True}, compte=owner and CompteFactory())
    url = address(name, demande)
    response = client.get(url)
    assert response.status_code == 302
    assert response["Location"] == f"/connexion/?next={url}"
    assert log_in(CompteFactory()).get(url).status_code == 404
    assert log_in(CompteFactory(agent=True)).get(url).status_code == 404


def test_request_that_does_not_exist_answers_like_one_that_does(client, log_in):
    for name in {*DRAFT_PAGES, *FILED_PAGES}:
        url = reverse(f"demarches:{name}", kwargs={"uuid": uuid4()})
        assert client.get(url)["Location"] == f"/connexion/?next={url}"
        assert log_in(CompteFactory()).get(url).status_code == 404


@pytest.mark.parametrize("owner", [None, "account"])
def test_strangers_write_nothing(owner, client, log_in):
    draft = DemandeFactory(prete=True, compte=owner and CompteFactory())
    filed = DemandeFactory(deposee=True, compte=owner and CompteFactory())
    urls = [
        address("mes-informations", draft),
        address("section", draft, cle="probleme"),
        address("recapitulatif", draft),
        address("demander-lien", filed),
    ]
    stranger = log_in(CompteFactory())
    with nothing_left():
        for url in urls:
            assert client.post(url, QUI).status_code == 302
            assert stranger.post(url, QUI).status_code == 404


@pytest.mark.usefixtures("catalogue")
def test_browser_that_filed_keeps_its_requests_and_others_do_not_see_them(browser):
    file(browser, "signalement-voirie")
    first = Demande.objects.get()
    file(browser, "acte-deces")
    for demande in Demande.objects.all():
        assert browser.open(address("contenu", demande)).status == 200
        assert browser.open(address("pdf", demande)).status == 200
    other = Browser(StrictClient()).open(address("suivi", first))
    assert other.url.startswith("/connexion/")
    assert first.numero not in other.html


@pytest.mark.usefixtures("catalogue")
def test_draft_begun_before_logging_in_is_still_there_after(browser, compte):
    compte.set_password("un mot de passe de test")
    compte.save()
    begin(browser, "signalement-voirie").send(**screen("signalement-voirie", "mes-informations"))
    url = browser.url
    browser.open("/connexion/").send(
        identifiant=compte.identifiant, mot_de_passe="un mot de passe de test"
    )
    assert browser.open(url).status == 200
    assert browser.url == url


def test_account_sees_its_requests_at_full_level(log_in, compte):
    demande = DemandeFactory(deposee=True, compte=compte)
    browser = Browser(log_in(compte)).open(address("contenu", demande))
    assert "Un lampadaire" in browser.text
    assert browser.open(address("pdf", demande)).page["Content-Type"] == "application/pdf"


def test_closed_account_is_logged_out_of_its_requests(log_in, compte):
    demande = DemandeFactory(deposee=True, compte=compte)
    client = log_in(compte)
    assert client.get(address("suivi", demande)).status_code == 200
    compte.etat, compte.ferme_at = "ferme", timezone.now()
    compte.save()
    assert client.get(address("suivi", demande)).status_code == 302


def test_address_that_is_no_uuid_is_not_found(client):
    for bad in ("1", "abc", "00000000-0000-0000-0000-00000000000g", "%00", "../admin"):
        assert client.get(f"/suivi/{bad}/").status_code == 404
