"""What is typed, kept, read and shown again to be changed is the same answer."""

import pytest

from demarches.schema import lecture
from demarches.schema.builder import SectionForm, initial_of
from tests.demarches.formulaires import champ, definition, page, section, sent

ALL = [
    ("texte", "L’été  à Ax", "L’été à Ax", "L’été à Ax"),
    ("texte_long", "Un.\r\nDeux.", "Un.\nDeux.", "Un.\nDeux."),
    ("nombre", "1 000", 1000, "1000"),
    ("nombre", "0", 0, "0"),
    ("date", "1er mars 2024", "2024-03-01", "01/03/2024"),
    ("date", "24/11/0999", "0999-11-24", "24/11/0999"),
    ("oui_non", "oui", True, "Oui"),
    ("oui_non", "non", False, "Non"),
    ("choix", "bleu", "bleu", "Bleu, ou presque"),
    ("choix_multiples", ["vert", "bleu"], ["vert", "bleu"], "Vert\nBleu, ou presque"),
    ("courriel", " elodie@exemple.fr", "elodie@exemple.fr", "elodie@exemple.fr"),
    ("telephone", "06.12.34.56.78", "+33612345678", "06 12 34 56 78"),
    ("telephone", "+32 470 12 34 56", "+32470123456", "+32 470 12 34 56"),
    ("attestation", "on", True, "Oui"),
]


def shown(form: SectionForm) -> dict[str, list[str]]:
    """Return what a browser would send of the form as it is drawn."""
    result = {}
    for name in form.fields:
        value = form[name].value()
        values = value if isinstance(value, list) else [value]
        result[name] = [
            "on" if v is True else str(v) for v in values if v is not None and v is not False
        ]
    return result


@pytest.mark.parametrize(("type_", "typed", "kept", "read"), ALL)
def test_typed_kept_read_and_typed_again(type_, typed, kept, read):
    whole = definition(section(champ(type_)))
    (only,) = whole.sections
    first = SectionForm(whole, only, {}, sent(x=typed))
    assert first.is_valid(), first.errors
    assert first.reponses == {"x": kept}

    ((label, text),) = lecture.lire(only, first.reponses).lignes
    assert (label, " ".join(text.split(" "))) == ("Libellé", text)
    assert text.replace("\u00a0", " ") == read

    again = SectionForm(whole, only, {}, initial=initial_of(only, {}, first.reponses))
    second = SectionForm(whole, only, {}, sent(**shown(again)))
    assert second.is_valid(), second.errors
    assert second.reponses == first.reponses


@pytest.mark.parametrize("country", ["FR", "BE"])
def test_address_comes_back_whole(country):
    whole = definition(section(champ("adresse")))
    (only,) = whole.sections
    typed = {
        "x__voie": "16 rue de la Loi",
        "x__complement": "Boîte 3",
        "x__code_postal": "10 000",
        "x__commune": "Bruxelles",
        "x__pays": country,
    }
    first = SectionForm(whole, only, {}, sent(**typed))
    assert first.is_valid(), first.errors
    again = SectionForm(whole, only, {}, initial=initial_of(only, {}, first.reponses))
    second = SectionForm(whole, only, {}, sent(**shown(again)))
    assert second.is_valid()
    assert second.reponses == first.reponses


@pytest.mark.parametrize(("type_", "typed", "kept", "read"), ALL)
def test_draft_shows_again_what_was_typed(type_, typed, kept, read):
    whole = definition(section(champ(type_)))
    (only,) = whole.sections
    draft = SectionForm(whole, only, {}, sent(x=typed)).saisie
    again = SectionForm(whole, only, draft, initial=initial_of(only, draft, {}))
    second = SectionForm(whole, only, {}, sent(**shown(again)))
    assert second.is_valid()
    assert second.reponses == {"x": kept}


@pytest.mark.parametrize(
    ("type_", "typed"),
    [
        ("date", "31/02/2024"),
        ("nombre", "deux"),
        ("courriel", "elodie@"),
        ("telephone", "12"),
        ("texte", "a" * 10_000),
    ],
)
def test_draft_shows_wrong_answers_again_as_typed(type_, typed):
    whole = definition(section(champ(type_)))
    (only,) = whole.sections
    draft = SectionForm(whole, only, {}, sent(x=typed)).saisie
    again = SectionForm(whole, only, draft, initial=initial_of(only, draft, {}))
    assert again["x"].value() == typed


def test_what_was_typed_wins_over_what_the_account_knows():
    whole = definition(section(champ("texte"), champ("texte", "y")))
    initial = initial_of(whole.sections[0], {"x": ["Typed"]}, {"x": "Known", "y": "Known too"})
    assert initial == {"x": "Typed", "y": "Known too"}


def test_answer_emptied_in_the_draft_stays_empty():
    whole = definition(section(champ("texte"), champ("choix_multiples", "y")))
    initial = initial_of(whole.sections[0], {"x": [""], "y": []}, {"x": "Known", "y": ["vert"]})
    assert initial == {"x": "", "y": []}


def test_unanswered_fields_and_empty_sections_are_not_read():
    whole = definition(
        section(champ("texte", "a", requis=False), cle="un"),
        section(champ("texte", "b"), champ("texte", "c", requis=False), cle="deux"),
    )
    lues = lecture.lire_demande(whole, {"b": "Oui"})
    assert [(lue.cle, lue.lignes) for lue in lues] == [("deux", [("Libellé", "Oui")])]


def test_answer_that_has_left_the_list_since_is_still_read():
    whole = definition(section(champ("choix"), champ("choix_multiples", "y")))
    (lue,) = lecture.lire_demande(whole, {"x": "violet", "y": ["vert", "violet"]})
    assert [text for _label, text in lue.lignes] == ["violet", "Vert\nviolet"]


def test_long_list_is_unfolded_and_a_short_one_is_ticked():
    few = page(champ("choix"))
    many = page(champ("choix", choix=many_choices()))
    assert few["x"].field.widget.input_type == "radio"
    assert many["x"].field.choices[0] == ("", "Choisissez…")
    assert not page(champ("choix", choix=many_choices()), typed={"x": ""}).is_valid()


def many_choices():
    return [{"valeur": f"v{n}", "libelle": f"Choix {n}"} for n in range(13)]
