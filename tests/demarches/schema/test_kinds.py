"""Numbers, phones, e-mails, choices and statements: what is accepted, what is said of the rest."""

import pytest

from tests.demarches.formulaires import answer, champ, error, page

OBLIGATOIRE = "Ce champ est obligatoire."


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("2", 2),
        (" 2 ", 2),
        ("0", 0),
        ("007", 7),
        ("1 000", 1000),
        ("1\u202f000\u00a0000", 1_000_000),
        ("-3", -3),
        ("-0", 0),
        ("999999999", 999_999_999),
    ],
)
def test_numbers(typed, number):
    assert answer("nombre", typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "deux",
        "2,5",
        "2.0",
        "1e3",
        "0x10",
        "+2",
        "--2",
        "2-",
        "٣",
        "²",
        "1" * 10,
        "1" * 10_000,
        "∞",
        "NaN",
        "1_000",
    ],
)
def test_what_is_no_whole_number(typed):
    assert "nombre entier" in error("nombre", typed)


def test_limits_of_numbers():
    limits = {"min": 1, "max": 3}
    assert answer("nombre", "1", **limits) == 1
    assert answer("nombre", "3", **limits) == 3
    assert error("nombre", "0", **limits) == "Le nombre doit être au moins 1."
    assert error("nombre", "4", **limits) == "Le nombre doit être au plus 3."
    assert error("nombre", "-1", min=0) == "Le nombre doit être au moins 0."


def test_zero_is_an_answer_and_empty_is_none():
    assert answer("nombre", "0", requis=False) == 0
    assert answer("nombre", "", requis=False) is None
    assert error("nombre", " ") == OBLIGATOIRE


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("0612345678", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("06-12-34-56-78", "+33612345678"),
        ("06\u00a012\u202f34 56 78", "+33612345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("02 61 91 00 10", "+33261910010"),
        ("+32 470 12 34 56", "+32470123456"),
        ("0032 470 12 34 56", "+32470123456"),
        ("+1 (514) 555-0123", "+15145550123"),
        ("+221 77 123 45 67", "+221771234567"),
        ("+262 692 12 34 56", "+262692123456"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_phones_french_and_foreign(typed, e164):
    assert answer("telephone", typed) == e164


@pytest.mark.parametrize(
    "typed",
    [
        "12",
        "061234567",
        "abc",
        "06 12 34",
        "+",
        "+999 123456789",
        "06 12 34 56 78 90 12 34",
        "😀",
        "0" * 10_000,
        "+33 6",
        "nom@exemple.fr",
    ],
)
def test_what_is_no_phone(typed):
    message = error("telephone", typed)
    assert "06 12 34 56 78" in message
    assert "+32" in message


def test_phone_left_empty():
    assert answer("telephone", "", requis=False) is None
    assert answer("telephone", " \x00 ", requis=False) is None
    assert error("telephone", "") == OBLIGATOIRE


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("elodie@exemple.fr", "elodie@exemple.fr"),
        (" elodie@exemple.fr ", "elodie@exemple.fr"),
        ("elodie@exemple.fr\n", "elodie@exemple.fr"),
        ("Elodie.Martin+mairie@sous.exemple.museum", "Elodie.Martin+mairie@sous.exemple.museum"),
        ("o'brien@exemple.fr", "o'brien@exemple.fr"),
        ("nom@mairie-épinal.fr", "nom@mairie-épinal.fr"),
    ],
)
def test_emails(typed, kept):
    assert answer("courriel", typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "elodie",
        "elodie@",
        "@exemple.fr",
        "elodie@exemple",
        "elodie@exemple..fr",
        "elodie@exemple.fr.",
        ".elodie@exemple.fr",
        "elodie@@exemple.fr",
        "elodie@exemple,fr",
        "<script>@exemple.fr",
        "elodie@exemple.fr>",
    ],
)
def test_malformed_emails(typed):
    assert error("courriel", typed) == "Cette adresse n’est pas complète. Exemple : nom@exemple.fr."


@pytest.mark.parametrize(
    "typed",
    [
        "élodie@exemple.fr",
        "elodie@exemple.fr, paul@exemple.fr",
        "elodie@exemple.fr paul@exemple.fr",
        "elodie@exemple.fr\r\nBcc: paul@exemple.fr",
        "Élodie <elodie@exemple.fr>",
        "😀@exemple.fr",
    ],
)
def test_addresses_with_an_accent_or_a_space(typed):
    said = "Une adresse n’a ni accent ni espace. Exemple : nom@exemple.fr."
    assert error("courriel", typed) == said


def test_email_too_long_or_empty():
    # 254 is the longest that mail can carry and that the database holds.
    longest = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.fr"
    assert len(longest) <= 254
    assert answer("courriel", longest) == longest
    assert "254" in error("courriel", f"{'a' * 10_000}@exemple.fr")
    assert error("courriel", "  ") == OBLIGATOIRE
    assert answer("courriel", "", requis=False) is None


def test_yes_or_no():
    assert answer("oui_non", "oui") is True
    assert answer("oui_non", "non") is False
    assert answer("oui_non", "", requis=False) is None
    assert error("oui_non", "") == "Choisissez oui ou non."
    for nonsense in ("true", "1", "Oui", "peut-être"):
        assert error("oui_non", nonsense)


def test_choice_of_the_list_and_no_other():
    assert answer("choix", "vert") == "vert"
    assert answer("choix", "", requis=False) is None
    assert error("choix", "") == "Choisissez une réponse."
    for nonsense in ("violet", "Vert", "vert\nrouge", "'", "a" * 10_000):
        assert error("choix", nonsense) == "Choisissez une réponse de la liste."


def test_several_choices():
    assert answer("choix_multiples", ["vert", "bleu"]) == ["vert", "bleu"]
    assert answer("choix_multiples", "vert") == ["vert"]
    assert answer("choix_multiples", [], requis=False) is None
    assert error("choix_multiples", []) == "Cochez au moins une réponse."
    assert error("choix_multiples", ["vert", "violet"]) == "Choisissez des réponses de la liste."


def test_choice_sent_twice_counts_once():
    assert answer("choix_multiples", ["vert", "vert", "bleu"]) == ["vert", "bleu"]


def test_statement_must_be_ticked():
    assert answer("attestation", "on") is True
    assert error("attestation", []) == "Cochez la case pour continuer."
    assert error("attestation", "") == "Cochez la case pour continuer."


def test_explanation_asks_nothing():
    form = page(champ("explication"), champ("texte", "y"), typed={"x": "quelque chose", "y": "a"})
    assert form.is_valid()
    assert form.reponses == {"y": "a"}
    assert "x" not in form.fields


def test_what_was_not_sent_at_all_is_asked_for():
    fields = [
        champ(type_, f"c_{type_}")
        for type_ in (
            "texte",
            "texte_long",
            "nombre",
            "date",
            "oui_non",
            "choix",
            "choix_multiples",
            "courriel",
            "telephone",
            "attestation",
        )
    ]
    form = page(*fields, champ("adresse", "c_adresse"), typed={})
    assert not form.is_valid()
    assert {f["cle"] for f in fields} <= set(form.errors)
    assert {"c_adresse__voie", "c_adresse__code_postal", "c_adresse__commune"} <= set(form.errors)


@pytest.mark.parametrize(
    ("type_", "attribute", "value"),
    [("nombre", "inputmode", "numeric"), ("courriel", "autocomplete", "email")],
)
def test_phones_are_told_which_keys_to_show(type_, attribute, value):
    assert page(champ(type_))["x"].field.widget.attrs[attribute] == value
