"""Secret answers are compared as people remember them, and kept by nobody."""

import pytest

from accounts.services import secret


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.mark.parametrize(
    "typed",
    [
        "Saint-Étienne",
        "saint etienne",
        "SAINT ETIENNE",
        "  Saint – Étienne. ",
        "Saint-E\u0301tienne",
        "saint\N{NO-BREAK SPACE}étienne",
    ],
)
def test_case_accents_spaces_and_punctuation_do_not_count(typed):
    assert secret.verifier(typed, secret.empreinte("Saint-Étienne"))


@pytest.mark.parametrize(
    "typed", ["", "Saint-Etienn", "Saint-Étienne 42", "sainte étienne", "é" * 9999]
)
def test_another_answer_is_no(typed):
    assert not secret.verifier(typed, secret.empreinte("Saint-Étienne"))


@pytest.mark.parametrize("kept", ["Cœur", "Łódź", "东京塔", "1984", "Ωμέγα"])
def test_answers_of_any_alphabet(kept):
    assert secret.verifier(kept.upper(), secret.empreinte(kept))


@pytest.mark.parametrize("short", ["", "ab", " a - b ", "?!…", "😀😀😀"])
def test_answer_that_is_too_short_is_refused(short):
    with pytest.raises(secret.ReponseTropCourte, match="au moins 3"):
        secret.empreinte(short)


def test_no_answer_is_never_right():
    assert not secret.verifier("", "")
    assert not secret.verifier("rex", "")


def test_answer_is_hashed_with_a_salt():
    assert "rex" not in secret.empreinte("Rex")
    assert secret.empreinte("Rex") != secret.empreinte("Rex")


def test_hash_fits_its_column(settings):
    settings.PASSWORD_HASHERS = ["accounts.hashers.Argon2Hasher"]
    kept = secret.empreinte("é" * secret.LONGUEUR_MAXIMALE)

    assert kept.startswith("argon2$argon2id$")
    assert len(kept) <= 128


def test_questions_are_about_eight_and_end_with_a_question_mark():
    assert 7 <= len(secret.QUESTIONS) <= 10
    assert len(set(secret.QUESTIONS)) == len(secret.QUESTIONS)
    assert all(q.endswith(" ?") and len(q) <= 120 for q in secret.QUESTIONS)


def test_invented_question_is_stable_and_spread_over_the_list():
    names = [f"personne{n}" for n in range(400)]
    first = [secret.question_inventee(name) for name in names]

    assert first == [secret.question_inventee(name) for name in names]
    shares = [first.count(question) for question in secret.QUESTIONS]
    assert min(shares) > 20, shares


def test_longer_list_moves_few_invented_questions(monkeypatch):
    names = [f"personne{n}" for n in range(400)]
    before = [secret.question_inventee(name) for name in names]
    monkeypatch.setattr(secret, "QUESTIONS", [*secret.QUESTIONS, "Une question de plus ?"])
    after = [secret.question_inventee(name) for name in names]

    assert sum(a != b for a, b in zip(before, after, strict=True)) < 100
