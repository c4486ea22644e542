"""A resident files a request, to the answer: with scripts and without, on a narrow phone."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from demarches.models import Demande
from demarches.states import Etat
from tests.e2e.pages import (
    TITRE_ERREUR,
    Accueil,
    Catalogue,
    Connexion,
    Courriers,
    Ecran,
    Envoyee,
    Etape,
    MesDemandes,
    Recapitulatif,
    Suivi,
    choix,
    texte,
)
from tests.e2e.reponses import NAISSANCE, stationnement
from tests.e2e.visitor import Visitor
from tests.factories import PASSWORD

pytestmark = pytest.mark.e2e

ACTE = "Demander un acte de naissance"
CARTE = "Demander une carte de stationnement résident"


def sent() -> list[Demande]:
    return list(Demande.objects.exclude(etat=Etat.BROUILLON))


def begin(someone: Visitor, words: str, title: str) -> None:
    """From the home page to the first screen of a démarche."""
    page = someone.page
    page.goto("/")
    Accueil(page).suivre("Faire une demande")
    Catalogue(page).chercher(words)
    expect(page.get_by_role("heading", name=re.compile(f"pour « {words} »"))).to_be_visible()
    Catalogue(page).suivre(title)
    Ecran(page, title).presser("Commencer ma demande")


def test_birth_certificate_without_account(town, visitor):
    someone = visitor()
    page = someone.page
    begin(someone, "acte de naissance", ACTE)
    _mes_informations_with_a_slip(page, scripts=someone.scripts)
    _document_back_and_forth(page)
    for titre in ("La personne dont vous demandez l’acte", "Ses parents"):
        Etape(page, titre).repondre(NAISSANCE[titre]).continuer()
    titre = "Votre lien avec cette personne"
    Etape(page, titre).repondre(NAISSANCE[titre]).continuer()

    recap = Recapitulatif(page)
    for shown in ("N’Guyen-Lefèvre", "Belgique", "Copie intégrale", "14/03/1987", "Tutrice"):
        expect(recap.main).to_contain_text(shown)
    parents = recap.modifier("Ses parents").attendre(NAISSANCE["Ses parents"])
    parents.repondre([texte("Nom et prénom du second parent", "Garnier-Roy Hélène")])
    parents.presser("Enregistrer et revenir au récapitulatif")
    recap = Recapitulatif(page)
    expect(recap.main).to_contain_text("Garnier-Roy Hélène")
    assert sent() == []
    recap.recopier_et_envoyer()

    numero = Envoyee(page).numero
    assert [demande.numero for demande in sent()] == [numero]
    assert town.send_mail() == 1
    assert [message.to for message in mail.outbox] == [["elodie@exemple.fr"]]
    _follow(visitor(), numero)


def _mes_informations_with_a_slip(page, *, scripts: bool) -> None:
    titre = "Mes informations"
    slip = [texte("Courriel", "elodie@exemple")]
    etape = Etape(page, titre).repondre(NAISSANCE[titre]).repondre(slip)
    etape.continuer()

    resume = etape.erreurs()
    Etape(page, titre).attendre([r for r in NAISSANCE[titre] if r.nom != "Courriel"])
    courriel = etape.champ(slip[0])
    expect(courriel).to_have_value("elodie@exemple")
    expect(courriel).to_have_attribute("aria-invalid", "true")
    expect(courriel).to_have_accessible_description(re.compile("Cette adresse n’est pas complète"))
    if scripts:
        expect(resume).to_be_focused()
    resume.get_by_role("link", name=re.compile("^Courriel")).click()
    expect(courriel).to_be_focused()
    etape.repondre(NAISSANCE[titre]).continuer()


def _document_back_and_forth(page) -> None:
    informations, document, personne = list(NAISSANCE)[:3]
    etape = Etape(page, document).repondre(NAISSANCE[document])
    expect(page.get_by_text("vous n’avez souvent pas besoin de fournir cet acte")).to_be_visible()
    etape.enregistrer_et_revenir()
    Etape(page, informations).attendre(NAISSANCE[informations]).continuer()
    Etape(page, document).attendre(NAISSANCE[document]).continuer()

    # The browser's own buttons: each screen as it was left.
    etape = Etape(page, personne)
    page.go_back()
    Etape(page, document).attendre(NAISSANCE[document])
    page.go_forward()
    Etape(page, personne)


def _follow(someone: Visitor, numero: str) -> None:
    """Another browser: the number tells where it stands, the mail's link opens everything."""
    page = someone.page
    page.goto("/")
    Accueil(page).saisir_ticket(numero.lower().replace("-", " "))
    suivi = Suivi(page)
    expect(suivi.main).to_contain_text(re.compile(r"Reçue\s*\(étape 1 sur 4\)"))
    expect(suivi.main).to_contain_text("Demande reçue")
    suivi.recapitulatif()
    expect(page.get_by_role("heading", name="Vos réponses sont protégées")).to_be_visible()
    assert "Lefèvre" not in Suivi(page).main.inner_text()

    Suivi(page).pied("Courriers de démonstration")
    Courriers(page).ouvrir(numero, "nous avons reçu votre demande").suivre_le_lien()
    Ecran(page, "Ouvrir ma demande").presser("Ouvrir ma demande")
    suivi = Suivi(page)
    pdf = suivi.pdf(numero)
    assert pdf.ok
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"].startswith("inline")
    assert pdf.body().startswith(b"%PDF-")
    suivi.recapitulatif()
    for shown in ("N’Guyen-Lefèvre", "Garnier-Roy Hélène", "Son représentant légal"):
        expect(Suivi(page).main).to_contain_text(shown)


