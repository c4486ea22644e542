"""The pages, as people use them: by words and roles, never by class or id.

Making a page object waits until the browser shows that page, and checks that nothing of it sticks
out of the window.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from playwright.sync_api import APIResponse, Locator, Page, expect

from tests.portal.captcha.helpers import solve

# With the space that French typography wants before a colon.
TITRE_ERREUR = re.compile(r"^Erreur\s: ")
TITRE_RESUME = re.compile("à corriger|Impossible de continuer")
NUMERO = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


@dataclass(frozen=True)
class Reponse:
    """What a resident answers: the role of the control, its name, what is typed or chosen."""

    role: str
    nom: str
    valeur: str = ""


def texte(nom: str, valeur: str) -> Reponse:
    return Reponse("textbox", nom, valeur)


def choix(question: str, valeur: str) -> Reponse:
    return Reponse("radio", question, valeur)


def liste(nom: str, valeur: str) -> Reponse:
    return Reponse("combobox", nom, valeur)


def case(nom: str) -> Reponse:
    return Reponse("checkbox", nom)


class Ecran:
    """Any page: its only main heading says which."""

    def __init__(self, page: Page, titre: str | re.Pattern[str]) -> None:
        self.page = page
        self.main = page.get_by_role("main")
        expect(page.get_by_role("heading", level=1)).to_have_text(titre)
        page.wait_for_load_state()  # the style sheet too, which decides the width
        too_wide = overflow(page)
        assert not too_wide, f"{page.url} scrolls sideways: {too_wide}"

    def suivre(self, mots: str) -> None:
        """Follow the first link of the content that says these words, and no others."""
        self.main.get_by_role("link", name=mots, exact=True).first.click()

    def presser(self, mots: str) -> None:
        self.main.get_by_role("button", name=mots, exact=True).click()

    def menu(self, mots: str) -> None:
        """Open the menu, closed on a phone, and take one of its entries."""
        nav = self.page.get_by_role("banner")
        nav.get_by_text("Menu", exact=True).click()
        nav.get_by_role("link", name=mots).or_(nav.get_by_role("button", name=mots)).click()

    def pied(self, mots: str) -> None:
        self.page.get_by_role("contentinfo").get_by_role("link", name=mots).click()

    def erreurs(self) -> Locator:
        """Wait for the summary of errors; return it."""
        expect(self.page).to_have_title(TITRE_ERREUR)
        resume = self.main.get_by_role("alert")
        expect(resume.get_by_role("heading")).to_contain_text(TITRE_RESUME)
        return resume


def overflow(page: Page) -> list[str]:
    """Return what makes the page scroll sideways."""
    return page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.body.querySelectorAll("*")]
                .filter((e) => e.getBoundingClientRect().right > width + 0.5)
                .map((e) => `${e.outerHTML.slice(0, 120)} ${e.getBoundingClientRect().right}`);
        }"""
    )


class Accueil(Ecran):
    def __init__(self, page: Page) -> None:
        super().__init__(page, re.compile("^Vos démarches avec "))

    def saisir_ticket(self, numero: str) -> None:
        self.main.get_by_role("textbox", name="Numéro de ticket").fill(numero)
        self.presser("Consulter cette demande")


class Catalogue(Ecran):
    def __init__(self, page: Page) -> None:
        super().__init__(page, "Toutes les démarches")

    def chercher(self, mots: str) -> None:
        self.main.get_by_role("searchbox", name="Votre recherche").fill(mots)
        self.presser("Rechercher")

    def trouvee(self, titre: str) -> Locator:
        """The entry of a démarche in the list."""
        return self.main.get_by_role("listitem").filter(
            has=self.page.get_by_role("link", name=titre)
        )


class Connexion(Ecran):
    def __init__(self, page: Page) -> None:
        super().__init__(page, "Se connecter à mon espace")

    def entrer(self, identifiant: str, mot_de_passe: str) -> None:
        self.main.get_by_role("textbox", name="Identifiant").fill(identifiant)
        self.main.get_by_label(re.compile("^Mot de passe")).fill(mot_de_passe)
        self.presser("Se connecter")


