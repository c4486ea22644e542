"""Random numbers and fingerprints; nothing here is home-made cryptography."""

from __future__ import annotations

import re
import secrets

from django.utils.crypto import salted_hmac

# Crockford's base 32: no I, L, O or U, so that a number read aloud or copied by hand stays itself.
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Spaces of every kind and the dashes that word processors make of a hyphen.
_PARTS = re.compile(r"[\s\u2010-\u2015-]+")
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def fingerprint(purpose: str, value: str) -> str:
    """Return 32 hexadecimal digits that stand for `value` in a table without telling it
    (HMAC-SHA-256).
    """
    return salted_hmac(f"parvis.{purpose}", value, algorithm="sha256").hexdigest()[:32]


def random_number(groups: int = 3, size: int = 4) -> str:
    """Return an unguessable number such as `7K2M-9QXD-04TB` (60 bits in three groups of four)."""
    return "-".join("".join(secrets.choice(CROCKFORD) for _ in range(size)) for _ in range(groups))


def derived_number(purpose: str, value: str, groups: int = 3, size: int = 4) -> str:
    """Return a number of the same form that only the secret key makes of `value` (HMAC-SHA-256):
    it can be told again, and is kept nowhere.
    """
    digest = salted_hmac(f"parvis.{purpose}", value, algorithm="sha256").digest()
    # One byte a digit, of which 32 is a divisor: every digit is as likely.
    digits = [CROCKFORD[byte % len(CROCKFORD)] for byte in digest[: groups * size]]
    return "-".join("".join(digits[i : i + size]) for i in range(0, len(digits), size))


def normalise_number(typed: str, groups: int = 3, size: int = 4) -> str | None:
    """Return a typed number in its written form, or None when it cannot be one.

    Case, spaces, hyphens and the look-alikes O/0, I/1, L/1 are forgiven (Crockford, base 32).
    """
    bare = _PARTS.sub("", typed).upper().translate(_LOOKALIKES)
    if len(bare) != groups * size or not set(bare) <= set(CROCKFORD):
        return None
    return "-".join(bare[i : i + size] for i in range(0, len(bare), size))
