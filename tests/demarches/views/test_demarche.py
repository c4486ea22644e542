"""One démarche before it is begun: what it says, the padlock and the way back, its period."""

from datetime import timedelta

import pytest
from django.utils import timezone

from demarches.models import Demande, Demarche
from tests.demarches.browser import Browser, plain
from tests.demarches.saisies import SCREENS, begin, cle_of
from tests.demarches.traces import nothing_left
from tests.factories import PASSWORD, CampagneFactory, DemarcheFactory, VersionDemarcheFactory

pytestmark = pytest.mark.django_db
PADLOCK = "stationnement-resident"


@pytest.fixture
def campagne():
    """Return a function that gives a free démarche a campaign."""
    demarche = VersionDemarcheFactory().demarche

    def make(**changes):
        return CampagneFactory(demarche=demarche, **changes)

    return make


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("code", SCREENS)
def test_page_tells_title_duration_help_and_service(browser, code):
    browser.open(f"/demarches/{code}/")
    demarche = Demarche.objects.get(code=code)
    assert browser.heading == plain(demarche.titre)
    assert plain(demarche.resume) in browser.text
    assert "Durée maximum" in browser.text
    assert "30 minutes" in browser.text
    assert demarche.service.nom in browser.text
    browser.click("Aide à la saisie")
    assert browser.url == f"/demarches/{code}/aide/"
    assert "Aide à la saisie" in browser.heading
    assert browser.text.count("Et ensuite ?") == 1


@pytest.mark.usefixtures("catalogue")
def test_padlock_leads_to_the_login_and_back_to_the_demarche(browser, compte):
    compte.set_password(PASSWORD)
    compte.save()
    browser.open(f"/demarches/{PADLOCK}/")
    assert "Compte requis" in browser.text
    assert not browser.has_form
    browser.click("Me connecter")
    assert cle_of(browser.url) == "connexion"
    browser.send(identifiant=compte.identifiant, mot_de_passe="faux")
    assert browser.status == 422
    browser.send(mot_de_passe=PASSWORD)
    assert browser.url == f"/demarches/{PADLOCK}/"
    browser.send()
    assert cle_of(browser.url) == "mes-informations"
    assert Demande.objects.get().compte == compte


@pytest.mark.usefixtures("catalogue")
def test_padlock_cannot_be_passed_by_posting(client):
    with nothing_left():
        response = client.post(f"/demarches/{PADLOCK}/commencer/")
    assert response["Location"] == f"/connexion/?next=/demarches/{PADLOCK}/"


@pytest.mark.usefixtures("catalogue")
def test_free_demarche_shows_no_padlock(browser):
    browser.open("/demarches/acte-naissance/")
    assert "Compte requis" not in browser.text
    assert browser.has_form


def test_unknown_off_line_and_unpublished_demarches_are_not_found(client):
    hidden = VersionDemarcheFactory(demarche__en_ligne=False).demarche
    unpublished = DemarcheFactory()
    for code in ("inconnue", hidden.code, unpublished.code):
        for url in (f"/demarches/{code}/", f"/demarches/{code}/aide/"):
            assert client.get(url).status_code == 404
    for code in ("inconnue", hidden.code):
        with nothing_left():
            assert client.post(f"/demarches/{code}/commencer/").status_code == 404


def test_demarche_without_published_version_begins_nothing(client):
    code = DemarcheFactory().code
    with nothing_left():
        response = client.post(f"/demarches/{code}/commencer/", follow=True)
    assert response.status_code in (200, 404)


def test_open_campaign_tells_the_places_left(browser, campagne):
    code = campagne(places=3, places_prises=2).demarche.code
    browser.open(f"/demarches/{code}/")
    assert "Il reste 1 place." in browser.text
    assert browser.has_form


def test_full_campaign_says_so_and_cannot_be_begun(browser, campagne):
    code = campagne(places=3, places_prises=3).demarche.code
    browser.open(f"/demarches/{code}/")
    assert "quota est atteint" in browser.text
    assert not browser.has_form
    with nothing_left():
        response = browser.client.post(f"/demarches/{code}/commencer/", follow=True)
    assert "Toutes les places sont prises" in response.content.decode()


@pytest.mark.parametrize(
    ("begin_", "end", "words"), [(2, 9, "Bientôt ouverte"), (-9, -2, "Fermée")]
)
def test_campaign_to_come_or_over_says_so_and_cannot_be_begun(
    browser, campagne, begin_, end, words
):
    now = timezone.now()
    code = campagne(
        debut_at=now + timedelta(days=begin_), fin_at=now + timedelta(days=end)
    ).demarche.code
    browser.open(f"/demarches/{code}/")
    assert words in browser.text
    assert not browser.has_form
    with nothing_left():
        browser.client.post(f"/demarches/{code}/commencer/")


def test_begun_drafts_are_slowed_for_one_address_only(client):
    code = VersionDemarcheFactory().demarche.code
    from demarches.views.depot import PAR_ADRESSE
    from portal.kernel import throttle
    from portal.kernel.models import Throttle

    client.post(f"/demarches/{code}/commencer/")
    Throttle.objects.filter(scope=PAR_ADRESSE.scope).update(
        attempts=PAR_ADRESSE.free + 3, blocked_until=timezone.now() + timedelta(minutes=1)
    )
    refused = client.post(f"/demarches/{code}/commencer/")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 61
    assert Demande.objects.count() == 1
    other = client.__class__(REMOTE_ADDR="203.0.113.7")
    assert other.post(f"/demarches/{code}/commencer/").status_code == 302
    assert throttle.attempt(PAR_ADRESSE, "") is None


def test_version_published_meanwhile_does_not_change_a_draft_begun(browser):
    version = VersionDemarcheFactory()
    begin(browser, version.demarche.code)
    version.courante = False
    version.save()
    VersionDemarcheFactory(demarche=version.demarche, numero=2)
    url = browser.url
    assert Browser(browser.client).open(url).status == 200
    begin(browser, version.demarche.code)  # a new one is begun on the new version
    assert {d.version.numero for d in Demande.objects.all()} == {1, 2}
