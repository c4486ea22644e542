"""Somebody signs up on a phone, activates from the mail, logs in and sees « Mon espace »."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from accounts.models import Compte, Etat
from tests.accounts.inscrire import ouvrir_les_inscriptions
from tests.e2e.pages import Connexion, Ecran, Etape, choix, liste, texte
from tests.portal.captcha.helpers import solve

pytestmark = pytest.mark.e2e

PHONE = {"width": 360, "height": 740}
MOT_DE_PASSE = "une phrase que je retiens"
IDENTITE = [
    texte("Nom de naissance", "N’Guyen-Lefèvre"),
    texte("Prénoms", "Élodie Marie"),
    texte("Date de naissance", "29/02/1988"),
    choix("Civilité", "Madame"),
]
ADRESSE = [
    texte("Numéro et nom de la rue", "Rue Haute 3"),
    texte("Commune", "Bruxelles"),
    liste("Pays", "Belgique"),
]
CONTACT = [
    texte("Courriel", "elodie@exemple.fr"),
    texte("Téléphone mobile", "+32 470 12 34 56"),
    choix("Moyen de contact préféré", "SMS"),
]


def test_sign_up_activate_log_in(town, visitor):
    ouvrir_les_inscriptions()
    page: Page = visitor(viewport=PHONE).page
    page.goto("/inscription/")
    conditions = Ecran(page, "Conditions générales")
    conditions.main.get_by_role("checkbox").check()
    conditions.presser("Continuer")
    Etape(page, "Identité").repondre(IDENTITE).continuer()
    Etape(page, "Adresse").repondre(ADRESSE).continuer()
    _back_and_forth(page)
    _authentification(page)
    _enregistrer(page)

    assert Compte.objects.get(identifiant="elodie").etat == Etat.A_ACTIVER
    page.goto(_link_of_the_mail(town))
    activation = Ecran(page, "Activer mon espace")
    expect(activation.main).to_contain_text("elodie")
    activation.presser("Activer mon espace")
    expect(Connexion(page).main).to_contain_text("Votre espace est activé")
    Connexion(page).entrer("elodie", MOT_DE_PASSE)
    page.wait_for_url(re.compile(r"^(?!.*/connexion/)"))
    page.goto("/mon-espace/")

    espace = Ecran(page, "Mon espace")
    for shown in ("Élodie Marie", "29/02/1988", "Bruxelles", "Belgique", "+32", "SMS"):
        expect(espace.main).to_contain_text(shown)
    expect(espace.main).to_contain_text("Compte en attente de validation")
    expect(espace.main.get_by_role("link", name="Modifier mon espace")).to_have_count(0)
    page.goto("/mon-espace/modifier/identite/")
    expect(Ecran(page, "Modifier mon espace").main).to_contain_text("Rien n’a été modifié")


def _back_and_forth(page: Page) -> None:
    """Half-typed answers, then back: nothing is lost."""
    Etape(page, "Moyens de contact").repondre(CONTACT).presser("Précédent")
    Etape(page, "Adresse").attendre(ADRESSE).presser("Précédent")
    Etape(page, "Identité").attendre(IDENTITE).continuer()
    Etape(page, "Adresse").continuer()
    Etape(page, "Moyens de contact").attendre(CONTACT).continuer()


def _authentification(page: Page) -> None:
    """An identifiant with accents is corrected, a taken one replaced; secrets are typed once."""
    etape = Etape(page, "Authentification")
    etape.repondre([texte("Identifiant", "Élodie Marie")])
    etape.main.get_by_label(re.compile("^Mot de passe")).fill(MOT_DE_PASSE)
    etape.main.get_by_label(re.compile("^Confirmez")).fill(MOT_DE_PASSE)
    question = "Quel était le nom de votre première école ?"
    etape.repondre([liste("Question secrète", question)])
    etape.repondre([texte("Réponse à la question secrète", "Les Tilleuls")])
    etape.continuer()

    expect(etape.erreurs()).to_contain_text("Nous vous proposons : elodie.marie")
    etape = Etape(page, "Authentification").repondre([texte("Identifiant", "camille.martin")])
    etape.continuer()
    expect(etape.erreurs()).to_contain_text("Cet identifiant est déjà pris.")
    etape = Etape(page, "Authentification")
    free = etape.main.get_by_role("button", name="camille.martin2")
    expect(free).to_be_visible()
    etape.repondre([texte("Identifiant", "elodie")]).continuer()


def _enregistrer(page: Page) -> None:
    Ecran(page, "Services").presser("Continuer")
    ecran = Ecran(page, "Vérifiez, puis enregistrez")
    expect(ecran.main).to_contain_text("elodie@exemple.fr")
    image = ecran.main.get_by_role("img", name="Image du code").get_attribute("src") or ""
    ecran.main.get_by_role("textbox", name="Recopiez le code").fill(solve(image))
    ecran.presser("Enregistrer")
    expect(Ecran(page, "Ouvrez votre courriel").main).to_contain_text("elodie@exemple.fr")


def _link_of_the_mail(town) -> str:
    town.send_mail()
    message = next(each for each in mail.outbox if each.to == ["elodie@exemple.fr"])
    assert "elodie" in message.body
    found = re.search(r"https?://\S+/activation/\S+", message.body)
    assert found
    return found[0]


@pytest.mark.parametrize("scripts", [True], indirect=True)
def test_scripts_say_at_once_what_the_server_would(town, visitor):
    ouvrir_les_inscriptions()
    page = visitor(viewport=PHONE).page
    page.goto("/inscription/")
    page.get_by_role("checkbox").check()
    Ecran(page, "Conditions générales").presser("Continuer")
    Etape(page, "Identité").repondre(IDENTITE).continuer()
    Etape(page, "Adresse").continuer()
    Etape(page, "Moyens de contact").repondre(CONTACT).continuer()
    etape = Etape(page, "Authentification").repondre([texte("Identifiant", "camille.martin")])

    expect(etape.main).to_contain_text("Cet identifiant est déjà pris.")
    etape.presser("camille.martin2")
    expect(etape.champ(texte("Identifiant", ""))).to_have_value("camille.martin2")
    password = etape.main.get_by_label(re.compile("^Mot de passe"))
    password.fill("court")
    expect(etape.main).to_contain_text("Mot de passe trop court (encore 7 caractères)")
    password.fill("aaaaaaaaaaaaaa")
    expect(etape.main).to_contain_text("Mot de passe faible")
    password.fill(MOT_DE_PASSE)
    good = re.compile("^Mot de passe (bon|très bon)$")
    expect(etape.main.get_by_text(good).first).to_be_attached()
    expect(etape.main.locator("meter")).to_be_visible()
