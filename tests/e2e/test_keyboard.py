"""A whole filing with the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.keyboard import Keyboard
from tests.e2e.pages import Catalogue, Ecran, Envoyee, Etape, Recapitulatif
from tests.e2e.reponses import NAISSANCE

pytestmark = pytest.mark.e2e

ACTE = "Demander un acte de naissance"


def test_filing_by_keyboard_alone(town, visitor):
    someone = visitor()
    page, keyboard = someone.page, Keyboard(someone.page)
    page.goto("/demarches/")
    _skip(page, keyboard)
    keyboard.tab_to(page.get_by_role("searchbox", name="Votre recherche"))
    page.keyboard.type("naissance")
    page.keyboard.press("Enter")
    keyboard.press(Catalogue(page).main.get_by_role("link", name=ACTE))
    ecran = Ecran(page, ACTE)
    keyboard.press(ecran.main.get_by_role("button", name="Commencer ma demande"))

    _send_empty(page, keyboard, scripts=someone.scripts)
    for titre, reponses in NAISSANCE.items():
        etape = Etape(page, titre)
        for reponse in reponses:
            keyboard.answer(etape, reponse)
        etape.attendre(reponses)
        keyboard.press(etape.main.get_by_role("button", name="Continuer"))

    recap = Recapitulatif(page)
    keyboard.tab_to(recap.code)
    page.keyboard.type(recap.solution())
    keyboard.press(recap.envoyer)
    Envoyee(page)
    kinds = {kind.partition("/")[0] for kind in keyboard.kinds}
    assert kinds >= {"A", "BUTTON", "INPUT", "SELECT", "SUMMARY"}  # each was looked at


def _skip(page, keyboard: Keyboard) -> None:
    """The first stop leads past the menu."""
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    expect(skip).to_be_focused()
    expect(skip).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def _send_empty(page, keyboard: Keyboard, *, scripts: bool) -> None:
    """The summary of errors has the focus at once (with scripts); its links lead to the fields."""
    etape = Etape(page, "Mes informations")
    keyboard.press(etape.main.get_by_role("button", name="Continuer"))
    resume = etape.erreurs()
    if scripts:
        expect(resume).to_be_focused()
    else:
        _skip(page, keyboard)
    keyboard.press(resume.get_by_role("link").first)
    expect(etape.main.get_by_role("textbox", name="Nom", exact=True)).to_be_focused()
    # One stop back, to answer from the first field on.
    page.keyboard.press("Shift+Tab")
