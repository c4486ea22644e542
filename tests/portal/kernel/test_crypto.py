"""Ticket numbers and fingerprints."""

import os
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.kernel.crypto import CROCKFORD, fingerprint, normalise_number, random_number

NUMBER = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}")
numbers = st.text(st.sampled_from(CROCKFORD), min_size=12, max_size=12).map(
    lambda bare: f"{bare[:4]}-{bare[4:8]}-{bare[8:]}"
)


def test_random_numbers_have_their_form_and_differ():
    drawn = [random_number() for _ in range(2000)]

    assert all(NUMBER.fullmatch(number) for number in drawn)
    assert len(set(drawn)) == 2000


def test_every_digit_is_drawn_at_every_place():
    drawn = [random_number().replace("-", "") for _ in range(2000)]

    for place in range(12):
        assert {number[place] for number in drawn} == set(CROCKFORD)


@given(numbers)
def test_written_form_stands_for_itself(number):
    assert normalise_number(number) == number


@settings(deadline=None)  # a busy machine is no fault of the number
@given(numbers, st.data())
def test_what_a_hand_changes_is_forgiven(number, data):
    """Case, look-alikes, and spaces or hyphens anywhere."""
    typed = ""
    for digit in number.replace("-", ""):
        alike = {"0": "0oO", "1": "1iIlL"}.get(digit, digit + digit.lower())
        typed += data.draw(st.sampled_from(alike)) + data.draw(
            st.sampled_from(["", " ", "-", "\u00a0", "\u2011", "\u2013"])
        )

    assert normalise_number(f" {typed}\n") == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "7K2M-9QXD-04T",
        "7K2M-9QXD-04TBB",
        "7K2M-9QXD-04TU",  # U is no digit of this base
        "7K2M-9QXD-04T!",
        "7K2M-9QXD-04TÉ",
        "７K2M-9QXD-04TB",  # a full-width 7
        "A" * 10_000,
        "' OR 1=1 --",
        "😀" * 12,
    ],
)
def test_what_cannot_be_a_number_is_none(typed):
    assert normalise_number(typed) is None


def test_fingerprint_is_stable_and_tells_nothing():
    one = fingerprint("destinataire", "elodie@exemple.fr")

    assert re.fullmatch(r"[0-9a-f]{32}", one)
    assert one == fingerprint("destinataire", "elodie@exemple.fr")
    assert one != fingerprint("destinataire", "elodie@exemple.com")
    assert one != fingerprint("throttle", "elodie@exemple.fr"), "purposes do not meet"


def test_fingerprint_depends_on_the_key_of_the_town(settings):
    before = fingerprint("destinataire", "elodie@exemple.fr")
    settings.SECRET_KEY = "another" * 10

    assert fingerprint("destinataire", "elodie@exemple.fr") != before


def test_fingerprint_is_the_same_in_another_process():
    """Web and worker must agree on a key; a salted `hash()` would not."""
    code = "from portal.kernel.crypto import fingerprint; print(fingerprint('p', 'é'))"

    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, timeout=30
    )

    assert done.stdout.strip() == fingerprint("p", "é"), done.stderr
