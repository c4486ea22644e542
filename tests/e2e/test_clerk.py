"""A clerk decides a request of their service, and the resident reads the decision."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from tests.e2e.pages import (
    TITRE_ERREUR,
    Accueil,
    Connexion,
    Courriers,
    Demandes,
    Dossier,
    Ecran,
    Suivi,
)
from tests.factories import PASSWORD

pytestmark = pytest.mark.e2e

ANSWER = "Le document part demain par courrier.\nConservez ce message."


def test_clerk_accepts_and_the_resident_reads_it(town, visitor):
    naissance = town.filed("acte-naissance")
    voirie = town.filed("signalement-voirie")
    town.send_mail()
    clerk, resident, other = visitor(), visitor(), visitor()
    page = clerk.page
    _open_list(page, "agent.etatcivil")
    assert _numbers(page) == {naissance.numero}
    Demandes(page).suivre(naissance.numero)
    titre = f"Demande {naissance.numero}"
    Dossier(page, titre).presser("Prendre en charge")
    expect(page.get_by_text("Prendre en charge : c’est fait.")).to_be_visible()
    Dossier(page, titre).presser("Commencer l’instruction")
    expect(page.get_by_text("Commencer l’instruction : c’est fait.")).to_be_visible()
    Dossier(page, titre).suivre("Accepter la demande…")
    decision = Ecran(page, titre)
    decision.main.get_by_label("Texte envoyé au demandeur").fill(ANSWER)
    assert town.send_mail() == 0  # nothing leaves before the decision
    decision.presser("Accepter la demande")
    expect(page.get_by_text("Accepter la demande : c’est fait.")).to_be_visible()
    expect(Dossier(page, titre).main).to_contain_text("Acceptée")

    assert town.send_mail() == 1
    assert ANSWER.splitlines()[0] in mail.outbox[-1].body
    _read_the_decision(resident.page, naissance.numero)

    other.expected_statuses.add(404)
    _open_list(other.page, "agent.voirie")
    assert _numbers(other.page) == {voirie.numero}
    other.page.goto(f"/admin/demarches/demande/{naissance.pk}/change/")
    Ecran(other.page, "Cette page est introuvable")


def test_refusal_needs_a_reason(town, visitor):
    demande = town.filed("acte-naissance")
    clerk = visitor()
    clerk.log_in(town.agent_civil)
    page = clerk.page
    page.goto(f"/admin/demarches/demande/{demande.pk}/change/")
    titre = f"Demande {demande.numero}"
    Dossier(page, titre).presser("Prendre en charge")
    expect(page.get_by_text("Prendre en charge : c’est fait.")).to_be_visible()
    Dossier(page, titre).presser("Commencer l’instruction")
    expect(page.get_by_text("Commencer l’instruction : c’est fait.")).to_be_visible()
    Dossier(page, titre).suivre("Refuser la demande…")
    Ecran(page, titre).presser("Refuser la demande")
    expect(page).to_have_title(TITRE_ERREUR)
    expect(page.get_by_text("Écrivez le motif : il est envoyé au demandeur.")).to_be_visible()
    Ecran(page, titre).suivre("Revenir sans rien envoyer")
    expect(Dossier(page, titre).main).to_contain_text("En instruction")
    assert town.send_mail() == 1  # the receipt alone


def _open_list(page: Page, identifiant: str) -> None:
    page.goto("/")
    Accueil(page).menu("Se connecter")
    Connexion(page).entrer(identifiant, PASSWORD)
    Ecran(page, "Tableau de bord").suivre("Demandes")
    Demandes(page)


def _numbers(page: Page) -> set[str]:
    """The ticket numbers that the list shows."""
    rows = Demandes(page).main.get_by_role("row")
    return set(re.findall(r"\w{4}-\w{4}-\w{4}", " ".join(rows.all_inner_texts())))


def _read_the_decision(page: Page, numero: str) -> None:
    page.goto("/")
    Accueil(page).pied("Courriers de démonstration")
    courrier = Courriers(page).ouvrir(numero, "votre demande est acceptée")
    expect(courrier.main).to_contain_text(ANSWER.splitlines()[0])
    courrier.suivre_le_lien()
    Ecran(page, "Ouvrir ma demande").presser("Ouvrir ma demande")
    suivi = Suivi(page)
    expect(suivi.main).to_contain_text(re.compile(r"Acceptée\s*\(étape 4 sur 4\)"))
    expect(suivi.main).to_contain_text(ANSWER.splitlines()[1])
    expect(suivi.main).to_contain_text("Demande acceptée")
