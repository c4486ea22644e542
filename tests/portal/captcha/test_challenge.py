"""The characters asked, their randomness, and how an answer is compared."""

import random

import pytest
from captcha.models import CaptchaStore
from django.core.checks import run_checks
from django.utils.module_loading import import_string

from portal.captcha import conf
from portal.captcha.challenge import ALPHABET, challenge, generator, normalise

# Groups of which at most one member may be asked, or the eye or the ear hesitates.
LOOK_ALIKE = ["0OQD", "1IL", "5S", "2Z", "8B", "6G", "UV", "4A", "CG", "EF", "PR"]
SOUND_ALIKE = ["BCDGPTVE2", "FLMNRS", "AHK", "IJ", "UQ", "7Z", "4H", "8X", "6X", "E2", "A3", "S6"]


@pytest.mark.parametrize("group", [*LOOK_ALIKE, *SOUND_ALIKE])
def test_no_two_characters_are_confused(group):
    # « hache » and « ka », « té » and « deux » were measured to be far enough apart.
    allowed = {"AHK": 2, "BCDGPTVE2": 2}
    assert len(set(group) & set(ALPHABET)) <= allowed.get(group, 1)


def test_alphabet_holds_each_character_once():
    assert len(set(ALPHABET)) == len(ALPHABET) >= 12
    assert ALPHABET == ALPHABET.upper()


def test_challenge_has_the_length_and_the_alphabet_of_the_settings(settings):
    assert settings.CAPTCHA_LENGTH == conf.CAPTCHA_LENGTH == 5
    for _ in range(50):
        shown, expected = challenge()
        assert len(shown) == 5
        assert set(shown) <= set(ALPHABET)
        assert expected == shown.lower()


def test_every_character_is_drawn_about_as_often():
    drawn = "".join(challenge()[0] for _ in range(2000))
    mean = len(drawn) / len(ALPHABET)
    for character in ALPHABET:
        assert 0.75 * mean < drawn.count(character) < 1.25 * mean


def test_challenge_neither_reads_nor_moves_the_global_random():
    random.seed(7)
    state = random.getstate()
    first = [challenge() for _ in range(4)]
    assert random.getstate() == state
    assert [challenge() for _ in range(4)] != first


def test_library_is_set_to_our_challenge_and_to_half_an_hour(settings):
    assert import_string(settings.CAPTCHA_CHALLENGE_FUNCT) is challenge
    assert settings.CAPTCHA_TIMEOUT == 30
    assert CaptchaStore._meta.app_label == "captcha"


@pytest.mark.parametrize(
    "typed", ["HK7W2", "hk7w2", " h k 7 w 2 ", "H-K-7-W-2", "HK7\u00a0W2", "hk.7w2\n"]
)
def test_case_spaces_and_marks_do_not_count(typed):
    assert normalise(typed) == "hk7w2"


def test_distortion_is_the_same_for_a_key_and_unknown_without_the_secret(settings):
    drawn = generator("image", "a" * 40).random()
    assert generator("image", "a" * 40).random() == drawn
    assert generator("son", "a" * 40).random() != drawn
    assert generator("image", "b" * 40).random() != drawn
    settings.SECRET_KEY = "another secret key, as long as it has to be for Django to accept it"
    assert generator("image", "a" * 40).random() != drawn


@pytest.mark.parametrize(("test_mode", "expected"), [(True, ["portal_captcha.E001"]), (False, [])])
def test_system_check_refuses_the_test_mode(settings, test_mode, expected):
    settings.CAPTCHA_TEST_MODE = test_mode
    found = [message.id for message in run_checks(tags=["security"])]
    assert found == expected
