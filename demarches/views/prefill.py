"""What the account already knows, offered on « Mes informations »."""

from __future__ import annotations

from typing import Any

from accounts.models import Compte


def informations(compte: Compte) -> dict[str, Any]:
    """Return answers to « Mes informations » from what an account has told."""
    if compte.personne is None:
        return {}
    personne = compte.personne
    known = {
        "nom": personne.nom,
        "prenoms": personne.prenoms,
        "courriel": personne.courriel or compte.courriel,
        "telephone": personne.telephone_mobile or personne.telephone_fixe,
    }
    return {name: value for name, value in known.items() if value}
