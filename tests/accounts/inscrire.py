"""Signing up as a browser without scripts does, screen after screen."""

from __future__ import annotations

from django.test import Client

from accounts.models import Conditions
from tests.portal.captcha import helpers

MOT_DE_PASSE = "une phrase que je retiens"
REPONSES: dict[str, dict[str, str]] = {
    "conditions": {"accepte": "on"},
    "identite": {
        "civilite": "madame",
        "nom_naissance": "N’Guyen-Lefèvre",
        "nom_usage": "",
        "prenoms": "Élodie Marie",
        "date_naissance": "14/03/1987",
        "lieu_naissance": "Angers",
    },
    "adresse": {
        "voie": "12 rue des Tilleuls",
        "complement": "",
        "code_postal": "49999",
        "commune": "Clairval-sur-Loire",
        "pays": "FR",
    },
    "contact": {
        "courriel": "elodie@exemple.fr",
        "telephone_mobile": "06 39 98 00 01",
        "telephone_fixe": "",
        "canal_prefere": "sms",
    },
    "authentification": {
        "identifiant": "elodie",
        "mot_de_passe": MOT_DE_PASSE,
        "confirmation": MOT_DE_PASSE,
        "question_secrete": "Quel était le nom de votre première école ?",
        "reponse_secrete": "Les Tilleuls",
    },
}


def ouvrir_les_inscriptions() -> Conditions:
    """Have terms to accept, as a migration gives them to a town."""
    return Conditions.en_vigueur() or Conditions.objects.create(version="2026-1", texte="Le texte.")


def envoyer(client: Client, ecran: str, **changes: str):
    """Send one screen; `changes` replace what is answered."""
    answers = REPONSES.get(ecran, {}) | changes
    if ecran == "conditions":
        answers = {"version": ouvrir_les_inscriptions().version} | answers
    return client.post(f"/inscription/{ecran}/", answers)


def remplir(client: Client, jusqu_a: str = "enregistrer", **changes: dict[str, str]) -> None:
    """Send every screen before `jusqu_a`, each rightly."""
    for ecran in REPONSES:
        if ecran == jusqu_a:
            return
        response = envoyer(client, ecran, **changes.get(ecran, {}))
        assert response.status_code == 302, (ecran, response.content.decode())


def enregistrer(client: Client):
    """Copy the anti-robot code of the last screen and send it."""
    page = client.get("/inscription/enregistrer/")
    assert page.status_code == 200, page.get("Location")
    return client.post("/inscription/enregistrer/", helpers.answer(page.content.decode()))


def inscrire(client: Client, **changes: dict[str, str]):
    """Sign up, to the last page."""
    remplir(client, **changes)
    return enregistrer(client)
