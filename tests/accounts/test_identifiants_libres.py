"""The identifiant: asked while typed, refused at the field, with free ones to take (B2)."""

from functools import partial

import pytest

from accounts.errors import IdentifiantPris
from accounts.models import Compte, Foyer, Personne
from accounts.queries.identifiants import corriger, suggestions
from accounts.services import inscription
from accounts.services.inscription import Dossier
from portal.notifications.models import OutgoingMessage
from tests.accounts.inscrire import (
    MOT_DE_PASSE,
    enregistrer,
    envoyer,
    ouvrir_les_inscriptions,
    remplir,
)
from tests.factories import CompteFactory
from tests.race import race

pytestmark = pytest.mark.django_db
LIBRE = "/inscription/identifiant-libre/"


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def dossier(number: int, identifiant: str = "elodie") -> Dossier:
    return Dossier(
        conditions="1",
        identite={"nom_naissance": "Martin", "prenoms": f"Numéro {number}"},
        adresse={},
        contact={
            "courriel": f"elodie{number}@exemple.fr",
            "telephone_mobile": "",
            "telephone_fixe": "",
            "canal_prefere": "courriel",
        },
        identifiant=identifiant,
        mot_de_passe=f"md5$sel{number}$empreinte",
        question="Une question ?",
        reponse="md5$sel$reponse",
    )


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("Hélène Dupont", "helene.dupont"),
        ("hélène", "helene"),
        ("  N’Guyen  ", "nguyen"),
        ("élodie@exemple.fr", "elodieexemple.fr"),
        ("œuvre", "oeuvre"),
        ("..ab..", ""),
        ("日本", ""),
        ("", ""),
        ("x" * 80, "x" * 30),
    ],
)
def test_correction(typed, corrected):
    assert corriger(typed) == corrected


def test_suggestions_are_free_and_look_like_the_name():
    CompteFactory(identifiant="elodie")
    CompteFactory(identifiant="elodie.martin")

    found = suggestions("elodie", "Élodie Marie", "Martin")

    assert found == ["elodie2", "e.martin", "martin.elodie"]


@pytest.mark.parametrize("typed", ["x", "\x00", "é" * 500, "日本", ""])
def test_suggestions_of_anything(typed):
    assert len(suggestions(typed, "日", "\x00")) <= 3


def test_endpoint_says_free_or_taken(client):
    CompteFactory(identifiant="elodie")

    assert client.get(LIBRE, {"identifiant": "Camille"}).json()["libre"] is True
    taken = client.get(LIBRE, {"identifiant": " ELODIE "}).json()
    assert taken["libre"] is False
    assert "déjà pris" in taken["message"]
    assert taken["proposes"] == ["elodie2", "elodie3", "elodie4"]


@pytest.mark.parametrize("typed", ["Hélène Dupont", "a b", "é", "\x00\x00", "x" * 5000, ""])
def test_endpoint_corrects(client, typed):
    answer = client.get(LIBRE, {"identifiant": typed})

    assert answer.status_code == 200
    assert answer.json()["libre"] is False
    if typed == "Hélène Dupont":
        assert "helene.dupont" in answer.json()["message"]


def test_endpoint_slows_who_tries_them_all(client):
    for number in range(300):
        client.get(LIBRE, {"identifiant": f"nom{number}"}, REMOTE_ADDR="203.0.113.7")

    assert client.get(LIBRE, {"identifiant": "nom"}, REMOTE_ADDR="203.0.113.7").status_code == 429
    assert client.get(LIBRE, {"identifiant": "nom"}, REMOTE_ADDR="203.0.113.8").status_code == 200


def test_accents_get_a_corrected_proposal_at_the_field(client):
    remplir(client, jusqu_a="authentification")

    response = envoyer(client, "authentification", identifiant="Hélène Dupont")

    page = response.content.decode()
    assert response.status_code == 422
    assert "Nous vous proposons : helene.dupont" in page
    assert 'value="Hélène Dupont"' in page
    assert 'name="identifiant_choisi" value="helene.dupont"' in page


def test_capitals_alone_are_written_small(client):
    remplir(client, jusqu_a="authentification")

    assert envoyer(client, "authentification", identifiant=" Elodie ").status_code == 302
    enregistrer(client)
    assert Compte.objects.get().identifiant == "elodie"


def test_taken_one_is_refused_and_a_free_one_chosen_without_script(client):
    CompteFactory(identifiant="elodie")
    remplir(client, jusqu_a="authentification")

    response = envoyer(client, "authentification")

    page = response.content.decode()
    assert response.status_code == 422
    assert "Cet identifiant est déjà pris." in page
    assert "Votre mot de passe est gardé" in page
    # The buttons send the form again; passwords are never written in a page.
    blank = {"mot_de_passe": "", "confirmation": "", "reponse_secrete": ""}
    chosen = {"identifiant_choisi": "elodie2"}
    assert envoyer(client, "authentification", **blank, **chosen).status_code == 302
    enregistrer(client)
    compte = Compte.objects.get(identifiant="elodie2")
    assert compte.check_password(MOT_DE_PASSE)


def test_taken_meanwhile_says_so_at_the_field_and_loses_nothing(client):
    ouvrir_les_inscriptions()
    remplir(client)
    CompteFactory(identifiant="elodie")

    response = enregistrer(client)

    assert response["Location"] == "/inscription/authentification/?a-corriger"
    page = client.get(response["Location"]).content.decode()
    assert "Cet identifiant est déjà pris." in page
    assert 'value="elodie2"' in page
    assert OutgoingMessage.objects.count() == 0
    assert Personne.objects.count() == 1  # of the account that took it
    blank = {"mot_de_passe": "", "confirmation": "", "reponse_secrete": ""}
    envoyer(client, "authentification", identifiant="elodie2", **blank)
    # The code was copied rightly: it is not asked again.
    last = client.get("/inscription/enregistrer/")
    assert "Recopiez le code" not in last.content.decode()
    assert client.post("/inscription/enregistrer/", {})["Location"] == "/inscription/envoyee/"
    assert Compte.objects.filter(identifiant="elodie2").exists()


@pytest.mark.django_db(transaction=True)
def test_eight_race_for_one_identifiant():
    calls = [
        partial(inscription.enregistrer, dossier=dossier(number), essai=lambda: True)
        for number in range(8)
    ]

    results = race(calls)

    assert sum(isinstance(result, IdentifiantPris) for result in results) == 7
    assert Compte.objects.count() == Personne.objects.count() == Foyer.objects.count() == 1
    assert OutgoingMessage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_sign_up_sent_eight_times_makes_one_account():
    """Only the first has the anti-robot code: the others find it spent, and the account made."""
    ouvrir_les_inscriptions()
    from portal.captcha import store
    from tests.portal.captcha.helpers import solve

    cle = store.nouveau()
    answer = solve(cle)

    def essai() -> bool:
        return store.essayer(cle, answer) is store.Verdict.JUSTE

    results = race([partial(inscription.enregistrer, dossier=dossier(1), essai=essai)] * 8)

    assert {type(result) for result in results} == {Compte}
    assert Compte.objects.count() == 1
    assert OutgoingMessage.objects.count() == 1
