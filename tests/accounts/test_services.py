"""« Services »: a key is typed, what it attaches is shown, then it is done."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import CleService, Membre, RoleMembre
from accounts.services import cles
from portal.kernel.models import Throttle
from tests.factories import (
    CleServiceFactory,
    CompteFactory,
    DossierFamilleFactory,
    ServiceFactory,
)

pytestmark = pytest.mark.django_db

PAGE, CONFIRM = reverse("accounts:services"), reverse("accounts:services-confirmer")
WRONG = "Cette clé n’est pas valable"


@pytest.fixture
def compte():
    return CompteFactory(foyer=True)


@pytest.fixture
def browser(log_in, compte):
    return log_in(compte)


@pytest.fixture
def row():
    dossier = DossierFamilleFactory(nom="Durand-Lévy", service__nom="Enfance")
    return CleServiceFactory(cle="7K2M-9QXD-04TB", dossier=dossier)


def type_key(browser, row, key="7K2M-9QXD-04TB"):
    return browser.post(PAGE, {f"cle_{row.dossier.service_id}": key})


def text(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def children():
    return Membre.objects.filter(role=RoleMembre.ENFANT).count()


def test_each_service_that_issues_keys_has_its_field_and_its_coordinates(browser):
    service = ServiceFactory(
        emet_des_cles=True, nom="Enfance", telephone="0261910030", courriel="enfance@ville.fr"
    )
    ServiceFactory(nom="Voirie")

    html = text(browser.get(PAGE))

    assert f'name="cle_{service.pk}"' in html
    assert "02 61 91 00 30" in html
    assert "mailto:enfance@ville.fr" in html
    assert "Voirie" not in html


def test_a_key_is_shown_then_attached(browser, row, compte):
    response = type_key(browser, row, "7k2m 9qxd o4tb")
    assert (response.status_code, response.url) == (302, CONFIRM)
    html = text(browser.get(CONFIRM))
    assert "Famille Durand-Lévy" in html
    assert "Léa Martin" in html
    assert "7K2M" not in html
    assert children() == 0

    response = browser.post(CONFIRM, follow=True)

    html = text(response)
    assert response.redirect_chain == [(PAGE, 302)]
    assert "La famille Durand-Lévy est rattachée au service Enfance." in html
    assert "Famille rattachée" in html
    assert '<a href="/entourage/">Voir ma famille' in response.content.decode()
    assert "cle_" not in html, "nothing more to type for this service"
    assert children() == 1


def test_the_session_holds_no_key(browser, row):
    type_key(browser, row)

    assert "7K2M" not in str(dict(browser.session))
    assert browser.session["cles_a_confirmer"] == [row.pk]


def test_who_is_there_already_is_told_apart(browser, row, compte):
    compte.personne.nom_naissance, compte.personne.prenoms = "Martin", "Léa"
    compte.personne.save()
    row.dossier.donnees["membres"][0] |= {"role": "responsable"}
    row.dossier.save()
    type_key(browser, row)

    html = text(browser.get(CONFIRM))

    assert "Déjà dans votre entourage" in html
    assert "Seront ajoutées" not in html


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"expire_at": timezone.now()}, "7K2M-9QXD-04TB"),
        ({"utilisation_at": timezone.now()}, "7K2M-9QXD-04TB"),
        ({"revocation_at": timezone.now()}, "7K2M-9QXD-04TB"),
        ({}, "0000-0000-0000"),
    ],
    ids=["expired", "used", "replaced", "unknown"],
)
def test_wrong_keys_get_one_same_answer(browser, row, fields, key):
    CleService.objects.filter(pk=row.pk).update(**fields)

    response = type_key(browser, row, key)

    assert response.status_code == 422
    html = text(response)
    assert html.count(WRONG) == 2  # the summary and the field
    assert "<title>Erreur : Services" in html
    assert f'value="{key}"' in html
    assert "cles_a_confirmer" not in browser.session


def test_a_key_that_cannot_be_one_is_not_tried(browser, row):
    response = type_key(browser, row, "7K2M")

    assert response.status_code == 422
    assert "Une clé compte 12 lettres et chiffres" in text(response)
    assert not Throttle.objects.filter(scope__startswith="cle.").exists()


def test_nothing_typed_changes_nothing(browser, row):
    response = browser.post(PAGE, {}, follow=True)

    assert "Vous n’avez saisi aucune clé" in text(response)


def test_guessing_is_slowed_for_the_account(browser, row):
    answers = [type_key(browser, row, f"0000-0000-{n:04}") for n in range(cles.BY_ACCOUNT.free + 1)]

    assert {a.status_code for a in answers[:-1]} == {422}
    assert answers[-1].status_code == 429
    html = text(answers[-1])
    assert "Trop d’essais. Attendez" in html
    assert WRONG not in html
    assert type_key(browser, row).status_code == 429, "even the right one waits"


def test_guessing_is_slowed_for_the_address_whatever_the_account(log_in, row):
    for n in range(cles.BY_ADDRESS.free):
        if n % 8 == 0:
            browser = log_in(CompteFactory(foyer=True))
        assert type_key(browser, row, f"0000-0000-{n:04}").status_code == 422

    assert type_key(log_in(CompteFactory(foyer=True)), row).status_code == 429


def test_right_keys_are_not_counted(log_in, row):
    for _n in range(cles.BY_ADDRESS.free + 2):
        assert type_key(log_in(CompteFactory(foyer=True)), row).status_code == 302


def test_confirming_needs_a_key_of_this_session(browser, row):
    assert browser.get(CONFIRM).url == PAGE

    browser.post(CONFIRM, {"cle_id": row.pk, f"cle_{row.dossier.service_id}": row.pk})

    assert children() == 0


def test_a_key_taken_between_the_two_pages_is_told(browser, row):
    type_key(browser, row)
    other = CompteFactory(foyer=True)
    cles.rattacher(cle_id=row.pk, compte=other)

    html = text(browser.post(CONFIRM, follow=True))

    assert WRONG in html
    assert "est rattachée au service" not in html
    assert children() == 1


def test_two_keys_at_once_attach_two_families(browser, row):
    second = CleServiceFactory(cle="1111-2222-3333", dossier__nom="Petit")
    sent = {
        f"cle_{row.dossier.service_id}": "7K2M-9QXD-04TB",
        f"cle_{second.dossier.service_id}": "1111-2222-3333",
    }
    browser.post(PAGE, sent)
    html = text(browser.get(CONFIRM))
    assert html.index("Famille Durand-Lévy") < html.index("Famille Petit")

    html = text(browser.post(CONFIRM, follow=True))

    assert html.count("est rattachée au service") == 2


def test_an_account_waiting_for_validation_may_type_a_key(log_in, row):
    browser = log_in(CompteFactory(foyer=True, en_attente=True))
    type_key(browser, row)

    browser.post(CONFIRM)

    assert children() == 1


def test_agents_have_no_such_page(log_in):
    agent = log_in(CompteFactory(agent=True))

    assert agent.get(PAGE).status_code == 404
    assert agent.get(CONFIRM).status_code == 404


@pytest.mark.parametrize("many", [3, 300])
def test_queries_do_not_grow(many, browser, compte, max_queries):
    foyer = compte.personne.membres.get().foyer
    for _n in range(3):
        DossierFamilleFactory(foyer=foyer, rattachement_at=timezone.now())
    membre = {"role": "enfant", "nom": "Martin", "date_naissance": "2017-05-02"}
    membres = [membre | {"prenoms": f"Léa{n}"} for n in range(many)]
    row = CleServiceFactory(
        cle="7K2M-9QXD-04TB",
        dossier=DossierFamilleFactory(donnees={"adresse": {}, "membres": membres}),
    )
    ServiceFactory.create_batch(many, emet_des_cles=True)
    with max_queries() as page:
        assert browser.get(PAGE).status_code == 200
    type_key(browser, row)
    with max_queries() as confirm:
        assert browser.get(CONFIRM).status_code == 200

    assert page.count <= 10
    assert confirm.count <= 10
