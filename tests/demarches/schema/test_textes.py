"""Words: lengths, invisible characters, emoji, names as people bear them."""

import pytest

from tests.demarches.formulaires import answer, error

ESCAPES = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), 127, *range(128, 160)]))


@pytest.mark.parametrize(
    "name",
    [
        "N’Guyen-Lefèvre",
        "N'Guyen",
        "D’Almeida y García",
        "Le Goff",
        "Øystein",
        "Nguyễn",
        "Ḥasan",
        "İnce",
        "Müller-Lüdenscheidt",
        "Ng",
        "O",
        "李明",
        "Ольга",
        "محمد",
        "Zoë 🌻",
        "Jean (dit Jeannot)",
    ],
)
def test_names_are_kept_as_they_are_written(name):
    assert answer("texte", name) == name


def test_accents_typed_as_marks_become_letters():
    assert answer("texte", "E\u0301lodie") == "Élodie"


@pytest.mark.parametrize(
    "typed", ["", " ", "\t\n", "\u00a0\u202f", "\u2003", "\x00", "\x07 \x1b", "\ufeff"]
)
def test_nothing_but_spaces_or_controls_is_no_answer(typed):
    for type_ in ("texte", "texte_long"):
        assert error(type_, typed) == "Ce champ est obligatoire."
        assert answer(type_, typed, requis=False) is None


def test_controls_are_taken_out_and_the_words_stay():
    assert answer("texte", f"Jea{ESCAPES}n") == "Jean"
    assert answer("texte_long", f"Jea{ESCAPES}n\nPaul") == "Jean\nPaul"


@pytest.mark.parametrize("mark", ["\u202e", "\u202a", "\u2066", "\u2069", "\ufeff"])
def test_marks_that_turn_the_reading_over_are_taken_out(mark):
    assert answer("texte", f"fac{mark}ture.pdf") == "facture.pdf"


def test_one_line_stays_one_line():
    assert answer("texte", "  Jean \r\n Paul\t Luc  ") == "Jean Paul Luc"


def test_lines_of_a_long_text_are_kept():
    assert answer("texte_long", "Un.\r\n\r\nDeux.\rTrois. ") == "Un.\n\nDeux.\nTrois."


def test_emoji_made_of_several_signs_is_kept():
    assert answer("texte_long", "👨‍👩‍👧‍👦 et 🏳️‍🌈") == "👨‍👩‍👧‍👦 et 🏳️‍🌈"


@pytest.mark.parametrize(("type_", "limit"), [("texte", 200), ("texte_long", 2000)])
def test_text_too_long_says_by_how_much(type_, limit):
    assert answer(type_, "é" * limit) == "é" * limit
    message = error(type_, "é" * 10_000)
    assert "10000 caractères" in message
    assert f"{limit} au plus" in message


def test_length_is_that_of_the_cleaned_text():
    assert answer("texte", "  " + "a" * 10 + "\x00\x00  ", longueur_max=10) == "a" * 10
    # A line end is one character, though browsers send two.
    assert answer("texte_long", "a\r\nb\r\nc", longueur_max=5) == "a\nb\nc"
    assert "6 caractères" in error("texte_long", "a\r\nb\r\ncd", longueur_max=5)


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "{{ 7 * 7 }}",
        "#set page(fill: red)",
        "'; DROP TABLE demande; --",
        "=1+1",
    ],
)
def test_code_is_only_text(typed):
    assert answer("texte", typed) == typed
