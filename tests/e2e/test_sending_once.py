"""However often one clicks, goes back, reloads or opens tabs, a request is sent once."""

from __future__ import annotations

import pytest

from demarches.models import Demande
from demarches.states import Etat
from tests.e2e.pages import Envoyee, Etape, Recapitulatif, choix
from tests.e2e.town import Town
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.e2e

DOCUMENT = "Le document"
QUESTION = "De quel document avez-vous besoin ?"


@pytest.fixture
def demande(town: Town) -> Demande:
    """A draft without account, ready to be sent."""
    return town.draft("acte-naissance")


@pytest.fixture
def someone(visitor, demande: Demande) -> Visitor:
    """Who is about to send it."""
    someone = visitor()
    someone.know(demande)
    return someone


def recap(demande: Demande) -> str:
    return f"/demandes/{demande.uuid}/recapitulatif/"


def numbers() -> list[str | None]:
    """The requests that were sent."""
    return [each.numero for each in Demande.objects.exclude(etat=Etat.BROUILLON)]


def test_double_click(town, site, someone, demande):
    page = someone.page
    page.goto(recap(demande))
    ecran = Recapitulatif(page)
    ecran.code.fill(ecran.solution())
    ecran.envoyer.scroll_into_view_if_needed()
    box = ecran.envoyer.bounding_box()
    assert box
    forms = 1 if someone.scripts else 2  # with scripts the second one does not even leave
    with site.held():  # the second click comes before the first is answered
        for left in (1, forms):
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            someone.wait_for_posts(left)

    numero = Envoyee(page).numero
    assert numbers() == [numero]
    assert someone.posts == [recap(demande)] * forms
    assert town.send_mail() == 1


def test_reload_and_back_after_sending(town, someone, demande):
    page = someone.page
    page.goto(recap(demande))
    Recapitulatif(page).recopier_et_envoyer()
    numero = Envoyee(page).numero

    page.reload()
    assert Envoyee(page).numero == numero
    page.go_back()  # to the recap, which leads where the request is now
    assert Envoyee(page).numero == numero
    page.go_forward()
    assert Envoyee(page).numero == numero
    assert someone.posts == [recap(demande)]
    assert numbers() == [numero]
    assert town.send_mail() == 1


def test_wrong_code_reloaded_then_right(town, someone, demande):
    page = someone.page
    page.goto(recap(demande))
    ecran = Recapitulatif(page)
    ecran.code.fill("00000")
    ecran.envoyer.click()
    ecran.erreurs()
    page.reload()
    ecran.erreurs()
    assert someone.posts == [recap(demande)] * 2  # the browser has sent the form again
    assert numbers() == []

    Recapitulatif(page).recopier_et_envoyer()
    numero = Envoyee(page).numero
    assert numbers() == [numero]
    assert town.send_mail() == 1


def test_two_tabs_on_one_draft(town, someone, demande):
    """What was said last counts, in whichever tab; once sent, all tabs lead to one number."""
    first, second, third = someone.page, someone.new_tab(), someone.new_tab()
    for page in (first, second, third):
        page.goto(f"/demandes/{demande.uuid}/ma-demande/document/")
    Etape(first, DOCUMENT).repondre([choix(QUESTION, "Extrait avec filiation")]).continuer()
    Etape(first, "La personne dont vous demandez l’acte")
    Etape(second, DOCUMENT).repondre([choix(QUESTION, "Extrait sans filiation")]).continuer()
    Etape(second, "La personne dont vous demandez l’acte").continuer()
    # Neither parents nor link are asked for: the first tab follows what the second said.
    Etape(first, "La personne dont vous demandez l’acte").continuer()
    recaps = Recapitulatif(first), Recapitulatif(second)
    assert "Extrait sans filiation" in recaps[0].main.inner_text()

    recaps[0].recopier_et_envoyer()
    numero = Envoyee(first).numero
    recaps[1].recopier_et_envoyer()
    assert Envoyee(second).numero == numero
    Etape(third, DOCUMENT).repondre([choix(QUESTION, "Copie intégrale")]).continuer()
    assert Envoyee(third).numero == numero
    assert numbers() == [numero]
    assert Demande.objects.get().reponses["type_acte"] == "sans_filiation"
    assert town.send_mail() == 1
