"""The screens of the sign-up and of the profile, as stops of the crawl, in the order of the day."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import Etat
from accounts.services import jetons
from tests.factories import CompteFactory
from tests.portal.captcha.helpers import solve

MOT_DE_PASSE = "une phrase que je retiens"


@dataclass(frozen=True)
class Visite:
    """A page, how it answers, what is done there and how that is answered (see inventory.Stop)."""

    url: str
    status: int = 200
    act: object = None
    then: int = 422


def ecran(name: str) -> str:
    return reverse("accounts:inscription-ecran", kwargs={"ecran": name})


def modifier(name: str) -> str:
    return reverse("accounts:profil-ecran", kwargs={"ecran": name})


def visiteur() -> list[Visite]:
    """A whole sign-up with its slips, then the pages of the activation."""
    waiting = CompteFactory(etat=Etat.A_ACTIVER)
    lien = reverse(
        "accounts:activation", kwargs={"jeton": jetons.emettre(jetons.ACTIVATION, waiting)}
    )
    renvoyer = reverse("accounts:renvoyer-activation")
    return [
        Visite(ecran("conditions")),
        Visite(ecran("conditions"), act=continuer),
        Visite(ecran("conditions"), act=accepter, then=200),
        Visite(ecran("identite")),
        Visite(ecran("identite"), act=continuer),
        Visite(ecran("identite"), act=identite, then=200),
        Visite(ecran("adresse"), act=autre_commune),
        Visite(ecran("adresse"), act=adresse, then=200),
        Visite(ecran("contact"), act=continuer),
        Visite(ecran("contact"), act=contact, then=200),
        Visite(ecran("authentification"), act=identifiant_pris),
        Visite(ecran("authentification"), act=authentification, then=200),
        Visite(ecran("services")),
        Visite(ecran("services"), act=continuer, then=200),
        Visite(ecran("enregistrer")),
        Visite(ecran("enregistrer"), act=enregistrer),
        Visite(ecran("enregistrer"), act=recopier, then=200),
        Visite(reverse("accounts:inscription-envoyee")),
        Visite(reverse("accounts:corriger-adresse")),
        Visite(lien),
        Visite(reverse("accounts:activation", kwargs={"jeton": "faux"}), 410),
        Visite(renvoyer, act=redemander),
        Visite(f"{renvoyer}?{urlencode({'envoye': ''})}"),
    ]


def habitant() -> list[Visite]:
    """« Mon espace » and the screens that change it."""
    return [
        Visite(reverse("accounts:espace")),
        Visite(modifier("identite")),
        Visite(modifier("identite"), act=sans_nom),
        Visite(modifier("adresse"), act=autre_commune_au_profil),
        Visite(modifier("contact") + "?retour"),
    ]


def en_attente() -> list[Visite]:
    """The same, for who is not validated yet."""
    return [Visite(reverse("accounts:espace")), Visite(modifier("identite"))]


def presser(page: Page, words: str) -> None:
    page.get_by_role("main").get_by_role("button", name=words, exact=True).last.click()


def remplir(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)


def continuer(page: Page) -> None:
    presser(page, "Continuer")


def accepter(page: Page) -> None:
    page.get_by_role("checkbox").check()
    continuer(page)


def identite(page: Page) -> None:
    remplir(
        page,
        nom_naissance="Wolfeschlegelsteinhausenbergerdorff",
        prenoms="Élodie",
        date_naissance="29/02/1988",
    )
    continuer(page)


def autre_commune(page: Page) -> None:
    remplir(page, voie="12 rue des Tilleuls", code_postal="49999", commune="Lyon")
    continuer(page)


def adresse(page: Page) -> None:
    remplir(page, commune="Clairval-sur-Loire")
    continuer(page)


def contact(page: Page) -> None:
    remplir(page, courriel="marie-emmanuelle.de-la-rochefoucauld@administration.example")
    continuer(page)


def identifiant_pris(page: Page) -> None:
    _secrets(page, "camille.martin")


def authentification(page: Page) -> None:
    _secrets(page, "wolfeschlegelsteinhausenberger")


def _secrets(page: Page, identifiant: str) -> None:
    remplir(page, identifiant=identifiant, reponse_secrete="Rex")
    remplir(page, mot_de_passe=MOT_DE_PASSE, confirmation=MOT_DE_PASSE)
    page.locator("[name=question_secrete]").select_option(index=2)
    continuer(page)


def enregistrer(page: Page) -> None:
    presser(page, "Enregistrer")


def recopier(page: Page) -> None:
    image = page.get_by_role("img", name="Image du code").get_attribute("src") or ""
    remplir(page, captcha=solve(image))
    enregistrer(page)


def redemander(page: Page) -> None:
    presser(page, "Recevoir le courriel")


def sans_nom(page: Page) -> None:
    remplir(page, nom_naissance="")
    presser(page, "Enregistrer et continuer")


def autre_commune_au_profil(page: Page) -> None:
    remplir(page, voie="12 rue des Tilleuls", code_postal="49999", commune="Lyon")
    presser(page, "Enregistrer et continuer")
