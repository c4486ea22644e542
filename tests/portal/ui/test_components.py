"""The other components: what they say to people who see them and to those who hear them."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from markupsafe import Markup

from tests.portal.ui.helpers import LONG, XSS, check_structure, draw, only, text, tree


def component(name: str, call: str, **context):
    root = tree(
        f'{{% from "components/{name}.html" import {call.split("(")[0]} %}}{{{{ {call} }}}}',
        **context,
    )
    check_structure(root)
    return root


@pytest.mark.parametrize("texte", ["Envoyer ma demande", XSS, LONG])
@pytest.mark.parametrize("kind", ["primaire", "secondaire", "danger", "lien"])
def test_button(texte, kind):
    root = component(
        "bouton",
        'bouton(texte, kind=kind, icone="send", name="suite", value=texte, aria_describedby=none,'
        " formnovalidate=True)",
        texte=texte,
        kind=kind,
    )
    button = only(root, "//button")
    assert text(button) == " ".join(texte.split())
    assert button.get("type") == "submit"
    assert button.get("value") == texte
    assert button.get("formnovalidate") is not None
    assert "aria-describedby" not in button.attrib
    assert f"bouton--{kind}" in button.get("class")


def test_link_that_looks_like_a_button():
    link = only(component("bouton", 'lien_bouton("Voir", "/a/?b=1&c", data_x="1")'), "//a")
    assert link.get("href") == "/a/?b=1&c"
    assert link.get("data-x") == "1"


def test_tile():
    root = component(
        "tuile",
        'tuile(titre, "/x/", texte=titre, icone="car", badge="2 non lus", cadenas=True, niveau=3)',
        titre=XSS,
    )
    assert text(only(root, "//h3/a")) == XSS
    assert "2 non lus" in text(root)
    assert "Compte requis" in text(root)


def test_tile_without_anything():
    root = component("tuile", 'tuile("Actualités", "/x/")')
    assert not root.xpath("//svg | //h2 | //h3")


def etape(libelle, etat, url=None):
    return SimpleNamespace(libelle=libelle, etat=etat, url=url)


def test_stepper():
    liste = [
        etape("La démarche", "fait", "/1/"),
        etape(XSS, "courant", "/2/"),
        etape("Fin", "a_venir"),
    ]
    root = component("etapes", "etapes(liste)", liste=liste)
    assert root.xpath("//a/@href") == ["/1/"]
    assert text(only(root, "//*[@aria-current='step']")).endswith(XSS)
    assert f"Étape 2 sur 3 {XSS}" in text(root)
    assert "Ensuite : Fin" in text(root)
    assert "(étape terminée)" in text(only(root, "//a"))


@pytest.mark.parametrize("rang", range(5))
def test_squares(rang):
    root = component("carres", "carres(rang, libelle)", rang=rang, libelle="Reçue")
    assert len(root.xpath("//*[@class='carre carre--plein']")) == rang
    assert len(root.xpath("//*[starts-with(@class, 'carre ') or @class='carre']")) == 4
    assert text(root) == f"Reçue (étape {rang} sur 4)"


def test_timeline():
    quand = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
    items = [
        SimpleNamespace(titre=XSS, date=quand, texte=LONG),
        SimpleNamespace(titre="b", date=quand, texte=None),
    ]
    root = component("frise", "frise(items)", items=items)
    assert root.xpath("//time/@datetime") == ["2026-11-24T14:30:00+01:00"] * 2
    assert "mardi 24 novembre 2026 à 14 h 30" in text(root)
    assert len(root.xpath("//li")) == 2


@pytest.mark.parametrize(
    ("kind", "word", "role"),
    [
        ("info", "Information", "status"),
        ("succes", "Succès", "status"),
        ("attention", "Attention", "status"),
        ("erreur", "Erreur", "alert"),
    ],
)
def test_notice_says_its_kind_in_words(kind, word, role):
    source = (
        '{% from "components/notice.html" import notice %}'
        "{% call notice(kind, titre=titre, niveau=3, vivante=True) %}<p>Texte</p>{% endcall %}"
    )
    root = tree(source, kind=kind, titre=XSS)
    check_structure(root)
    assert text(root).startswith(f"{word} :")
    assert text(only(root, "//h3")) == XSS
    assert only(root, "//*[@role]").get("role") == role


def test_badge_breadcrumb_and_pagination():
    assert text(component("badge", 'badge(x, "succes", icone="check")', x=XSS)) == XSS
    root = component("fil", 'fil([("Accueil", "/"), (x, none)])', x=XSS)
    assert root.xpath("//a/@href") == ["/"]
    assert text(only(root, "//*[@aria-current='page']")) == XSS
    root = component("pagination", 'pagination("?p=1", "?p=3", position="Page 2 sur 7")')
    assert root.xpath("//a/@rel") == ["prev", "next"]
    assert (
        draw('{% from "components/pagination.html" import pagination %}{{ pagination() }}').strip()
        == ""
    )


def test_definitions_say_what_is_missing_and_keep_markup():
    root = component(
        "liste_definitions",
        "definitions(lignes)",
        lignes=[
            ("Nom", XSS),
            ("Vide", ""),
            ("Rien", None),
            ("Zéro", 0),
            ("Lien", Markup("<a href='/'>a</a>")),
        ],
    )
    assert [text(dd) for dd in root.xpath("//dd")] == [
        XSS,
        "Non renseigné",
        "Non renseigné",
        "0",
        "a",
    ]
    assert root.xpath("//dd/a/@href") == ["/"]


def test_table_keeps_its_roles_when_it_becomes_cards():
    root = component(
        "tableau", 'tableau(["Numéro", x], [["A", x], ["B", "c"]], "Demandes", True)', x=XSS
    )
    assert root.xpath("//tbody//th/@data-titre") == ["Numéro"] * 2
    assert root.xpath("//td/@data-titre") == [XSS] * 2
    assert root.xpath("//@role").count("row") == 3
    assert text(only(root, "//caption")) == "Demandes"
