"""What is asked: which characters, drawn by whom, compared how."""

from __future__ import annotations

import random
import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac

# Neither the eye nor the ear may hesitate, in French and through noise.
# Eye: of 0/O/Q/D, 1/I/L, 5/S, 2/Z, 8/B, 6/G, U/V, 4/A at most one is left.
# Ear: of B/C/D/G/P/T/V (« bé », « cé »…) only T, of F/L/M/N/R/S (« effe », « elle »…) only M; A
# left for H and K, E for 2, I for J, Q for U, Z for 7, 4 for H, 6 and 8 for X.
# How far apart they sound was measured: portal/captcha/sounds/README.md.
ALPHABET = "HJKMTWXY23579"


def challenge() -> tuple[str, str]:
    """Return the characters to show and the answer expected, as django-simple-captcha wants."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(settings.CAPTCHA_LENGTH))
    return text, normalise(text)


def normalise(typed: str) -> str:
    """Return an answer without what does not count: case, spaces, marks between characters."""
    return "".join(c for c in typed if c.isalnum()).lower()


def generator(purpose: str, cle: str) -> random.Random:
    """Return the random generator that distorts the image or the sound of one challenge.

    Always the same for a challenge, so that a browser may fetch a sound in pieces and that asking
    a hundred times lets nobody average the noise away; keyed with the secret, so that knowing the
    public key lets nobody subtract it; and never the process-wide generator.
    """
    seed = salted_hmac(f"parvis.captcha.{purpose}", cle, algorithm="sha256").digest()
    return random.Random(seed)  # noqa: S311 (seeded with 256 unguessable bits, tells nothing secret)
