"""A home described, shared with the other parent, and a child picked up by a grandmother: with
scripts and without, on a narrow phone.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Membre
from tests.e2e.pages import Ecran
from tests.e2e.visitor import Visitor
from tests.factories import CompteFactory

pytestmark = pytest.mark.e2e
ENTOURAGE = "Mon entourage"
INVITER = "Inviter l’autre parent ou un autre adulte à gérer ce foyer avec vous"


def fill(someone: Visitor, **answers: str) -> None:
    for name, value in answers.items():
        someone.page.get_by_role("textbox", name=re.compile(name.replace("_", " "))).first.fill(
            value
        )


def shown(someone: Visitor) -> list[str]:
    """The members, as the page names them."""
    return someone.page.get_by_role("main").get_by_role("heading", level=3).all_inner_texts()


def test_two_parents_describe_one_home(town, visitor):
    camille, alex = visitor(), visitor()
    camille.log_in(CompteFactory(foyer=True, personne__prenoms="Camille", courriel="c@exemple.fr"))
    alex.log_in(CompteFactory(foyer=True, personne__prenoms="Alex", courriel="alex@exemple.fr"))
    camille.page.goto("/entourage/")
    _add_a_child(camille)
    _expect_a_baby(camille)
    _add_a_grandmother(camille)
    assert shown(camille) == ["Camille Martin", "Léa Martin", "Bébé à naître (Martin)", "Odile Roy"]

    Ecran(camille.page, ENTOURAGE).suivre("Inviter quelqu’un à gérer ce foyer avec vous")
    Ecran(camille.page, INVITER)
    fill(camille, Courriel="alex@exemple.fr")
    Ecran(camille.page, INVITER).presser("Envoyer l’invitation")
    expect(camille.page.get_by_role("status")).to_contain_text("alex@exemple.fr")
    town.send_mail()
    invitation = next(m for m in mail.outbox if m.to == ["alex@exemple.fr"])

    alex.page.goto(re.search(r"https?://\S+/entourage/invitation/\S+", invitation.body)[0])
    Ecran(alex.page, "Camille M. vous invite à représenter son foyer").presser("Rejoindre ce foyer")
    Ecran(alex.page, ENTOURAGE)
    assert shown(alex)[-3:] == ["Léa Martin", "Bébé à naître (Martin)", "Odile Roy"]
    _declare_the_birth(alex)

    camille.page.reload()
    Ecran(camille.page, ENTOURAGE)
    assert "Zoé Martin" in shown(camille)
    Ecran(camille.page, ENTOURAGE).suivre("Voir l’historique du foyer")
    history = Ecran(camille.page, "Historique du foyer").main
    expect(history).to_contain_text("Naissance : Zoé Martin")
    expect(history).to_contain_text("par Alex Martin")


def _add_a_child(someone: Visitor) -> None:
    Ecran(someone.page, ENTOURAGE).suivre("Ajouter un enfant")
    page = Ecran(someone.page, "Ajouter un enfant")
    someone.page.get_by_role("radio", name="né", exact=True).check()
    fill(someone, Prénoms="Léa", Date_de_naissance="31/02/2017", École="Jules-Ferry")
    page.presser("Ajouter un enfant")
    expect(page.erreurs()).to_contain_text("Ce jour n’existe pas")
    fill(someone, Date_de_naissance="2 mai 2017")
    page.presser("Ajouter un enfant")
    expect(someone.page.get_by_role("status")).to_contain_text("Léa Martin est dans")


def _expect_a_baby(someone: Visitor) -> None:
    Ecran(someone.page, ENTOURAGE).suivre("Ajouter un enfant")
    someone.page.get_by_role("radio", name="à naître").check()
    day = timezone.localdate() + timedelta(days=30)
    fill(someone, Naissance_prévue=day.strftime("%d/%m/%Y"))
    Ecran(someone.page, "Ajouter un enfant").presser("Ajouter un enfant")
    expect(someone.page.get_by_role("status")).to_contain_text("est dans votre entourage")


def _add_a_grandmother(someone: Visitor) -> None:
    Ecran(someone.page, ENTOURAGE).suivre("Ajouter un contact")
    fill(someone, Prénom="Odile", Nom="Roy", Téléphone="06 39 98 00 02")
    someone.page.get_by_role("checkbox", name="Léa Martin").check()
    Ecran(someone.page, "Ajouter un contact").presser("Ajouter un contact")
    expect(someone.page.get_by_role("main")).to_contain_text("Peut venir chercher : Léa")


def _declare_the_birth(someone: Visitor) -> None:
    bebe = Membre.objects.get(role="a_naitre")
    someone.page.get_by_role("link", name="Voir la fiche de Bébé à naître (Martin)").click()
    Ecran(someone.page, "Bébé à naître (Martin)").suivre("Mon enfant est né")
    today = timezone.localdate().strftime("%d/%m/%Y")
    fill(someone, Prénoms="Zoé", Date_de_naissance=today)
    Ecran(someone.page, "Mon enfant est né").presser("Enregistrer la naissance")
    Ecran(someone.page, "Zoé Martin")
    bebe.refresh_from_db()
    assert bebe.role == "enfant"