def test_padlock_leads_to_login_and_back(town, visitor):
    someone = visitor()
    page = someone.page
    page.goto("/demarches/?q=macaron")
    catalogue = Catalogue(page)
    expect(catalogue.trouvee(CARTE)).to_contain_text("Compte requis")
    catalogue.suivre(CARTE)
    Ecran(page, CARTE).suivre("Me connecter pour commencer")
    Connexion(page).entrer("camille.martin", "pas le bon")
    expect(page).to_have_title(TITRE_ERREUR)
    Connexion(page).entrer("camille.martin", PASSWORD)
    Ecran(page, CARTE).presser("Commencer ma demande")

    known = [texte("Nom", "Martin"), texte("Prénoms", "Camille Anne")]
    known.append(texte("Courriel", "camille@exemple.fr"))
    Etape(page, "Mes informations").attendre(known)
    for titre, reponses in stationnement().items():
        Etape(page, titre).repondre(reponses).continuer()
    recap = Recapitulatif(page)
    expect(recap.code).to_have_count(0)  # who is logged in is no robot
    recap.envoyer.click()

    numero = Envoyee(page).numero
    Envoyee(page).menu("Mes demandes")
    MesDemandes(page).suivre(f"Détails de la demande {numero}")
    Suivi(page).recapitulatif()
    expect(Suivi(page).main).to_contain_text("AB-123-CD")
    assert [demande.compte for demande in sent()] == [town.habitante]


def test_conditional_fields(town, visitor):
    """With scripts an answer shows them; without they are there, with the sentence about when."""
    someone = visitor()
    page = someone.page
    demande = town.draft("signalement-voirie")
    someone.know(demande)
    page.goto(f"/demandes/{demande.uuid}/ma-demande/probleme/")
    etape = Etape(page, "Le problème")
    lampadaire = etape.champ(texte("Numéro du lampadaire", ""))
    sentence = page.get_by_text(
        "À remplir si vous avez répondu « Éclairage » à « Quel est le problème ? »"
    )
    danger = page.get_by_text("Appelez tout de suite le 112")
    if not someone.scripts:
        for each in (lampadaire, sentence, danger):
            expect(each).to_be_visible()
        return

    expect(lampadaire).to_be_visible()  # the draft says « Éclairage »
    expect(sentence).to_be_hidden()
    expect(danger).to_be_hidden()
    lampadaire.fill("L-12")
    etape.repondre([choix("Quel est le problème ?", "Graffiti, affichage")])
    expect(lampadaire).to_be_hidden()
    etape.repondre([choix("Y a-t-il un danger immédiat pour quelqu’un ?", "Oui")])
    expect(danger).to_be_visible()
    etape.repondre([choix("Quel est le problème ?", "Éclairage")])
    expect(lampadaire).to_have_value("L-12")  # nothing typed is lost by changing one's mind
