"""« Toutes les démarches » and « Votre recherche » (A2)."""

import re

import pytest

from demarches.models import Demarche
from tests.demarches.browser import Browser
from tests.factories import VersionDemarcheFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
NAISSANCE, MARIAGE, DECES = "acte-naissance", "acte-mariage", "acte-deces"
OBJETS, RUE, VOITURE = "encombrants", "signalement-voirie", "stationnement-resident"


def search(browser: Browser, texte: str, **more: str) -> list[str]:
    """Return the codes of what is found, in order."""
    response = browser.client.get("/demarches/", {"q": texte, **more})
    assert response.status_code == 200
    browser.page = response
    return re.findall(
        r'href="/demarches/([a-z-]+)/"',
        browser.html.split("titre-resultats")[-1].split("titre-themes")[0],
    )


def test_themes_hold_their_demarches(browser):
    browser.open("/demarches/")
    assert browser.heading == "Toutes les démarches"
    for theme in (
        "État civil et citoyenneté",
        "Cadre de vie et propreté",
        "Stationnement et déplacements",
    ):
        assert theme in browser.text
    assert "3 démarches" in browser.text
    browser.click("État civil et citoyenneté")
    assert browser.heading == "État civil et citoyenneté"
    for words in ("acte de naissance", "acte de mariage", "acte de décès"):
        assert browser.link(words).startswith("/demarches/acte-")


def test_padlock_is_told_in_words(browser):
    browser.open("/demarches/theme/stationnement/")
    assert "Compte requis" in browser.text
    browser.open("/demarches/theme/etat-civil/")
    assert "Compte requis" not in browser.text


def test_filter_without_account(browser):
    browser.open("/demarches/?sans-compte=1")
    assert "Stationnement et déplacements" not in browser.text
    assert "Cadre de vie et propreté" in browser.text
    browser.open("/demarches/theme/stationnement/?sans-compte=1")
    assert "carte de stationnement résident" not in browser.text
    assert browser.link("Tout afficher") == "/demarches/theme/stationnement/"


def test_off_line_demarche_and_empty_theme_disappear(browser):
    Demarche.objects.filter(code=VOITURE).update(en_ligne=False)
    assert "Stationnement et déplacements" not in browser.open("/demarches/").text
    assert browser.open("/demarches/theme/stationnement/").status == 404
    assert search(browser, "macaron") == []


def test_unknown_theme_is_not_found(client):
    assert client.get("/demarches/theme/inconnu/").status_code == 404


FOUND = {
    "by title": {"naissance": NAISSANCE, "acte de décès": DECES},
    "whatever case, accents and plural": {
        "NAISSANCE": NAISSANCE,
        "deces": DECES,
        "DÉCÈS": DECES,
        "de\u0301ce\u0300s": DECES,
        "mariages": MARIAGE,
        "encombrant": OBJETS,
        "stationnements": VOITURE,
    },
    "by synonyms": {
        "macaron": VOITURE,
        "canape": OBJETS,
        "monstres": OBJETS,
        "lampadaires": RUE,
        "nid de poule": RUE,
        "nids-de-poule": RUE,
        "obsèques": DECES,
        "déchèterie": OBJETS,
        "dechetterie": OBJETS,
        "passeport": NAISSANCE,
    },
    "by description": {"matelas": OBJETS, "horodateur": VOITURE, "résidence principale": VOITURE},
    "through small slips": {
        "naisance": NAISSANCE,
        "naissanse": NAISSANCE,
        "mariaje": MARIAGE,
        "encombrents": OBJETS,
        "stationement": VOITURE,
        "grafiti": RUE,
        "trotoir": RUE,
        "lampadere": RUE,
    },
    "as people put words together": {
        "je veux un extrait de naissance": NAISSANCE,
        "acte-naissance": NAISSANCE,
        "acte - naissance": NAISSANCE,
        "naissance ?": NAISSANCE,
        "« naissance »": NAISSANCE,
        "l’acte de naissance": NAISSANCE,
        "l'acte de naissance": NAISSANCE,
        "  naissance  ": NAISSANCE,
    },
}


@pytest.mark.parametrize("how", FOUND)
def test_search_finds(browser, how):
    found = {texte: search(browser, texte)[:1] for texte in FOUND[how]}
    assert found == {texte: [code] for texte, code in FOUND[how].items()}


def test_result_tells_how_many_and_repeats_the_words(browser):
    search(browser, "naissance")
    assert "1 démarche pour « naissance »" in browser.text
    assert 'value="naissance"' in browser.html
    assert "naissance" in browser.title


NOTHING = [
    "xyzzyq",
    "piscine",
    "%",
    "_",
    "'",
    '"',
    "\\",
    "!",
    "(",
    ":*",
    "&",
    "|",
    "€",
    "😀",
    "<script>alert(1)</script>",
    "'; DROP TABLE demarches_demarche; --",
    "%%",
    "{0}",
    "a" * 5000,
    "é" * 5000,
    "\x00",
    "\ud7ff",
    "🏳️‍🌈" * 100,
]


def test_nothing_found_says_so_and_proposes_themes(browser):
    for texte in NOTHING:
        assert search(browser, texte) == [], texte
        if texte.strip("\x00"):
            assert "Aucune démarche pour" in browser.text, texte
        assert browser.link("État civil et citoyenneté")
        assert "<script>alert" not in browser.html


def test_empty_search_shows_the_themes(browser):
    for texte in ("", "   ", "\u00a0"):
        assert search(browser, texte) == []
        assert "Aucune démarche" not in browser.text
        assert browser.link("État civil et citoyenneté")


def test_long_words_are_cut_not_refused(browser):
    assert search(browser, "naissance " + "x" * 5000) in ([NAISSANCE], [])
    assert browser.status == 200


def test_search_among_those_without_account(browser):
    assert search(browser, "carte") == [VOITURE]
    assert search(browser, "carte", **{"sans-compte": "1"}) == []
    assert "Aucune démarche" in browser.text
    assert search(browser, "naissance", **{"sans-compte": "1"}) == [NAISSANCE]


def test_title_counts_more_than_synonyms_and_they_more_than_the_description(browser):
    for titre, synonymes, description in (
        ("Une", "", "Le zibeline du parc."),
        ("Deux", "zibeline", ""),
        ("Le zibeline", "", ""),
    ):
        VersionDemarcheFactory(
            demarche__titre=titre, demarche__synonymes=synonymes, demarche__description=description
        )
    browser.page = browser.client.get("/demarches/", {"q": "zibeline"})
    text = browser.text.split("pour « zibeline »")[1]
    assert text.index("Le zibeline") < text.index("Deux") < text.index("Une")


def test_repeated_and_unknown_parameters_are_harmless(client):
    for query in ("q=a&q=b", "q[]=a", "sans-compte=0&sans-compte=", "page=3", "q=%E9", "q=%"):
        assert client.get(f"/demarches/?{query}").status_code == 200


def test_anonymous_catalogue_reads_no_session(client, django_assert_max_num_queries):
    client.get("/demarches/")
    with django_assert_max_num_queries(4) as queries:
        response = client.get("/demarches/")
    assert "Set-Cookie" not in response.headers or "session" not in response.cookies
    assert not any("accounts_sessioncompte" in q["sql"] for q in queries.captured_queries)
