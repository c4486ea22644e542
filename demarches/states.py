"""The states of a request and what leads from one to another: the one table."""

from __future__ import annotations

from django.db.models import TextChoices


class Etat(TextChoices):
    BROUILLON = "brouillon", "brouillon"
    DEPOSEE = "deposee", "reçue"
    PRISE_EN_CHARGE = "prise_en_charge", "prise en charge"
    EN_INSTRUCTION = "en_instruction", "en instruction"
    A_COMPLETER = "a_completer", "à compléter"
    ACCEPTEE = "acceptee", "acceptée"
    REFUSEE = "refusee", "refusée"
    SANS_SUITE = "sans_suite", "classée sans suite"
    ANNULEE = "annulee", "annulée"


class Action(TextChoices):
    DEPOSER = "deposer", "Demande reçue"
    PRENDRE_EN_CHARGE = "prendre_en_charge", "Demande prise en charge par le service"
    INSTRUIRE = "instruire", "Demande en cours d’instruction"
    DEMANDER_COMPLEMENT = "demander_complement", "Complément demandé"
    COMPLETER = "completer", "Complément apporté"
    ACCEPTER = "accepter", "Demande acceptée"
    REFUSER = "refuser", "Demande refusée"
    CLASSER = "classer", "Demande classée sans suite"
    ANNULER = "annuler", "Demande annulée"


DECIDED = frozenset({Etat.ACCEPTEE, Etat.REFUSEE, Etat.SANS_SUITE})
UNDECIDED = frozenset({Etat.DEPOSEE, Etat.PRISE_EN_CHARGE, Etat.EN_INSTRUCTION, Etat.A_COMPLETER})
# A place of a quota is held by a request that counts: filed, and neither given up nor turned down.
GIVES_PLACE_BACK = frozenset({Etat.REFUSEE, Etat.SANS_SUITE, Etat.ANNULEE})

TRANSITIONS: dict[Action, tuple[frozenset[Etat], Etat]] = {
    Action.DEPOSER: (frozenset({Etat.BROUILLON}), Etat.DEPOSEE),
    Action.PRENDRE_EN_CHARGE: (frozenset({Etat.DEPOSEE}), Etat.PRISE_EN_CHARGE),
    Action.INSTRUIRE: (frozenset({Etat.PRISE_EN_CHARGE}), Etat.EN_INSTRUCTION),
    Action.DEMANDER_COMPLEMENT: (frozenset({Etat.EN_INSTRUCTION}), Etat.A_COMPLETER),
    Action.COMPLETER: (frozenset({Etat.A_COMPLETER}), Etat.EN_INSTRUCTION),
    Action.ACCEPTER: (frozenset({Etat.EN_INSTRUCTION}), Etat.ACCEPTEE),
    Action.REFUSER: (frozenset({Etat.EN_INSTRUCTION}), Etat.REFUSEE),
    Action.CLASSER: (frozenset({Etat.EN_INSTRUCTION}), Etat.SANS_SUITE),
    Action.ANNULER: (UNDECIDED, Etat.ANNULEE),
}

# The four squares a resident sees: reçue, prise en charge, en instruction, traitée.
CARRES = ("reçue", "prise en charge", "en instruction", "traitée")
_RANKS = {
    Etat.BROUILLON: 0,
    Etat.DEPOSEE: 1,
    Etat.PRISE_EN_CHARGE: 2,
    Etat.EN_INSTRUCTION: 3,
    Etat.A_COMPLETER: 3,
    Etat.ANNULEE: 0,
}


def rank(etat: str) -> int:
    """Return how many of the four squares are filled (four only when processed)."""
    return _RANKS.get(Etat(etat), len(CARRES))


def allowed(etat: str) -> list[Action]:
    """Return the actions that may start from a state."""
    return [action for action, (sources, _target) in TRANSITIONS.items() if etat in sources]
