"""Conditions look at an earlier answer, and at values that it can have."""

import pytest

from demarches.schema.parse import DefinitionInvalide, parse
from tests.definitions import document
from tests.demarches.formulaires import champ, section

COULEUR = champ("choix", "couleur")
ACCORD = champ("oui_non", "accord")


def fautes(*sections) -> dict[str, str]:
    with pytest.raises(DefinitionInvalide) as caught:
        parse(document(sections=list(sections)))
    return {faute.lieu: faute.texte for faute in caught.value.fautes}


def si(champ_: object, *parmi: object) -> dict[str, object]:
    return {"champ": champ_, "parmi": list(parmi)}


@pytest.mark.parametrize(
    ("target", "parmi", "raw"),
    [
        (COULEUR, ["rouge", "vert"], ("rouge", "vert")),
        (champ("choix_multiples", "couleur"), ["bleu"], ("bleu",)),
        (ACCORD, [True], ("oui",)),
        (ACCORD, [False], ("non",)),
        (ACCORD, [True, False], ("oui", "non")),
    ],
)
def test_condition_on_an_earlier_answer_becomes_what_a_browser_sends(target, parmi, raw):
    doc = document(sections=[section(target, champ("texte", si=si(target["cle"], *parmi)))])
    assert parse(doc).champ("x").si.parmi == raw


def test_condition_on_a_statement_that_may_be_left_unticked():
    target = champ("attestation", "honneur", requis=False)
    doc = document(sections=[section(target, champ("texte", si=si("honneur", True)))])
    assert parse(doc).champ("x").si is not None


def test_section_may_depend_on_an_earlier_section():
    doc = document(
        sections=[
            section(COULEUR, cle="un"),
            section(champ("texte"), cle="deux", si=si("couleur", "vert")),
        ]
    )
    assert parse(doc).sections[1].si.champ == "couleur"


def test_condition_on_a_later_field_is_refused():
    found = fautes(section(champ("texte", si=si("couleur", "vert")), COULEUR))
    assert "« couleur » n’est pas un champ placé plus haut" in found["sections[0].champs[0].si"]


def test_condition_on_itself_is_refused():
    found = fautes(section(champ("choix", "couleur", si=si("couleur", "vert"))))
    assert "placé plus haut" in found["sections[0].champs[0].si"]


def test_section_that_depends_on_its_own_field_is_refused():
    found = fautes(section(COULEUR, si=si("couleur", "vert")))
    assert "placé plus haut" in found["sections[0].si"]


@pytest.mark.parametrize("name", ["inconnu", "", None, 3, [], {}, ["couleur"]])
def test_condition_on_no_field_is_refused(name):
    assert "sections[0].champs[1].si" in fautes(
        section(COULEUR, champ("texte", si=si(name, "vert")))
    )


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"champ": "couleur"},
        {"parmi": ["vert"]},
        {"champ": "couleur", "parmi": []},
        {"champ": "couleur", "parmi": "vert"},
        {"champ": "couleur", "parmi": ["vert"], "sauf": []},
        {"champ": "couleur", "parmi": None},
        "couleur",
        ["couleur", "vert"],
        True,
    ],
)
def test_condition_badly_written_is_refused(condition):
    assert "sections[0].champs[1].si" in fautes(section(COULEUR, champ("texte", si=condition)))


@pytest.mark.parametrize(
    ("target", "parmi"),
    [
        (COULEUR, ["violet"]),
        (COULEUR, ["vert", "violet"]),
        (COULEUR, ["Vert"]),
        (COULEUR, [True]),
        (COULEUR, [["vert"]]),
        (COULEUR, [{}]),
        (COULEUR, [None]),
        (ACCORD, ["oui"]),
        (ACCORD, [1]),
        (ACCORD, [None]),
        (champ("texte", "couleur"), ["vert"]),
        (champ("nombre", "couleur"), [1]),
        (champ("date", "couleur"), ["2026-11-24"]),
        (champ("adresse", "couleur"), ["FR"]),
        (champ("explication", "couleur"), [True]),
    ],
)
def test_impossible_values_are_refused_at_their_place(target, parmi):
    found = fautes(section(target, champ("texte", si=si(target["cle"], *parmi))))
    assert "valeurs impossibles" in found["sections[0].champs[1].si.parmi"]
