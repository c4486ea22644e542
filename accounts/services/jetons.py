"""Signed links to an account: they expire, and serve once.

A token carries a fingerprint of what its use changes (state, password, e-mail), so that using it,
or changing the password, makes it worthless. Nothing is stored. (OWASP, Forgot Password Cheat
Sheet: random or signed, single-use, short-lived.)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing

from accounts.errors import LienExpire, LienInvalide
from accounts.models import Compte
from portal.kernel.crypto import fingerprint

ACTIVATION, REINITIALISATION, COURRIEL = "activation", "reinitialisation", "courriel"


@dataclass(frozen=True)
class Jeton:
    """What a valid token says: of which account, and what it carries (the new e-mail)."""

    compte: Compte
    valeur: str


def emettre(genre: str, compte: Compte, valeur: str = "") -> str:
    """Return a token of a kind (ACTIVATION, REINITIALISATION, COURRIEL) for a link in a mail."""
    return signing.dumps([compte.pk, _etat_du(genre, compte), valeur], salt=f"compte.{genre}")


def lire(genre: str, jeton: str) -> Jeton:
    """Return what a token says; raises LienExpire when it is too old, LienInvalide when it is
    forged, cut, or has served, or when the account it would give a password is closed.
    """
    try:
        pk, etat, valeur = signing.loads(jeton, salt=f"compte.{genre}", max_age=duree(genre))
    except signing.SignatureExpired:
        raise LienExpire from None
    except (signing.BadSignature, ValueError, TypeError):
        raise LienInvalide from None
    compte = Compte.objects.select_related("personne").filter(pk=pk).first()
    if compte is None or etat != _etat_du(genre, compte):
        raise LienInvalide
    if genre == REINITIALISATION and not compte.is_active:
        raise LienInvalide  # a new password would open nothing
    return Jeton(compte, valeur)


def duree(genre: str) -> timedelta:
    """Return how long a link of a kind lasts."""
    durees: dict[str, timedelta] = {
        ACTIVATION: settings.DUREE_ACTIVATION,
        REINITIALISATION: settings.DUREE_REINITIALISATION,
        COURRIEL: settings.DUREE_ACTIVATION,
    }
    return durees[genre]


def _etat_du(genre: str, compte: Compte) -> str:
    facts = (genre, compte.etat, compte.password, compte.courriel)
    return fingerprint("jeton", "\n".join(facts))
