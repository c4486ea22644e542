"""Attempts at what only the owner knows (a password, a secret answer), counted and slowed down.

Per address and per typed name; a browser that the account knows is counted apart from both, by
itself alone. Nobody is ever locked out for good: waits have a ceiling, and an attempt made while
waiting does not lengthen it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from accounts.errors import TropDEssais
from accounts.models import Compte
from portal.kernel import address, throttle
from portal.kernel.text import canonical_name
from portal.ui.formats import duree


@dataclass(frozen=True)
class Regles:
    """How fast one address, one name, one known browser may try."""

    adresse: throttle.Rule
    nom: throttle.Rule
    appareil: throttle.Rule


def _regles(quoi: str, nom: timedelta, ceiling: timedelta) -> Regles:
    adresse = throttle.Rule(
        f"{quoi}.adresse", free=20, delay=timedelta(seconds=5), ceiling=timedelta(minutes=15)
    )
    return Regles(
        adresse=adresse,
        nom=throttle.Rule(f"{quoi}.compte", free=5, delay=nom, ceiling=ceiling),
        appareil=throttle.Rule(f"{quoi}.appareil", free=5, delay=nom, ceiling=ceiling),
    )


CONNEXION = _regles("connexion", timedelta(seconds=10), timedelta(minutes=15))
QUESTION = _regles("question", timedelta(minutes=1), timedelta(hours=1))
# Names whose secret question was asked for, from one address.
NOMS = throttle.Rule(
    "oubli.adresse", free=20, delay=timedelta(seconds=5), ceiling=timedelta(minutes=15)
)
# Of who is logged in already: the current password, asked again.
MOT_DE_PASSE_ACTUEL = throttle.Rule(
    "mot_de_passe_actuel", free=5, delay=timedelta(seconds=10), ceiling=timedelta(minutes=15)
)


def compter(regles: Regles, *, nom: str, appareil: str) -> None:
    """Count an attempt, before the costly work; raises TropDEssais when it must wait.

    By the name as it was typed, not by the account: were its identifiant and its e-mail counted
    together, the wait would tell that both are one account's, hence that it exists.
    """
    if appareil:
        return exiger(regles.appareil, appareil)
    # A blocked address does not slow the account it aims at any further.
    compter_adresse(regles.adresse)
    return exiger(regles.nom, cle(nom))


def reussir(regles: Regles, compte: Compte, *, appareil: str) -> None:
    """Forget the attempts of who turned out to be the owner."""
    if appareil:
        throttle.forget(regles.appareil, appareil)
    else:  # many people may share an address: what others failed stays counted
        throttle.take_back(regles.adresse, address.throttle_key(address.current()))
    oublier(regles, compte)


def compter_adresse(regle: throttle.Rule) -> None:
    """Count an attempt of the address that asks; raises TropDEssais when it must wait."""
    exiger(regle, address.throttle_key(address.current()))


def oublier(regles: Regles, compte: Compte) -> None:
    """Forget the attempts made on an account, whichever way it was named."""
    for nom in (compte.identifiant, compte.courriel):
        throttle.forget(regles.nom, cle(nom))


def exiger(regle: throttle.Rule, cle: str) -> None:
    """Count an attempt of one rule; raises TropDEssais when it must wait."""
    attente = throttle.attempt(regle, cle)
    if attente is not None:
        message = f"Trop d’essais. Attendez {duree(attente)} avant de réessayer."
        raise TropDEssais(attente, message)


def cle(nom: str) -> str:
    """Return under which key a typed name is counted."""
    return canonical_name(nom)
