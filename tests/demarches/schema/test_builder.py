"""A page asks what the answers so far call for, keeps what was typed, and ignores the rest."""

import pytest

from demarches.schema import conditions
from demarches.schema.builder import LONGEST, SectionForm
from tests.demarches.formulaires import champ, definition, page, section, sent

COULEUR = champ("choix", "couleur")
ACCORD = champ("oui_non", "accord")


def si(cle, *parmi):
    return {"champ": cle, "parmi": list(parmi)}


NUANCE = champ("texte", "nuance", si=si("couleur", "bleu", "vert"))


def test_field_under_a_condition_of_the_same_page_is_shown_with_it():
    form = page(COULEUR, NUANCE)
    condition = form.fields["nuance"].condition
    assert condition.champ == "couleur"
    assert condition.valeurs == ["bleu", "vert"]
    assert "« Bleu, ou presque » ou « Vert »" in condition.texte
    assert form.fields["couleur"].condition is None


def test_condition_that_holds_makes_the_field_required():
    form = page(COULEUR, NUANCE, typed={"couleur": "bleu", "nuance": ""})
    assert not form.is_valid()
    assert set(form.errors) == {"nuance"}


def test_condition_that_fails_makes_the_field_neither_required_nor_kept():
    form = page(COULEUR, NUANCE, typed={"couleur": "rouge", "nuance": "a" * 10_000})
    assert form.is_valid(), form.errors
    assert form.reponses == {"couleur": "rouge"}
    # It stays in the draft: who changes their mind finds it again.
    assert form.saisie["nuance"] == ["a" * 10_000]


@pytest.mark.parametrize(
    "type_",
    [
        "date",
        "nombre",
        "courriel",
        "telephone",
        "attestation",
        "choix_multiples",
        "adresse",
        "oui_non",
    ],
)
def test_hidden_field_of_any_kind_refuses_nothing(type_):
    hidden = champ(type_, si=si("couleur", "bleu"))
    typed = {"couleur": "rouge", "x": "n’importe quoi", "x__code_postal": "abc", "x__pays": "XX"}
    form = page(COULEUR, hidden, typed=typed)
    assert form.is_valid(), form.errors
    assert form.reponses == {"couleur": "rouge"}


def test_hidden_field_is_marked_required_again_on_the_page_of_errors():
    # Its condition may come true before the page is sent again.
    form = page(COULEUR, champ("texte"), NUANCE, typed={"couleur": "rouge", "x": "", "nuance": ""})
    assert set(form.errors) == {"x"}
    assert form.fields["nuance"].required


def test_condition_on_one_of_several_choices():
    several = champ("choix_multiples", "couleur")
    assert not page(several, NUANCE, typed={"couleur": ["rouge", "vert"], "nuance": ""}).is_valid()
    assert page(several, NUANCE, typed={"couleur": ["rouge"]}).is_valid()
    assert page(champ("choix_multiples", "couleur", requis=False), NUANCE, typed={}).is_valid()


@pytest.mark.parametrize(
    ("sent_", "shown"), [("non", True), ("oui", False), ("", False), ("False", False)]
)
def test_condition_on_no(sent_, shown):
    form = page(
        champ("oui_non", "accord", requis=False),
        champ("texte", si=si("accord", False)),
        typed={"accord": sent_, "x": ""},
    )
    assert ("x" in form.errors) is shown


def chain():
    return [
        ACCORD,
        champ("choix", "couleur", si=si("accord", True)),
        champ("texte", "nuance", si=si("couleur", "bleu")),
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (
            {"accord": "oui", "couleur": "bleu", "nuance": "ciel"},
            {"accord": True, "couleur": "bleu", "nuance": "ciel"},
        ),
        (
            {"accord": "oui", "couleur": "vert", "nuance": "ciel"},
            {"accord": True, "couleur": "vert"},
        ),
        # The middle of the chain is hidden: its old answer no longer shows the end.
        ({"accord": "non", "couleur": "bleu", "nuance": "ciel"}, {"accord": False}),
        ({"accord": "non", "couleur": "bleu", "nuance": ""}, {"accord": False}),
    ],
)
def test_chain_of_conditions_on_one_page(typed, kept):
    form = page(*chain(), typed=typed)
    assert form.is_valid(), form.errors
    assert form.reponses == kept


def two_pages():
    return definition(
        section(ACCORD, COULEUR, cle="un"),
        section(
            champ("texte", "toujours"),
            champ("texte", "nuance", si=si("couleur", "bleu")),
            champ("texte", "encore", si=si("accord", True)),
            cle="deux",
        ),
    )


