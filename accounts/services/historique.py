"""The history of a home, written by the acts that change it."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.models import Changement, Compte, Foyer, Membre, Personne

Valeurs = Mapping[str, str]


def noter(
    foyer: Foyer,
    acte: str,
    *,
    sujet: Personne | str,
    auteur: Compte | None,
    membre: Membre | None = None,
    details: list[dict[str, str]] | None = None,
) -> Changement:
    """Add a line to the history of a home (`acte`: Changement.Acte), in the caller's transaction.

    `details` are the changed values, from `differences`.
    """
    return Changement.objects.create(
        foyer=foyer,
        acte=acte,
        sujet=str(sujet)[:210],
        auteur=auteur,
        membre=membre,
        details=details or [],
    )


def differences(avant: Valeurs, apres: Valeurs) -> list[dict[str, str]]:
    """Return the labels whose shown value changed, with the old and the new one."""
    return [
        {"libelle": libelle, "ancien": avant.get(libelle, ""), "nouveau": valeur}
        for libelle, valeur in apres.items()
        if avant.get(libelle, "") != valeur
    ]
