"""Browsers that accounts have logged in from, each keeping a signed note of it (OWASP « device
cookies »).

With the note, a browser's attempts on that account have a counter of their own: somebody's attack,
even from the same address, does not slow down who has logged in here before. Several accounts may
use one browser: a home shares its computer.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.core import signing
from django.utils.crypto import get_random_string

from accounts.models import Compte
from portal.kernel.crypto import fingerprint

_SALT = "compte.appareils"
COMPTES_PAR_NAVIGATEUR = 5

# The first that matches names it: most browsers also claim to be Chrome or Safari.
_NAVIGATEURS = [
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
]
_SYSTEMES = [
    (r"Android", "Android"),
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "Mac"),
    (r"CrOS", "Chromebook"),
    (r"Linux|X11", "Linux"),
]


def numero(cookie: str, compte: Compte | None) -> str:
    """Return under which number this browser is known to an account, "" when it is not."""
    return _lire(cookie).get(_nom(compte), "") if compte is not None else ""


def retenir(cookie: str, compte: Compte) -> str:
    """Return the note that this browser shall keep after a login.

    The number is a new one each time: whoever copied the old note no longer shares its counter.
    """
    autres = [[nom, valeur] for nom, valeur in _lire(cookie).items() if nom != _nom(compte)]
    notes = [*autres, [_nom(compte), get_random_string(16)]]
    return signing.dumps(notes[-COMPTES_PAR_NAVIGATEUR:], salt=_SALT)


def decrire(user_agent: str) -> str:
    """Return a browser in a few words, such as « Firefox sur Android », from its User-Agent."""
    navigateur = _premier(_NAVIGATEURS, user_agent) or "Navigateur inconnu"
    systeme = _premier(_SYSTEMES, user_agent)
    return f"{navigateur} sur {systeme}" if systeme else navigateur


def _premier(motifs: list[tuple[str, str]], user_agent: str) -> str:
    return next((nom for motif, nom in motifs if re.search(motif, user_agent)), "")


def _nom(compte: Compte) -> str:
    # With the password it was noted under: changing that one makes every note worthless.
    return fingerprint("appareil", f"{compte.pk}\n{compte.password}")


def _lire(cookie: str) -> dict[str, str]:
    try:
        notes = signing.loads(cookie, salt=_SALT, max_age=settings.DUREE_APPAREIL_CONNU)
    except signing.BadSignature:  # forged, too old, or none
        return {}
    return dict(notes)