class Etape(Ecran):
    """A screen of the form."""

    def champ(self, reponse: Reponse) -> Locator:
        if reponse.role == "radio":
            group = self.main.get_by_role("radiogroup", name=reponse.nom)
            return group.get_by_role("radio", name=reponse.valeur, exact=True)
        return self.main.get_by_role(reponse.role, name=reponse.nom, exact=True)

    def repondre(self, reponses: Iterable[Reponse]) -> Self:
        for reponse in reponses:
            champ = self.champ(reponse)
            if reponse.role == "textbox":
                champ.fill(reponse.valeur)
            elif reponse.role == "combobox":
                champ.select_option(label=reponse.valeur)
            else:
                champ.check()
        return self

    def attendre(self, reponses: Iterable[Reponse]) -> Self:
        """Wait until the screen shows these answers."""
        for reponse in reponses:
            champ = self.champ(reponse)
            if reponse.role == "textbox":
                expect(champ).to_have_value(reponse.valeur)
            elif reponse.role == "combobox":
                expect(champ.locator("option:checked")).to_have_text(reponse.valeur)
            else:
                expect(champ).to_be_checked()
        return self

    def continuer(self) -> None:
        self.presser("Continuer")

    def enregistrer_et_revenir(self) -> None:
        self.presser("Enregistrer et revenir")


class Recapitulatif(Ecran):
    def __init__(self, page: Page) -> None:
        super().__init__(page, "Le récapitulatif")

    @property
    def code(self) -> Locator:
        return self.main.get_by_role("textbox", name="Recopiez le code")

    @property
    def envoyer(self) -> Locator:
        return self.main.get_by_role("button", name="Envoyer ma demande")

    def solution(self) -> str:
        """What the image shows, read in the database."""
        return solve(self.main.get_by_role("img", name="Image du code").get_attribute("src") or "")

    def modifier(self, titre: str) -> Etape:
        """Go back to one screen, from which one then comes back here."""
        self.main.get_by_role("link", name=re.compile(rf"^Modifier\s: {titre}$")).click()
        return Etape(self.page, titre)

    def recopier_et_envoyer(self) -> None:
        self.code.fill(self.solution())
        self.envoyer.click()


class Envoyee(Ecran):
    def __init__(self, page: Page) -> None:
        super().__init__(page, "Votre demande est envoyée")
        found = NUMERO.search(self.main.inner_text())
        assert found, "no ticket number"
        self.numero = found[0]


class Suivi(Ecran):
    def __init__(self, page: Page) -> None:
        super().__init__(page, "Suivi de la demande")

    def recapitulatif(self) -> None:
        onglets = self.main.get_by_role("navigation", name="Parties du suivi")
        onglet = onglets.get_by_role("link", name="Récapitulatif")
        onglet.click()
        expect(onglet).to_have_attribute("aria-current", "page")  # the heading stays the same

    def pdf(self, numero: str) -> APIResponse:
        """Fetch the PDF that the number leads to, as this browser would."""
        link = self.main.get_by_role("link", name=numero)
        return self.page.request.get(link.get_attribute("href") or "")


class Courriers(Ecran):
    def __init__(self, page: Page) -> None:
        super().__init__(page, "Courriers de démonstration")

    def ouvrir(self, numero: str, objet: str) -> Courrier:
        subject = re.compile(f"^{numero} : {objet}")
        self.main.get_by_role("link", name=subject).click()
        return Courrier(self.page, subject)


class Courrier(Ecran):
    def suivre_le_lien(self) -> None:
        self.main.get_by_role("link", name=re.compile("^http")).click()


class MesDemandes(Ecran):
    def __init__(self, page: Page) -> None:
        super().__init__(page, "Mes demandes")


class Demandes(Ecran):
    """The clerk's list."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, "Demandes de mes services")


class Dossier(Ecran):
    """One request, as the clerk sees it."""
