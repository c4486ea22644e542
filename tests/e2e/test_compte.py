"""The life of an account: patient while it is checked, changed, keyed, lost, found again."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from playwright.sync_api import expect

from accounts.models import Compte
from accounts.services import secret
from portal.kernel.crypto import random_number
from tests.e2e.pages import Connexion, Ecran
from tests.factories import (
    PASSWORD,
    CleServiceFactory,
    CompteFactory,
    DossierFamilleFactory,
    ServiceFactory,
)

pytestmark = pytest.mark.e2e
REPONSE = "Les Tilleuls"


@pytest.fixture
def elodie(town) -> Compte:
    return CompteFactory(
        foyer=True,
        en_attente=True,
        identifiant="elodie",
        courriel="elodie@exemple.fr",
        personne__prenoms="Élodie",
        password=make_password(PASSWORD),
        question_secrete=secret.QUESTIONS[3],
        reponse_secrete=secret.empreinte(REPONSE),
    )


def test_checked_by_a_clerk_then_changed(town, visitor, elodie):
    resident = visitor()
    resident.expected_statuses.add(403)
    resident.log_in(elodie)
    resident.page.goto("/tableau-de-bord/")
    expect(Ecran(resident.page, "Mon tableau de bord").main).to_contain_text(
        "en attente de validation"
    )
    resident.page.goto("/mon-espace/modifier/adresse/")
    expect(resident.page.get_by_role("main")).not_to_contain_text("Numéro et nom de la rue")

    clerk = visitor(viewport={"width": 1280, "height": 900})
    agent = CompteFactory(agent=True, services=[ServiceFactory()], services__gere_les_comptes=True)
    clerk.log_in(agent)
    clerk.page.goto("/admin/accounts/compte/")
    clerk.page.get_by_role("link", name=re.compile("Élodie")).first.click()
    clerk.page.get_by_role("button", name=re.compile("^Valider")).click()
    clerk.page.wait_for_load_state()
    town.send_mail()
    assert any("validé" in m.subject for m in mail.outbox if m.to == ["elodie@exemple.fr"])

    resident.page.goto("/mon-espace/modifier/adresse/")
    main = resident.page.get_by_role("main")
    main.get_by_role("textbox", name=re.compile("Numéro et nom de la rue")).fill("3 quai du Port")
    main.get_by_role("button", name="Enregistrer et terminer").click()
    resident.page.wait_for_load_state()
    resident.page.goto("/mon-espace/")
    expect(Ecran(resident.page, "Mon espace").main).to_contain_text("3 quai du Port")
    # What a clerk read is told, by the service's name alone.
    resident.page.goto("/mon-espace/donnees/consultations/")
    read = Ecran(resident.page, "Qui a consulté mon dossier").main
    expect(read).to_contain_text(agent.agent_profil.services.get().nom)
    expect(read).not_to_contain_text(agent.identifiant)


def test_key_of_a_service_brings_the_family(town, visitor):
    compte = CompteFactory(foyer=True)
    dossier = DossierFamilleFactory(service__nom="Enfance et école", nom="Martin")
    cle = random_number()
    CleServiceFactory(dossier=dossier, cle=cle)
    resident = visitor()
    resident.log_in(compte)
    resident.page.goto("/mon-espace/services/")
    field = resident.page.get_by_role("textbox", name=re.compile("Enfance et école"))
    field.fill("0000-0000-0000")
    field.press("Enter")
    expect(resident.page.get_by_role("alert")).to_be_visible()

    field = resident.page.get_by_role("textbox", name=re.compile("Enfance et école"))
    field.fill(cle.lower().replace("-", " "))
    field.press("Enter")
    expect(resident.page.get_by_role("main")).to_contain_text("Léa")
    assert dossier.foyer is None, "nothing is attached before it is confirmed"
    resident.page.get_by_role("main").get_by_role("button").first.click()
    resident.page.wait_for_load_state()

    resident.page.goto("/tableau-de-bord/")
    expect(Ecran(resident.page, "Mon tableau de bord").main).to_contain_text("Ma famille")
    expect(resident.page.get_by_role("link", name="Léa Martin")).to_be_visible()
    dossier.refresh_from_db()
    assert dossier.foyer == compte.personne.membres.get().foyer


def test_password_lost_and_chosen_again(town, visitor, elodie):
    new = "une phrase que je retiens mieux"
    page = visitor().page
    page.goto("/")
    page.get_by_role("link", name="Mot de passe oublié").click()
    page.get_by_role("textbox", name=re.compile("Identifiant")).fill("Elodie@exemple.fr")
    page.get_by_role("main").get_by_role("button", name="Continuer").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text(secret.QUESTIONS[3].split(" ?")[0])
    main.get_by_role("textbox").fill("les tilleuls !")
    main.get_by_role("button", name="Confirmer").click()
    page.wait_for_url(re.compile("/envoye/"))
    town.send_mail()
    message = next(m for m in mail.outbox if m.to == ["elodie@exemple.fr"])

    page.goto(re.search(r"https?://\S+/nouveau/\S+", message.body)[0])
    for field in page.locator("main input[type=password]").all():
        field.fill(new)
    page.get_by_role("main").get_by_role("button", name=re.compile("^Enregistrer")).click()
    Connexion(page).entrer("elodie", new)
    page.wait_for_url(re.compile("/tableau-de-bord/"))
    expect(Ecran(page, "Mon tableau de bord").main).to_contain_text("Élodie")
