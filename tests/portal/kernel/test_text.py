"""What people type is cleaned without changing what it says."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.text import clean, clean_line, fold

# Short strings in which what matters is frequent: letters, marks that combine, controls, line ends.
TYPED = st.text(
    st.sampled_from("aEé’ œ\u0301\u0327\x00\x1b\x7f\x85\u202e\u2066\ufeff\r\n\t\u00a0\U0001f600")
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Élodie N’Guyen-Le Goff ", "Élodie N’Guyen-Le Goff"),
        ("e\u0301te\u0301", "été"),
        ("ligne 1\r\nligne 2\rligne 3", "ligne 1\nligne 2\nligne 3"),
        ("a\x00b\x07c\x1b[31md\x7f\x9b", "abc[31md"),
        ("facture\u202egpj.exe", "facturegpj.exe"),
        ("\ufeffbonjour\u2066", "bonjour"),
        ("à\ttabuler", "à\ttabuler"),
        ("👩‍👩‍👧 merci 🇫🇷", "👩‍👩‍👧 merci 🇫🇷"),
        ("12\u00a0rue", "12\u00a0rue"),
        ("مرحبا", "مرحبا"),
        ("", ""),
        (" \r\n\t ", ""),
    ],
)
def test_clean(typed, kept):
    assert clean(typed) == kept


@given(TYPED)
def test_clean_text_is_composed_and_without_controls(typed):
    kept = clean(typed)

    assert unicodedata.is_normalized("NFC", kept)
    assert not [c for c in kept if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert not set(kept) & set("\u202e\u2066\ufeff")
    assert kept == kept.strip()


@given(TYPED)
def test_cleaning_twice_changes_nothing_more(typed):
    assert clean(clean(typed)) == clean(typed)
    assert clean_line(clean_line(typed)) == clean_line(typed)


@given(TYPED)
def test_line_is_one_line(typed):
    assert len(clean_line(typed).splitlines()) <= 1
    assert "  " not in clean_line(typed)


def test_line_folds_spaces():
    assert clean_line(" Jean \r\n  Paul\t Martin ") == "Jean Paul Martin"


def test_ten_thousand_characters_are_kept():
    assert len(clean("é" * 10_000)) == 10_000


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÉTAT CIVIL", "etat civil"),
        ("Sœur", "soeur"),
        ("ŒUVRE", "oeuvre"),
        ("e\u0301te\u0301", "été"),
        ("Straße", "STRASSE"),
        ("ﬁche", "fiche"),
    ],
)
def test_folded_texts_meet(one, other):
    assert fold(one) == fold(other)


def test_folding_keeps_what_differs():
    assert fold("acte de naissance") != fold("acte de décès")
