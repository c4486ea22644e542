"""Answer a challenge as a person would, but reading it in the database: there is no test mode."""

from __future__ import annotations

import re

from captcha.models import CaptchaStore

_CLE = re.compile(r"\b[0-9a-f]{40}\b")


def key_of(html_or_key: str) -> str:
    """Return the key of the challenge that a page shows."""
    match = _CLE.search(html_or_key)
    assert match, "no anti-robot code in this page"
    return match[0]


def solve(html_or_key: str) -> str:
    """Return the right answer to the challenge of a page, or of a key."""
    return CaptchaStore.objects.get(hashkey=key_of(html_or_key)).challenge


def answer(html: str, nom: str = "captcha") -> dict[str, str]:
    """Return what to add to the posted data so that the code of the page is right."""
    return {f"{nom}_cle": key_of(html), nom: solve(html)}