def second_page(earlier, typed=None):
    whole = two_pages()
    data = None if typed is None else sent(**typed)
    return SectionForm(whole, whole.sections[1], earlier, data)


def test_field_ruled_out_by_an_earlier_page_is_not_on_the_page():
    assert list(second_page({"couleur": ["vert"], "accord": ["oui"]}).fields) == [
        "toujours",
        "encore",
    ]
    assert list(second_page({"couleur": ["bleu"], "accord": ["non"]}).fields) == [
        "toujours",
        "nuance",
    ]
    assert list(second_page({}).fields) == ["toujours"]


def test_field_called_for_by_an_earlier_page_has_no_condition_left():
    form = second_page({"couleur": ["bleu"]})
    assert form.fields["nuance"].condition is None
    assert form.fields["nuance"].required


def test_field_ruled_out_by_an_earlier_page_is_neither_asked_nor_kept():
    form = second_page({"couleur": ["vert"]}, {"toujours": "a", "nuance": "b", "encore": "c"})
    assert form.is_valid(), form.errors
    assert form.reponses == {"toujours": "a"}
    assert form.saisie == {"toujours": ["a"]}


def test_this_page_cannot_answer_for_an_earlier_one():
    form = second_page({"couleur": ["vert"]}, {"toujours": "a", "couleur": "bleu", "nuance": "b"})
    assert form.is_valid()
    assert form.reponses == {"toujours": "a"}
    assert "couleur" not in form.saisie


def test_end_of_a_chain_is_not_on_the_page_when_its_middle_is_not():
    whole = definition(
        section(ACCORD, cle="un"),
        section(
            champ("choix", "couleur", si=si("accord", True)),
            champ("texte", "nuance", si=si("couleur", "bleu")),
            champ("texte", "toujours"),
            cle="deux",
        ),
    )
    form = SectionForm(whole, whole.sections[1], {"accord": ["non"]})
    assert list(form.fields) == ["toujours"]


def test_old_answer_of_a_hidden_section_shows_nothing_further():
    whole = definition(
        section(ACCORD, cle="un"),
        section(COULEUR, cle="deux", si=si("accord", True)),
        section(champ("texte"), cle="trois", si=si("couleur", "bleu")),
    )
    saisie = {"accord": ["oui"], "couleur": ["bleu"]}
    assert [s.cle for s in conditions.sections(whole, saisie)] == ["un", "deux", "trois"]
    assert [s.cle for s in conditions.sections(whole, saisie | {"accord": ["non"]})] == ["un"]
    assert [s.cle for s in conditions.sections(whole, {})] == ["un"]


def test_names_that_the_page_did_not_ask_are_ignored():
    form = page(
        champ("texte"),
        typed={"x": "a", "y": "b", "x__voie": "c", "etat": "acceptee", "_precedent": "1"},
    )
    assert form.is_valid()
    assert form.reponses == {"x": "a"}
    assert form.saisie == {"x": ["a"]}


def test_what_was_typed_is_kept_even_when_wrong():
    form = page(champ("date"), champ("courriel", "y"), typed={"x": "31/02/2024", "y": "elodie@"})
    assert not form.is_valid()
    assert form.saisie == {"x": ["31/02/2024"], "y": ["elodie@"]}
    assert form["x"].value() == "31/02/2024"


def test_draft_holds_no_control_character_and_no_endless_text():
    form = page(champ("texte_long"), typed={"x": "\x00a\x1bb\u202e" + "c" * (LONGEST * 2)})
    (kept,) = form.saisie["x"]
    assert kept.startswith("abc")
    assert len(kept) == LONGEST
    assert not form.is_valid()


def test_page_not_sent_yet_has_no_error_and_nothing_typed():
    form = page(champ("texte"), champ("adresse", "y"))
    assert not form.is_bound
    assert form.errors == {}
    assert form.saisie == {}


def test_fields_come_in_the_order_of_the_definition():
    form = page(
        champ("texte", "b"), champ("explication", "i"), champ("adresse", "a"), champ("date", "c")
    )
    assert [item.champ.cle for item in form.items()] == ["b", "i", "a", "c"]
    assert list(form.items()[2].controls) == [
        "voie",
        "complement",
        "code_postal",
        "commune",
        "pays",
    ]
    assert form.items()[1].controls == {}


def test_error_of_one_field_leaves_the_others_alone():
    form = page(champ("nombre"), champ("texte", "y"), typed={"x": "deux", "y": "bien"})
    assert set(form.errors) == {"x"}
    assert form["y"].value() == "bien"


def test_browser_bubbles_are_off():
    assert page(champ("texte")).use_required_attribute is False
