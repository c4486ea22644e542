"""What a resident types at each screen of the six real démarches, and how to go through them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tests.demarches.browser import Browser, Typed

Screen = dict[str, Typed]

QUI: Screen = {
    "nom": "N’Guyen-Lefèvre",
    "prenoms": "Élodie",
    "courriel": "elodie@exemple.fr",
    "telephone": "06 12 34 56 78",
}
ADRESSE: Screen = {
    "adresse__voie": "12 rue des Tilleuls",
    "adresse__code_postal": "49100",
    "adresse__commune": "Angers",
    "adresse__pays": "FR",
}

SCREENS: dict[str, dict[str, Screen]] = {
    "acte-naissance": {
        "mes-informations": QUI | ADRESSE,
        "document": {"type_acte": "copie_integrale", "exemplaires": "2", "motif": "succession"},
        "personne": {
            "nom_naissance": "Lefèvre",
            "prenoms_personne": "Élodie Marie",
            "date_naissance": "14 mars 1987",
            "commune_naissance": "Clairval-sur-Loire",
        },
        "parents": {"parent_1": "Paul Lefèvre", "parent_2": "Hélène Garnier"},
        "lien": {"qualite": "interesse", "exactitude": "on"},
    },
    "acte-mariage": {
        "mes-informations": QUI | ADRESSE,
        "document": {"type_acte": "sans_filiation", "exemplaires": "1"},
        "mariage": {
            "epoux_1_nom": "D’Almeida",
            "epoux_1_prenoms": "Anne-Lise",
            "epoux_2_nom": "Le Goff",
            "epoux_2_prenoms": "Yann",
            "date_mariage": "14/06/1998",
            "commune_mariage": "Clairval-sur-Loire",
        },
    },
    "acte-deces": {
        "mes-informations": QUI
        | {
            "telephone": "+32 470 12 34 56",
            "adresse__voie": "Rue de la Loi 16",
            "adresse__code_postal": "1000",
            "adresse__commune": "Bruxelles",
            "adresse__pays": "BE",
        },
        "defunt": {"nom_naissance": "O’Brien", "prenoms_defunt": "Jean"},
        "deces": {"date_deces": "02/01/2020", "lieu": "domicile", "commune_deces": "Nantes"},
        "document": {"exemplaires": "10"},
    },
    "encombrants": {
        "mes-informations": QUI,
        "objets": {
            "liste": ["canape", "matelas"],
            "details": "Un canapé de deux places,\nun matelas.",
            "volume": "moins_1",
        },
        "collecte": {
            "adresse_collecte__voie": "3 place du Marché",
            "adresse_collecte__code_postal": "49 999",
            "adresse_collecte__commune": "Clairval-sur-Loire",
            "logement": "appartement",
            "sortie": "non",
            "etage": "0",
            "engagement": "on",
        },
    },
    "signalement-voirie": {
        "mes-informations": QUI | {"telephone": ""},
        "probleme": {
            "danger": "non",
            "nature": "eclairage",
            "lampadaire": "LP-042",
            "description": "Le lampadaire est éteint 💡.",
        },
        "lieu": {"rue": "Rue de l’École", "repere": "Devant l’école"},
    },
    "stationnement-resident": {
        "mes-informations": QUI | ADRESSE,
        "carte": {
            "type_demande": "renouvellement",
            "ancienne_carte": "C-2024-17",
            "adresse_residence": "oui",
            "nombre_vehicules": "deux",
        },
        "vehicule_1": {"plaque_1": "AB-123-CD", "modele_1": "Renault Zoé", "titulaire_1": "moi"},
        "vehicule_2": {
            "plaque_2": "EF-456-GH",
            "modele_2": "Citroën C3",
            "titulaire_2": "employeur",
            "nom_titulaire_2": "L’Atelier d’à côté",
        },
        "engagement": {"honneur": "on"},
    },
}
SANS_COMPTE = [code for code in SCREENS if code != "stationnement-resident"]


def screen(code: str, cle: str) -> Screen:
    """Return what is typed at one screen of a démarche."""
    if cle == "carte":  # a date that must lie ahead of today
        ahead = timezone.localdate() + timedelta(days=7)
        return SCREENS[code][cle] | {"date_debut": f"{ahead:%d/%m/%Y}"}
    return SCREENS[code][cle]


def cle_of(url: str) -> str:
    """Return the name of the screen that an address shows."""
    return url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]


def begin(browser: Browser, code: str) -> Browser:
    """Begin a draft from the page of a démarche."""
    return browser.open(f"/demarches/{code}/").send()


def fill_in(browser: Browser, code: str, *, until: str = "recapitulatif") -> Browser:
    """Fill in every screen from where the browser stands, stopping at the screen `until`."""
    for _screen in range(12):
        cle = cle_of(browser.url)
        if cle == until:
            return browser
        browser.send(**screen(code, cle))
    raise AssertionError(f"never came to {until}: {browser.url} {browser.text[:300]}")


def file(browser: Browser, code: str) -> Browser:
    """Go through a whole démarche and send it."""
    fill_in(begin(browser, code), code)
    has_code = "captcha" in browser.fields
    return browser.send_with_code() if has_code else browser.send()
