"""What the account already knows, offered on « Mes informations »."""

from __future__ import annotations

from typing import Any

from accounts.models import Compte, Foyer


def informations(compte: Compte, *, adresse: bool) -> dict[str, Any]:
    """Return answers to « Mes informations » from what an account has told; its home's address is
    read (one query) where the form asks it.
    """
    if compte.personne is None:
        return {}
    personne = compte.personne
    foyer = Foyer.objects.for_compte(compte).first() if adresse else None
    known = {
        "nom": personne.nom,
        "prenoms": personne.prenoms,
        "courriel": personne.courriel or compte.courriel,
        "telephone": personne.telephone_mobile or personne.telephone_fixe,
        "adresse": foyer.adresse if foyer else {},
    }
    return {name: value for name, value in known.items() if value}
